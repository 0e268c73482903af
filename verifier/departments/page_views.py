"""Changing between the posts of a person who works in several departments."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from service.web.errors import PermissionMissingError
from service.web.kit import current_kit
from service.web.sign_in import require_person
from verifier.departments.guard import DEPARTMENT_COOKIE, find_desk

blueprint = Blueprint("departments", __name__)


@blueprint.post("/department")
def change_post() -> Response:
    """Work at another of one's own posts from now on."""
    require_person()
    desk = find_desk()
    wanted = request.form.get("department", "")
    if desk is None or wanted not in {department.uscc for _, department in desk.posts}:
        raise PermissionMissingError("您在该部门没有岗位。", "You have no post in this department.")
    response = redirect(url_for("window.home"), code=303)
    response.set_cookie(
        DEPARTMENT_COOKIE, wanted, secure=current_kit().over_https, httponly=True, samesite="Lax", path="/"
    )
    return response
