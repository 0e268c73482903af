"""The signed request that a wallet fetches (OpenID4VP 1.0 sections 5 and 5.10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from keys.signer import Signer
from service.complaints.public_views import DESK_PATH
from standards.openid4vp.client_id import parse_client_id
from standards.openid4vp.client_metadata import ENCRYPTIONS, ClientMetadata, EncryptionKey
from standards.openid4vp.request_object import PresentationRequest, build_request_object
from verifier.departments.department import Department
from verifier.items import ServiceItem
from verifier.window.presentation import Pending

SERVICE_ITEM_FORMAT: Final = "urn:elicence:service-item"
"""``format`` of our entry in ``verifier_info`` (section 5.1): which service item the request is for, on which basis."""

COMPLAINTS_FORMAT: Final = "urn:elicence:complaints"
"""``format`` of our entry in ``verifier_info``: where the department takes complaints about what it asked."""


def build_signed_request(
    pending: Pending,
    *,
    department: Department,
    item: ServiceItem | None,
    signer: Signer,
    public_url: str,
    wallet_nonce: str | None,
) -> str:
    """The request object, signed with the department's key.

    Args:
        pending: the presentation.
        department: who asks, named in ``client_metadata``.
        item: what for, named in ``verifier_info``; wallets compare it with the trust list.
        signer: of the department.
        public_url: of this window; the answer goes there.
        wallet_nonce: what the wallet posted, to come back inside (section 5.10.1), or ``None``.
    """
    asked = pending.asked
    keys = (EncryptionKey(pending.key.public_jwk()),) if pending.key is not None else ()
    request = PresentationRequest(
        client_id=parse_client_id(asked.client_id),
        response_uri=f"{public_url}/openid4vp/responses/{asked.id}",
        response_mode=asked.response_mode,
        nonce=asked.nonce,
        dcql_query=asked.query,
        client_metadata=ClientMetadata(encryption_keys=keys, encryptions=ENCRYPTIONS, name=department.name),
        state=asked.state,
        verifier_info=(
            *((_service_item(item),) if item is not None else ()),
            {"format": COMPLAINTS_FORMAT, "data": {"uri": f"{public_url}{DESK_PATH}"}},
        ),
        wallet_nonce=wallet_nonce,
        issued_at=asked.asked_at,
        expires_at=asked.expires_at,
    )
    return build_request_object(request, certificate_chain=signer.certificate_chain, sign=signer.sign)


def _service_item(item: ServiceItem) -> Mapping[str, Any]:
    accepted = (entry for material in item.materials for entry in material.accepts)
    return {
        "format": SERVICE_ITEM_FORMAT,
        "data": {
            "code": item.code,
            "name": item.name.to_json(),
            "purpose": item.purpose.to_json(),
            "basis": item.basis.to_json(),
            "retention": item.retention.to_json(),
            # Which of the claims asked for the holder may leave out; DCQL knows sets, but not why there are several.
            "optional": {entry.query: list(entry.optional) for entry in accepted if entry.optional},
        },
    }
