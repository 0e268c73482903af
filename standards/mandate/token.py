"""A grant as a signed text: a JWS by the key of one copy (``cnf``) of the subject's root licence.

So anyone can check it without asking anybody: the root licence by its issuer, the grant by the root licence's key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from standards.errors import InvalidInputError
from standards.jose import PublicJwk, Sign, SignatureError, UnverifiedJws, build_jws, parse_jws, verify_jws
from standards.json_reader import Reader
from standards.mandate.errors import GrantSignatureError, MandateError
from standards.mandate.grant import GRANT_CAPACITIES, Grant, grant_capacity
from standards.mandate.party import parse_party
from standards.mandate.scope import parse_scope
from standards.status_list import parse_status_claim

TYPE: Final = "elicence-mandate+jwt"
"""Media type in the header."""

MAX_GRANT_CHARS: Final = 16 * 1024
"""Longest grant that is read, in characters."""

MAX_ID_CHARS: Final = 64

_MEMBERS: Final = frozenset(
    {"jti", "subject", "agent", "capacity", "scope", "iat", "nbf", "exp", "parent", "status"}
)


@dataclass(frozen=True, slots=True)
class UnverifiedGrant:
    """A well-formed grant that nobody has checked.

    Attributes:
        text: as received.
        jws: its parts.
        unverified: what it claims.
    """

    text: str
    jws: UnverifiedJws
    unverified: Grant


@dataclass(frozen=True, slots=True)
class VerifiedGrant:
    """A grant whose signature was verified. Made only by ``verify_grant``.

    That the key is the root licence's, and that the grant stands, is for others to see.

    Attributes:
        text: as received.
        grant: what it says.
        key_thumbprint: thumbprint (RFC 7638) of the key that signed.
    """

    text: str
    grant: Grant
    key_thumbprint: str


def build_grant(grant: Grant, sign: Sign) -> str:
    """The signed text of a grant.

    Args:
        grant: what is granted; instants are written in whole seconds.
        sign: signature with the key that a copy of the subject's root licence names in ``cnf``.
    """
    claims: dict[str, Any] = {
        "jti": grant.id,
        "subject": grant.subject.to_dict(),
        "agent": grant.agent.to_dict(),
        "capacity": grant.capacity,
        "scope": grant.scope.to_dict(),
        "iat": _seconds(grant.issued_at),
        "nbf": _seconds(grant.not_before),
        "exp": _seconds(grant.expires_at),
        "status": grant.status.to_claim(),
    }
    if grant.parent is not None:
        claims["parent"] = grant.parent
    return build_jws({"typ": TYPE}, claims, sign)


def parse_grant(text: str) -> UnverifiedGrant:
    """A grant from untrusted text, nothing of it verified; raises ``MandateError``."""
    try:
        jws = parse_jws(text, max_chars=MAX_GRANT_CHARS)
        claims = Reader(jws.claims(), error=MandateError)
        # What is not known might be a limit: read without it, the grant would be wider than it was given.
        claims.refuse_unknown(_MEMBERS)
        grant = Grant(
            id=claims.text("jti", max_chars=MAX_ID_CHARS),
            subject=parse_party(claims.object("subject")),
            agent=parse_party(claims.object("agent")),
            capacity=grant_capacity(claims.choice("capacity", GRANT_CAPACITIES)),
            scope=parse_scope(claims.object("scope")),
            issued_at=claims.instant("iat"),
            not_before=claims.instant("nbf"),
            expires_at=claims.instant("exp"),
            parent=claims.optional_text("parent", max_chars=MAX_ID_CHARS),
            status=parse_status_claim(claims.any("status")),
        )
    except MandateError:
        raise
    except InvalidInputError as cause:
        raise MandateError(cause.message.zh, cause.message.en, where=cause.where) from cause
    return UnverifiedGrant(text, jws, grant)


def verify_grant(unverified: UnverifiedGrant, key: PublicJwk) -> VerifiedGrant:
    """The grant as verified with ``key``, the holder key of the **verified** root licence.

    Raises ``GrantSignatureError``.
    """
    try:
        verify_jws(unverified.jws, key.public_key(), typ=TYPE)
    except SignatureError as cause:
        raise GrantSignatureError(
            f"授权的签名无效：{cause.message.zh}", f"The grant's signature is not valid: {cause.message.en}"
        ) from cause
    return VerifiedGrant(unverified.text, unverified.unverified, key.thumbprint())


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
