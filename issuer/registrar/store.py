"""Persistence of the registrar: publishers, registrations, revoked certificates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal

from cryptography import x509
from mongoengine import BinaryField, DateTimeField, DictField, Document, ListField, StringField
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from issuer.registrar.authority import Authority
from issuer.registrar.publication import Publisher, SignedList
from issuer.registrar.registration import Registration
from issuer.registrar.rows import publisher_of_row, registration_of_row, row_of_registration, utc
from keys.certificates import RevocationReason, RevokedSerial
from keys.certificates.wire import certificate_to_der
from keys.trust_list import Role
from standards.text import Text

ListKind = Literal["trust_list", "revocation_list"]
_Row = dict[str, Any]


class PublisherDocument(Document):  # type: ignore[misc]
    """Collection ``trust_publishers``: the nation and its regions, with what each published last. Shard key ``_id``,
    the division code.
    """

    id = StringField(primary_key=True)
    name = DictField(required=True)
    trust_list = DictField()
    revocation_list = DictField()

    meta: ClassVar[_Row] = {
        "collection": "trust_publishers",
        "db_alias": "issuer",
        "auto_create_index": False,
    }


class RegistrationDocument(Document):  # type: ignore[misc]
    """Collection ``trust_registrations``: organisations in their roles. Shard key ``_id``, ``role:USCC``."""

    id = StringField(primary_key=True)
    region = StringField(required=True)
    role = StringField(required=True)
    uscc = StringField(required=True)
    name = DictField(required=True)
    division = StringField(required=True)
    level = StringField(required=True)
    certificates = ListField(DictField())
    since = DateTimeField(required=True)
    until = DateTimeField()
    issuer_identifier = StringField()
    licence_types = ListField(DictField())
    service_items = ListField(DictField())

    meta: ClassVar[_Row] = {
        "collection": "trust_registrations",
        "db_alias": "issuer",
        "auto_create_index": False,
        "indexes": [{"fields": ["region"]}, {"fields": ["role"]}],
    }


class CertificateDocument(Document):  # type: ignore[misc]
    """Collection ``relying_party_certificates``: what a region's authority certified, for windows and wallet services
    whose keys are elsewhere, and for the issuers of this node. Shard key ``_id``, ``division:serial``.
    """

    id = StringField(primary_key=True)
    certificate = BinaryField(required=True)

    meta: ClassVar[_Row] = {
        "collection": "relying_party_certificates",
        "db_alias": "issuer",
        "auto_create_index": False,
    }


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """A certificate that a region's authority signed, DER."""

    region: str
    serial: int
    certificate: bytes

    @classmethod
    def of(cls, region: str, certificate: x509.Certificate) -> CertificateRow:
        return cls(region, certificate.serial_number, certificate_to_der(certificate))


class RevokedCertificateDocument(Document):  # type: ignore[misc]
    """Collection ``revoked_certificates``. Shard key ``_id``, ``division:serial``."""

    id = StringField(primary_key=True)
    division = StringField(required=True)
    serial = StringField(required=True)
    since = DateTimeField(required=True)
    reason = StringField(required=True)

    meta: ClassVar[_Row] = {
        "collection": "revoked_certificates",
        "db_alias": "issuer",
        "auto_create_index": False,
        "indexes": [{"fields": ["division"]}],
    }


class RegistrarStore:
    """The registrar's rows. Each method that changes something is one durable write."""

    def __init__(self, database: Database[_Row]) -> None:
        self._publishers = database["trust_publishers"]
        self._registrations = database["trust_registrations"]
        self._certificates = database["relying_party_certificates"]
        self._revoked = database["revoked_certificates"]

    @staticmethod
    def ensure_indexes() -> None:
        """Make the indexes; a repeat changes nothing."""
        RegistrationDocument.ensure_indexes()
        RevokedCertificateDocument.ensure_indexes()

    # -- publishers -------------------------------------------------------------------------------------------

    def add_publisher(self, division: str, name: Text) -> None:
        """Enter a publisher; one that is there keeps its lists and takes the name."""
        self._publishers.update_one({"_id": division}, {"$set": {"name": name.to_json()}}, upsert=True)

    def publisher(self, division: str) -> Publisher | None:
        """The publisher of a division, or ``None``."""
        row = self._publishers.find_one({"_id": division})
        return None if row is None else publisher_of_row(row)

    def publishers(self) -> tuple[Publisher, ...]:
        """All, the nation first, then by division."""
        return tuple(publisher_of_row(row) for row in self._publishers.find({}).sort("_id", 1))

    def put_list(self, division: str, kind: ListKind, before: SignedList | None, now: SignedList) -> bool:
        """Publish a list in the place of ``before`` (compare-and-set on its number); ``False`` when another process
        was first.
        """
        place: _Row = {f"{kind}.number": before.number} if before else {kind: {"$in": [None, {}]}}
        value = {
            "number": now.number,
            "issued_at": now.issued_at,
            "digest": now.digest,
            "content": now.content,
        }
        changed = self._publishers.update_one({"_id": division, **place}, {"$set": {kind: value}})
        return changed.matched_count == 1

    # -- registrations ----------------------------------------------------------------------------------------

    def registration(self, role: Role, uscc: str) -> Registration | None:
        """An organisation in a role, or ``None``."""
        row = self._registrations.find_one({"_id": f"{role.value}:{uscc}"})
        return None if row is None else registration_of_row(row)

    def registrations(
        self, *, region: str | None = None, role: Role | None = None
    ) -> tuple[Registration, ...]:
        """Registrations of a region, of a role, or all; by key."""
        query: _Row = {}
        if region is not None:
            query["region"] = region
        if role is not None:
            query["role"] = role.value
        return tuple(registration_of_row(row) for row in self._registrations.find(query).sort("_id", 1))

    def put_registration(self, before: Registration | None, now: Registration) -> bool:
        """Keep a registration in the place of ``before`` (compare-and-set on the whole of it); ``False`` when it was
        changed meanwhile.
        """
        row = row_of_registration(now)
        if before is None:
            try:
                self._registrations.insert_one(row)
            except DuplicateKeyError:
                return False
            return True
        changed = self._registrations.replace_one(row_of_registration(before), row)
        return changed.matched_count == 1

    # -- certificates of others' keys -------------------------------------------------------------------------

    def add_certificate(self, row: CertificateRow) -> None:
        """Keep a certificate that was signed; before anybody is told of it."""
        self._certificates.insert_one({"_id": f"{row.region}:{row.serial}", "certificate": row.certificate})

    def certificates(self, region: str, serials: Iterable[int]) -> tuple[CertificateRow, ...]:
        """The kept certificates with these serial numbers."""
        names = [f"{region}:{serial}" for serial in serials]
        return tuple(
            CertificateRow(region, int(row["_id"].partition(":")[2]), bytes(row["certificate"]))
            for row in self._certificates.find({"_id": {"$in": names}})
        )

    # -- revocation -------------------------------------------------------------------------------------------

    def revoke(self, division: str, rows: Iterable[RevokedSerial]) -> None:
        """Enter certificates of a division's authority as revoked; one that was revoked before keeps its date."""
        for row in rows:
            self._revoked.update_one(
                {"_id": f"{division}:{row.serial}"},
                {
                    "$setOnInsert": {
                        "division": division,
                        "serial": str(row.serial),
                        "since": row.since,
                        "reason": row.reason.value,
                    }
                },
                upsert=True,
            )

    def revoked(self, division: str) -> tuple[RevokedSerial, ...]:
        """Revoked certificates of a division's authority, by serial."""
        rows = self._revoked.find({"division": division}).sort("_id", 1)
        return tuple(
            RevokedSerial(int(row["serial"]), utc(row["since"]), RevocationReason(row["reason"]))
            for row in rows
        )


class AuthorityStore:
    """The issuing authorities of this node, as the rest of the issuer asks for them."""

    def __init__(self, database: Database[_Row]) -> None:
        self._registrations = database["trust_registrations"]

    def find(self, uscc: str, at: datetime | None = None) -> Authority | None:
        """The authority with this code, or ``None`` when there is none or it was withdrawn.

        ``at`` tells which rights stand; without it, those that have not ended.
        """
        row = self._registrations.find_one({"_id": f"{Role.ISSUER.value}:{uscc}"})
        return None if row is None else _authority(row, at)

    def all(self, at: datetime | None = None) -> tuple[Authority, ...]:
        """All authorities that are not withdrawn, by code."""
        rows = self._registrations.find({"role": Role.ISSUER.value}).sort("_id", 1)
        found = (_authority(row, at) for row in rows)
        return tuple(authority for authority in found if authority is not None)


def _authority(row: _Row, at: datetime | None) -> Authority | None:
    return registration_of_row(row).to_authority(at or _FAR)


# An instant that every right without an end covers, and no right with one.
_FAR = datetime(9999, 1, 1, tzinfo=UTC)
