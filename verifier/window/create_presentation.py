"""Use case: a department asks for licences."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from keys.signer import Signer
from standards.jwe import EphemeralKey
from standards.openid4vp.authorization_request import build_request_query, build_request_uri
from standards.openid4vp.client_id import parse_client_id
from standards.openid4vp.request_object import DIRECT_POST_JWT
from verifier.departments.department import Department
from verifier.window.order import Order
from verifier.window.presentation import LIFETIME, Asked, Pending
from verifier.window.relying_party import client_id_of
from verifier.window.store import PresentationStore

_ID_BYTES = 16
_NONCE_BYTES = 24  # 192 bits; OpenID4VP 1.0 section 5.2 wants a fresh, unguessable value


@dataclass(frozen=True, slots=True)
class RequestLinks:
    """How a request reaches a wallet.

    Attributes:
        authorization_request: the deep link, also the content of the QR code.
        wallet_link: the same for a wallet on the web.
    """

    authorization_request: str
    wallet_link: str


def create_presentation(
    order: Order,
    *,
    department: Department,
    signer: Signer,
    presentations: PresentationStore,
    public_url: str,
    asked_by: str,
    at: datetime,
    browser: str | None = None,
    case: str | None = None,
) -> Pending:
    """Make and keep a request (one durable write).

    Args:
        order: what to ask.
        department: who asks.
        signer: the department's, with its certificate.
        presentations: where it is kept.
        public_url: of this window.
        asked_by: name of the system, or id of the member of staff.
        at: now.
        browser: same-device from a page of ours: hash of the browser session that has to come back.
        case: the case that it is asked in, or ``None``.

    Raises:
        DepartmentNotCertifiedError: the certificate does not fit the client id prefix.
    """
    presentation_id = secrets.token_urlsafe(_ID_BYTES)
    pending = Pending(
        asked=Asked(
            id=presentation_id,
            department=department.uscc,
            item=order.item.code if order.item else None,
            query=order.query,
            response_mode=order.response_mode,
            client_id=str(client_id_of(signer, order.prefix, public_url)),
            nonce=secrets.token_urlsafe(_NONCE_BYTES),
            state=secrets.token_urlsafe(_ID_BYTES),
            redirect_uri=order.redirect_uri
            if browser is None or order.redirect_uri
            else return_url(public_url, presentation_id),
            browser=browser,
            asked_by=asked_by,
            asked_at=at,
            expires_at=at + LIFETIME,
            case=case,
        ),
        # One key for one request: opened answers stay closed for whoever gets the key of another (HAIP 1.0 section 5).
        key=EphemeralKey.generate(presentation_id) if order.response_mode == DIRECT_POST_JWT else None,
    )
    presentations.add(pending)
    return pending


def return_url(public_url: str, presentation_id: str) -> str:
    """Where a wallet on the same device sends the browser back to our pages."""
    return f"{public_url}/window/presentations/{presentation_id}/return"


def links_of(asked: Asked, *, public_url: str, wallet_url: str) -> RequestLinks:
    """The links of a request; a wallet may fetch it with GET, or with POST and a nonce of its own."""
    query = build_request_query(
        parse_client_id(asked.client_id), f"{public_url}/openid4vp/requests/{asked.id}", "post"
    )
    return RequestLinks(build_request_uri(query), f"{wallet_url.rstrip('/')}/present?{query}")
