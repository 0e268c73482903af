"""One organisation in one role on a trust list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from standards.text import Text


class Role(StrEnum):
    """What an organisation does (DESIGN section 4)."""

    ISSUER = "issuer"
    SEAL = "seal"
    """An issuing authority's other key: seals documents, and nothing else."""

    VERIFIER = "verifier"
    WALLET_PROVIDER = "wallet_provider"
    TIME_STAMP_AUTHORITY = "time_stamp_authority"
    TERMINAL = "terminal"


@dataclass(frozen=True, slots=True)
class Grant:
    """The right to issue one licence type.

    Attributes:
        code: code of the licence type.
        since: first instant of the right.
        until: from this instant the right is gone; ``None`` while it lasts.
    """

    code: str
    since: datetime
    until: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """Whether the right was there at ``at``."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class ServiceItem:
    """A service item for which a verifier may ask."""

    code: str
    name: Text


@dataclass(frozen=True, slots=True)
class TrustEntry:
    """An organisation in a role.

    Attributes:
        role: what it does.
        uscc: its unified social credit code; the certificate names the same.
        name: its name for people.
        division: division code of its area, 6 digits.
        certificates: SHA-256 thumbprints of its certificates, base64url; several while it renews.
        since: first instant of the entry.
        until: from this instant the entry is withdrawn; ``None`` while it lasts.
        issuer_identifier: for an issuer, its credential issuer identifier (OpenID4VCI 1.0 section 12.2.1), a URL.
        licence_types: for an issuer, what it may issue.
        service_items: for a verifier or a terminal, what it may ask for.
    """

    role: Role
    uscc: str
    name: Text
    division: str
    certificates: tuple[str, ...]
    since: datetime
    until: datetime | None = None
    issuer_identifier: str | None = None
    licence_types: tuple[Grant, ...] = ()
    service_items: tuple[ServiceItem, ...] = ()

    def covers(self, at: datetime) -> bool:
        """Whether the entry stood at ``at``."""
        return self.since <= at and (self.until is None or at < self.until)

    def grants_of(self, type_code: str) -> tuple[Grant, ...]:
        """The grants for a licence type; several when a right was taken away and given again."""
        return tuple(grant for grant in self.licence_types if grant.code == type_code)
