"""Where passkeys are kept, and the challenges that were used."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bson import Binary
from mongoengine import BinaryField, DateTimeField, Document, IntField, NotUniqueError, StringField
from pymongo.errors import DuplicateKeyError

from wallet.passkeys.challenge import Challenge
from wallet.passkeys.passkey import Passkey


class PasskeyDocument(Document):  # type: ignore[misc]
    """Collection ``passkeys``. Shard key: ``_id`` hashed (SHA-256 of the credential id)."""

    passkey_id = StringField(primary_key=True)
    account_id = StringField(required=True)
    credential_id = BinaryField(required=True)
    public_key = BinaryField(required=True)
    sign_count = IntField(required=True)
    name = StringField(required=True)
    sealed_person = BinaryField(required=True)
    vouched_at = DateTimeField(required=True)
    created_at = DateTimeField(required=True)
    used_at = DateTimeField()

    meta = {  # noqa: RUF012
        "collection": "passkeys",
        "db_alias": "wallet",
        "auto_create_index": False,
        "indexes": [{"fields": ("account_id",)}],
    }


class UsedChallengeDocument(Document):  # type: ignore[misc]
    """Collection ``passkey_challenges``: those that were used. Shard key: ``_id`` hashed. A TTL index forgets them."""

    reference = StringField(primary_key=True)
    ends_at = DateTimeField(required=True)

    meta = {  # noqa: RUF012
        "collection": "passkey_challenges",
        "db_alias": "wallet",
        "auto_create_index": False,
        "indexes": [{"fields": ("ends_at",), "expireAfterSeconds": 0}],
    }


class PasskeyStore:
    """The passkeys of all accounts."""

    def ensure_indexes(self) -> None:
        """Make the indexes; a repeat changes nothing."""
        PasskeyDocument.ensure_indexes()
        UsedChallengeDocument.ensure_indexes()

    def use_challenge(self, challenge: Challenge) -> bool:
        """Use a challenge (one durable write); ``False`` when it was used before."""
        try:
            UsedChallengeDocument(reference=challenge.reference, ends_at=challenge.ends_at).save(
                force_insert=True
            )
        except NotUniqueError:
            return False
        return True

    def find(self, passkey_id: str) -> Passkey | None:
        """The passkey with this id."""
        row = _passkeys().find_one({"_id": passkey_id})
        return None if row is None else _passkey(row)

    def of_account(self, account_id: str) -> list[Passkey]:
        """All of an account, the oldest first."""
        return [_passkey(row) for row in _passkeys().find({"account_id": account_id}).sort("created_at", 1)]

    def add(self, passkey: Passkey) -> bool:
        """Keep a new one (one durable write); ``False`` when an authenticator's is known already."""
        try:
            _passkeys().insert_one(
                {
                    "_id": passkey.passkey_id,
                    "account_id": passkey.account_id,
                    "credential_id": Binary(passkey.credential_id),
                    "public_key": Binary(passkey.public_key),
                    "sign_count": passkey.sign_count,
                    "name": passkey.name,
                    "sealed_person": Binary(passkey.sealed_person),
                    "vouched_at": passkey.vouched_at,
                    "created_at": passkey.created_at,
                }
            )
        except DuplicateKeyError:
            return False
        return True

    def note_use(self, passkey: Passkey, sign_count: int, at: datetime) -> bool:
        """Note a use (one durable write); ``False`` when it was used meanwhile, or removed."""
        noted = _passkeys().update_one(
            {"_id": passkey.passkey_id, "sign_count": passkey.sign_count},
            {"$set": {"sign_count": sign_count, "used_at": at}},
        )
        return bool(noted.matched_count == 1)

    def vouch(self, passkey: Passkey, sealed_person: bytes, at: datetime) -> None:
        """Note that the provider vouched for the person again (one durable write)."""
        _passkeys().update_one(
            {"_id": passkey.passkey_id}, {"$set": {"sealed_person": Binary(sealed_person), "vouched_at": at}}
        )

    def rename(self, account_id: str, passkey_id: str, name: str) -> bool:
        """Give it another name (one durable write); ``False`` for one that is not this account's."""
        found = _passkeys().update_one(
            {"_id": passkey_id, "account_id": account_id}, {"$set": {"name": name}}
        )
        return bool(found.matched_count == 1)

    def remove(self, account_id: str, passkey_id: str) -> bool:
        """Remove one (one durable write); ``False`` for one that is not this account's."""
        removed = _passkeys().delete_one({"_id": passkey_id, "account_id": account_id})
        return bool(removed.deleted_count == 1)


def _passkeys() -> Any:
    return PasskeyDocument._get_collection()  # noqa: SLF001 - plain rows: no document is changed in memory


def _passkey(row: dict[str, Any]) -> Passkey:
    used_at = row.get("used_at")
    return Passkey(
        passkey_id=row["_id"],
        account_id=row["account_id"],
        credential_id=bytes(row["credential_id"]),
        public_key=bytes(row["public_key"]),
        sign_count=row["sign_count"],
        name=row["name"],
        sealed_person=bytes(row["sealed_person"]),
        vouched_at=_utc(row["vouched_at"]),
        created_at=_utc(row["created_at"]),
        used_at=None if used_at is None else _utc(used_at),
    )


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
