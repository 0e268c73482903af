"""The pages on which a person lets licences go to a wallet.

Who signs in here does so for one request and no longer: the sign-in becomes the claimant of the request, held by a cookie for
these pages alone, and the session of the kit ends at once. So a citizen never is at a staff desk, whatever posts the person has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from issuer.authorization.authorization import REQUEST_LIFETIME, Claimant
from issuer.authorization.decide import (
    agree,
    choices,
    decline,
    open_request,
    opened_request,
    pushed_request,
)
from issuer.authorization.errors import AuthorizationOfAnotherError
from issuer.authorization.find_licences import FoundLicence
from issuer.node import current_node
from service.web.csrf import csrf_token_of
from service.web.kit import current_kit
from service.web.security_headers import allow_form_target
from service.web.sign_in import require_person
from service.web.sign_in.guard import current_desk
from standards.text import Text

blueprint = Blueprint("authorization", __name__, template_folder="templates")

_PATH: Final = "/authorize"
_MAX_CHOSEN: Final = 1_000


@dataclass(frozen=True, slots=True)
class HolderGroup:
    """The licences of one holder on the page."""

    holder: str
    relation: Text
    licences: tuple[FoundLicence, ...]


@blueprint.get("/authorize")
def begin() -> Response:
    """Authorisation endpoint: a browser comes with a pushed request and goes to sign in."""
    node = current_node()
    handle = pushed_request(
        node.authorization, request.args.get("client_id"), request.args.get("request_uri"), node.clock.now()
    )
    return redirect(f"/sign-in?{urlencode({'next': f'{_PATH}/open?{_named(handle)}'})}", code=303)


@blueprint.get("/authorize/open")
def open_signed_in() -> Response:
    """Back from the sign-in: it serves this one request, and the session ends."""
    node, kit = current_node(), current_kit()
    person = require_person()
    handle = request.args.get("request", "")
    claimant = Claimant(person.code_type, person.number, person.name)
    secret = open_request(node.authorization, handle, claimant, node.clock.now())
    response = redirect(f"{_PATH}/choose?{_named(handle)}", code=303)
    response.set_cookie(
        _cookie(),
        secret,
        max_age=REQUEST_LIFETIME,
        path=_PATH,
        secure=kit.over_https,
        httponly=True,
        samesite="Lax",
    )
    current_desk().end(request.cookies[kit.session_cookie])
    response.delete_cookie(kit.session_cookie, path="/")
    return response


@blueprint.get("/authorize/choose")
def choose() -> str:
    """Which licences of whom would go to which wallet."""
    node = current_node()
    at, handle, secret = node.clock.now(), request.args.get("request", ""), request.cookies.get(_cookie())
    found = opened_request(node.authorization, handle, secret, at)
    allow_form_target(found.asked.redirect_uri)
    licences = choices(node.authorization, found, at)
    return render_template(
        "issuer/authorization/choose.html",
        request_handle=handle,
        proof=csrf_token_of(secret or ""),
        claimant=found.claimant,
        client=found.client,
        groups=_groups(licences),
        issuable=sum(one.can_go for one in licences),
        uses=found.asked.uses,
        names=node.catalogue,
    )


@blueprint.post("/authorize/choose")
def decide() -> Response:
    """What the person decided, and back to the wallet."""
    node = current_node()
    at, secret = node.clock.now(), request.cookies.get(_cookie(), "")
    found = opened_request(node.authorization, request.form.get("request", ""), secret, at)
    if request.form.get("proof", "") != csrf_token_of(secret):
        raise AuthorizationOfAnotherError
    if request.form.get("decision") == "agree":
        chosen = frozenset(request.form.getlist("licence")[:_MAX_CHOSEN])
        target = agree(node.authorization, found, chosen, "uses" in request.form, at)
    else:
        target = decline(node.authorization, found)
    response = redirect(target, code=303)
    response.delete_cookie(_cookie(), path=_PATH)
    return response


def _groups(licences: tuple[FoundLicence, ...]) -> tuple[HolderGroup, ...]:
    grouped: dict[tuple[str, str], list[FoundLicence]] = {}
    for one in licences:
        grouped.setdefault((one.holder.code_type, one.holder.number), []).append(one)
    return tuple(
        HolderGroup(ones[0].holder.name, ones[0].relation.label, tuple(ones)) for ones in grouped.values()
    )


def _named(handle: str) -> str:
    return urlencode({"request": handle})


def _cookie() -> str:
    return f"{current_kit().session_cookie}_claim"
