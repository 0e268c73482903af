"""A trust list as a value, and its JSON form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from keys.trust_list.entry import TrustEntry
from standards.jose import build_x5c
from standards.text import Text

NATION: Final = "000000"
"""The division code under which the nation's own list goes."""

INSTANT_FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"
"""Instants in lists: UTC, whole seconds (RFC 3339)."""


@dataclass(frozen=True, slots=True)
class RegionEntry:
    """A region as the nation's list names it.

    Attributes:
        division: division code of the region, 6 digits.
        name: its name for people.
        list_uri: where its trust list is.
        list_signers: SHA-256 thumbprints of the certificates that may sign its list, base64url.
        authorities: DER of its certificate authorities, which certify its organisations.
        crl_uri: where the revocation list of its authority is, or ``None``.
    """

    division: str
    name: Text
    list_uri: str
    list_signers: tuple[str, ...]
    authorities: tuple[bytes, ...]
    crl_uri: str | None = None


@dataclass(frozen=True, slots=True)
class TrustList:
    """A trust list.

    Attributes:
        division: ``NATION`` or the region's code.
        name: who publishes it, for people.
        uri: where it is published.
        sequence: grows with every list published; never falls.
        issued_at: when it was made.
        next_update: when the next one is due; past that instant the list is stale.
        crl_uri: where the revocation list of the signer's authority is, or ``None``.
        certificates_uri: on a region's list, where the certificates of its issuers are, or ``None``.
        regions: on the nation's list, its regions; empty on a region's.
        entries: the organisations.
    """

    division: str
    name: Text
    uri: str
    sequence: int
    issued_at: datetime
    next_update: datetime
    crl_uri: str | None = None
    regions: tuple[RegionEntry, ...] = ()
    entries: tuple[TrustEntry, ...] = ()
    certificates_uri: str | None = None

    @property
    def is_nation(self) -> bool:
        return self.division == NATION

    def region(self, division: str) -> RegionEntry | None:
        """The region of a division code, or ``None``."""
        return next((region for region in self.regions if region.division == division), None)

    def stale_at(self, at: datetime) -> bool:
        """Whether a newer list was due before ``at``."""
        return at > self.next_update

    def age_at(self, at: datetime) -> float:
        """Seconds since the list was made; 0 for an instant before it."""
        return max(0.0, (at - self.issued_at).total_seconds())

    def to_claims(self) -> dict[str, Any]:
        """The JWT claims set (RFC 7519): ``sub`` where, ``iat`` when, ``exp`` the next update."""
        claims: dict[str, Any] = {
            "sub": self.uri,
            "iat": int(self.issued_at.timestamp()),
            "exp": int(self.next_update.timestamp()),
            "sequence": self.sequence,
            "division": self.division,
            "name": self.name.to_json(),
            "entries": [_entry_json(entry) for entry in self.entries],
        }
        if self.crl_uri is not None:
            claims["crl_uri"] = self.crl_uri
        if self.certificates_uri is not None:
            claims["certificates_uri"] = self.certificates_uri
        if self.is_nation:
            claims["regions"] = [_region_json(region) for region in self.regions]
        return claims


def format_instant(instant: datetime) -> str:
    """An instant in whole seconds, UTC."""
    return instant.astimezone(UTC).strftime(INSTANT_FORMAT)


def in_area(division: str, of: str) -> bool:
    """Whether ``division`` lies in the area of the code ``of`` (GB/T 2260: province 2, city 4, county 6 digits)."""
    if of == NATION:
        return True
    if of.endswith("0000"):
        return division[:2] == of[:2]
    if of.endswith("00"):
        return division[:4] == of[:4]
    return division == of


def _region_json(region: RegionEntry) -> dict[str, Any]:
    wire: dict[str, Any] = {
        "division": region.division,
        "name": region.name.to_json(),
        "list_uri": region.list_uri,
        "list_signers": list(region.list_signers),
        "authorities": build_x5c(region.authorities),
    }
    if region.crl_uri is not None:
        wire["crl_uri"] = region.crl_uri
    return wire


def _entry_json(entry: TrustEntry) -> dict[str, Any]:
    wire: dict[str, Any] = {
        "role": entry.role.value,
        "uscc": entry.uscc,
        "name": entry.name.to_json(),
        "division": entry.division,
        "certificates": list(entry.certificates),
        **_period_json(entry.since, entry.until),
    }
    if entry.issuer_identifier is not None:
        wire["issuer_identifier"] = entry.issuer_identifier
    if entry.licence_types:
        wire["licence_types"] = [
            {"code": grant.code, **_period_json(grant.since, grant.until)} for grant in entry.licence_types
        ]
    if entry.service_items:
        wire["service_items"] = [
            {"code": item.code, "name": item.name.to_json()} for item in entry.service_items
        ]
    return wire


def _period_json(since: datetime, until: datetime | None) -> dict[str, str]:
    period = {"since": format_instant(since)}
    return period if until is None else {**period, "until": format_instant(until)}
