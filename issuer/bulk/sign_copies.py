"""The costly part of issuing: salts, digests and signatures, with everything that is the same prepared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from issuer.status.entry import status_list_uri
from standards.jose import PublicJwk, Sign
from standards.sd_jwt_vc import CredentialTemplate, build_credential
from standards.status_list import StatusReference


@dataclass(frozen=True, slots=True)
class CopiesToSign:
    """Copies of one licence, decided on and allocated.

    Attributes:
        licence: identifier.
        template: of its issuer and type.
        claims: of the licence.
        keys: one for each copy.
        list_number, indexes: their status entries.
        expires_at: of every copy.
    """

    licence: str
    template: CredentialTemplate
    claims: Mapping[str, Any]
    keys: tuple[PublicJwk, ...]
    list_number: int
    indexes: tuple[int, ...]
    expires_at: datetime


def sign_copies(
    ready: Iterable[CopiesToSign], *, issuer_url: str, sign: Sign, at: datetime
) -> tuple[bytes, int]:
    """A line ``{"licence": …, "credentials": […]}`` for each licence, in order; and how many credentials there are.

    Args:
        ready: what to sign.
        issuer_url: of this node, for the addresses of the lists.
        sign: signature of the templates' certificate.
        at: now.
    """
    lines, count = [], 0
    for one in ready:
        uri = status_list_uri(issuer_url, one.list_number)
        credentials = [
            build_credential(
                one.template,
                one.claims,
                holder_key=key,
                status=StatusReference(uri, index),
                issued_at=at,
                expires_at=one.expires_at,
                sign=sign,
            )
            for key, index in zip(one.keys, one.indexes, strict=True)
        ]
        count += len(credentials)
        lines.append(orjson.dumps({"licence": one.licence, "credentials": credentials}))
    return b"".join(line + b"\n" for line in lines), count
