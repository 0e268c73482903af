"""``/api/v1/session``: who is signed in, and the proof that changes need."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from service.web.csrf import CSRF_HEADER, csrf_token
from service.web.language import mask_number
from wallet.accounts.current import current_holder, current_self
from wallet.accounts.errors import RightEndedError
from wallet.mandates.open_right import rights_of
from wallet.mandates.right_json import acting_json, subject_json
from wallet.node import current_node

blueprint = Blueprint("wallet_session_api", __name__)


@blueprint.get("/api/v1/session")
def show_session() -> dict[str, Any]:
    """The person, for whom the session acts and could act, and the token for the header ``X-CSRF-Token``."""
    own = current_self()
    person = own.person
    try:
        acted_for = current_holder()
    except RightEndedError:
        # The choice was forgotten with the refusal: who asks learns that it is the person's own again.
        acted_for = own
    return {
        "person": {
            "name": person.name,
            "code_type": person.code_type,
            "number": mask_number(person.number, first=1, last=1),
        },
        "acting_for": acting_json(acted_for),
        "subjects": [subject_json(one) for one in rights_of(current_node(), own)],
        "csrf_token": csrf_token(),
        "csrf_header": CSRF_HEADER,
    }
