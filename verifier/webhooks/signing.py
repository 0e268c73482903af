"""The signature of a message: the department's own key and certificate, so that no secret is shared.

Headers as in the Standard Webhooks specification 1.0: ``webhook-id``, ``webhook-timestamp``, ``webhook-signature``.
The signature is of a kind of its own, ``x5c``: a compact JWS with a detached payload (RFC 7515 appendix F), typ
``elicence-webhook+jws``, ES256, the department's certificate chain in ``x5c``. What is signed are the octets
``{webhook-id}.{webhook-timestamp}.{body}``, as there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from keys.signer import Signer
from standards.jose import build_jws, build_x5c

SIGNATURE_TYPE: Final = "elicence-webhook+jws"
"""``typ`` of the signature, so that it cannot be taken for anything else that the key signs."""

SIGNATURE_KIND: Final = "x5c"


def build_headers(message_id: str, body: bytes, signer: Signer, at: datetime) -> dict[str, str]:
    """The headers that go with a message (one signature).

    Args:
        message_id: id of the event; the same on every try.
        body: the exact bytes posted.
        signer: the department's, with its chain.
        at: the instant of this try, to the second.
    """
    timestamp = str(int(at.timestamp()))
    payload = f"{message_id}.{timestamp}.".encode("ascii") + body
    header = {"alg": "ES256", "typ": SIGNATURE_TYPE, "x5c": build_x5c(signer.certificate_chain)}
    head, _, signature = build_jws(header, payload, signer.sign).split(".")
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"{SIGNATURE_KIND},{head}..{signature}",
    }
