"""``/api/v1/session``: who is signed in, and the proof that changes need."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from service.web.csrf import CSRF_HEADER, csrf_token
from service.web.language import mask_number
from wallet.accounts.current import current_holder

blueprint = Blueprint("wallet_session_api", __name__)


@blueprint.get("/api/v1/session")
def show_session() -> dict[str, Any]:
    """The person, and the token for the header ``X-CSRF-Token``."""
    person = current_holder().person
    return {
        "person": {
            "name": person.name,
            "code_type": person.code_type,
            "number": mask_number(person.number, first=1, last=1),
        },
        "csrf_token": csrf_token(),
        "csrf_header": CSRF_HEADER,
    }
