"""Publishers and registrations as they lie in the store, and back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from issuer.registrar.publication import Publisher, SignedList
from issuer.registrar.registration import Registration
from keys.trust_list import Grant, Role, ServiceItem, TrustEntry
from standards.text import Text

_Row = dict[str, Any]


def publisher_of_row(row: _Row) -> Publisher:
    """The publisher in a row of ``trust_publishers``."""
    return Publisher(
        row["_id"], Text(**row["name"]), _signed(row.get("trust_list")), _signed(row.get("revocation_list"))
    )


def _signed(row: _Row | None) -> SignedList | None:
    if not row:
        return None
    return SignedList(row["number"], utc(row["issued_at"]), row["digest"], bytes(row["content"]))


def registration_of_row(row: _Row) -> Registration:
    """The registration in a row of ``trust_registrations``."""
    entry = TrustEntry(
        role=Role(row["role"]),
        uscc=row["uscc"],
        name=Text(**row["name"]),
        division=row["division"],
        certificates=tuple(one["thumbprint"] for one in row["certificates"]),
        since=utc(row["since"]),
        until=_optional_utc(row.get("until")),
        issuer_identifier=row.get("issuer_identifier"),
        licence_types=tuple(
            Grant(one["code"], utc(one["since"]), _optional_utc(one.get("until")))
            for one in row["licence_types"]
        ),
        service_items=tuple(ServiceItem(one["code"], Text(**one["name"])) for one in row["service_items"]),
    )
    return Registration(
        row["region"], row["level"], entry, tuple(int(one["serial"]) for one in row["certificates"])
    )


def row_of_registration(registration: Registration) -> _Row:
    """The row of a registration; equal registrations have equal rows, which the compare-and-set relies on."""
    entry = registration.entry
    return {
        "_id": registration.key,
        "region": registration.region,
        "role": entry.role.value,
        "uscc": entry.uscc,
        "name": entry.name.to_json(),
        "division": entry.division,
        "level": registration.level,
        # A serial has up to 160 bits, more than a number of the store holds.
        "certificates": [
            {"thumbprint": thumbprint, "serial": str(serial)}
            for thumbprint, serial in zip(entry.certificates, registration.serials, strict=True)
        ],
        "since": entry.since,
        "until": entry.until,
        "issuer_identifier": entry.issuer_identifier,
        "licence_types": [
            {"code": grant.code, "since": grant.since, "until": grant.until} for grant in entry.licence_types
        ],
        "service_items": [{"code": item.code, "name": item.name.to_json()} for item in entry.service_items],
    }


def utc(value: datetime) -> datetime:
    """An instant of the store, aware, UTC."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _optional_utc(value: datetime | None) -> datetime | None:
    return None if value is None else utc(value)
