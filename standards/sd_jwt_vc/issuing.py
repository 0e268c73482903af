"""Issuing a credential (draft-ietf-oauth-sd-jwt-vc-13 section 2).

What is the same for every copy of one issuer and type is encoded once in a ``CredentialTemplate``; a copy then costs
a little more than its signature.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import token_bytes
from typing import Any, Final

import orjson

from standards.jose import PublicJwk, Sign, build_header_segment, build_jws_from_segments, build_x5c
from standards.jose.base64url import b64url_encode_bytes
from standards.sd_jwt import conceal_flat
from standards.sd_jwt.disclosure import DIGEST_ALGORITHM, RESERVED_NAMES
from standards.sd_jwt_vc.errors import CredentialError
from standards.sd_jwt_vc.names import NEVER_DISCLOSABLE, TYPE
from standards.status_list import StatusReference

_DAY: Final = 86400
_NOT_SELECTIVE: Final = NEVER_DISCLOSABLE | RESERVED_NAMES | {"iat", "_sd_alg"}


@dataclass(frozen=True, slots=True)
class CredentialTemplate:
    """What all credentials of one issuer and one licence type have in common.

    Attributes:
        issuer: credential issuer identifier, ``iss``.
        vct: the credential type.
        vct_integrity: integrity of the type's metadata, ``vct#integrity``.
        header_segment: the encoded protected header, with the issuer's certificates.
    """

    issuer: str
    vct: str
    vct_integrity: str
    header_segment: bytes

    @classmethod
    def of(
        cls, *, issuer: str, vct: str, vct_integrity: str, certificate_chain: Iterable[bytes]
    ) -> CredentialTemplate:
        """The template for a signer whose chain is DER, leaf first, anchor excluded (HAIP 1.0 section 6.1.1)."""
        header = build_header_segment({"typ": TYPE, "x5c": build_x5c(certificate_chain)})
        return cls(issuer, vct, vct_integrity, header)


def build_credential(
    template: CredentialTemplate,
    claims: Mapping[str, Any],
    *,
    holder_key: PublicJwk | None,
    status: StatusReference,
    issued_at: datetime,
    expires_at: datetime,
    sign: Sign,
    valid_from: datetime | None = None,
    random: Callable[[int], bytes] = token_bytes,
) -> str:
    """One copy of a licence: an SD-JWT VC bound to ``holder_key``, if there is one, with all its disclosures.

    The three times are rounded to midnight UTC, because exact ones would link the copies of a batch to each other:
    ``iat`` and ``nbf`` down, ``exp`` up, so that a licence in force always gives a usable copy. A copy can thus
    outlive ``expires_at`` by less than a day; the licence's end itself reaches verifiers by the status list.

    Args:
        template: the issuer's part.
        claims: JSON values by name; each becomes one selectively disclosable claim.
        holder_key: the wallet's key for this copy; ``None`` for one that is attached to a document and bound to nobody.
        status: this copy's own status entry.
        issued_at: the present instant.
        expires_at: when the copy must be fetched anew at the latest.
        sign: signature of the template's leaf certificate.
        valid_from: when the copy becomes valid, or ``None`` for at once.
        random: source of the salts.

    Raises ``CredentialError`` for a claim name that must not be disclosed selectively.
    """
    if not _NOT_SELECTIVE.isdisjoint(claims):
        refused = ", ".join(sorted(_NOT_SELECTIVE.intersection(claims)))
        raise CredentialError(
            f"此项不得选择性披露：{refused}。", f"Never selectively disclosable: {refused}."
        )
    digests, disclosures = conceal_flat(claims, random=random)
    payload: dict[str, Any] = {
        "iss": template.issuer,
        "vct": template.vct,
        "vct#integrity": template.vct_integrity,
        "iat": _midnight_before(issued_at),
        "exp": -(-int(expires_at.timestamp()) // _DAY) * _DAY,
        "status": status.to_claim(),
        "_sd_alg": DIGEST_ALGORITHM,
        "_sd": digests,
    }
    if holder_key is not None:
        payload["cnf"] = {"jwk": holder_key.to_dict()}
    if valid_from is not None:
        payload["nbf"] = _midnight_before(valid_from)
    signed = build_jws_from_segments(
        template.header_segment, b64url_encode_bytes(orjson.dumps(payload)), sign
    )
    return f"{signed}~{b'~'.join(disclosures).decode('ascii')}~" if disclosures else f"{signed}~"


def _midnight_before(instant: datetime) -> int:
    seconds = int(instant.timestamp())
    return seconds - seconds % _DAY
