"""Where accounts are kept: found by a keyed hash of certificate type and number, never by the number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from bson import Binary
from mongoengine import BinaryField, DateTimeField, Document, NotUniqueError, StringField
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from keys.envelope import Envelope, WrappedKey
from keys.lookup import LookupKey
from service.store.sealed_rows import SealedRows
from standards.text import Text
from wallet.accounts.account import Account, identity_of, reseal_account

_Row = dict[str, Any]


class AccountDocument(Document):  # type: ignore[misc]
    """Collection ``accounts``. Shard key: ``_id`` hashed (random account id)."""

    account_id = StringField(primary_key=True)
    wrapped_key = BinaryField(required=True)
    sealed_identity = BinaryField(required=True)
    created_at = DateTimeField(required=True)

    meta = {"collection": "accounts", "db_alias": "wallet", "auto_create_index": False}  # noqa: RUF012


class AccountLookupDocument(Document):  # type: ignore[misc]
    """Collection ``account_lookups``. Shard key: ``_id`` hashed (keyed hash of certificate type and number).

    A row for each live version of the lookup key: the second appears when a person signs in after a rotation.
    """

    lookup = StringField(primary_key=True)
    account_id = StringField(required=True)

    meta = {"collection": "account_lookups", "db_alias": "wallet", "auto_create_index": False}  # noqa: RUF012


class AccountStore:
    """The accounts of this wallet."""

    def ensure_indexes(self) -> None:
        """Both collections are read by ``_id`` only; nothing to make."""

    def find(self, candidates: Sequence[str]) -> tuple[str, Account] | None:
        """The account under one of the lookup values, with the value that found it; ``None`` for a new person."""
        found = AccountLookupDocument.objects(lookup__in=list(candidates)).first()
        if found is None:
            return None
        account = AccountDocument.objects(account_id=found.account_id).first()
        if account is None:
            return None
        return found.lookup, _account(account)

    def get_many(self, account_ids: Iterable[str]) -> Mapping[str, Account]:
        """The accounts with these ids, by id: one read; those that are gone are left out."""
        rows = AccountDocument._get_collection().find({"_id": {"$in": list(account_ids)}})  # noqa: SLF001
        return {row["_id"]: _account_of(row) for row in rows}

    def add(self, account: Account, lookup: str) -> bool:
        """Store a new account (two durable writes); ``False`` when another sign-in of the person came first."""
        document = AccountDocument(
            account_id=account.account_id,
            wrapped_key=Binary(account.wrapped_key),
            sealed_identity=Binary(account.sealed_identity),
            created_at=account.created_at,
        )
        document.save(force_insert=True)
        if self.add_lookup(lookup, account.account_id):
            return True
        document.delete()
        return False

    def add_lookup(self, lookup: str, account_id: str) -> bool:
        """Let an account be found by a further lookup value; ``False`` when the value is taken already."""
        try:
            AccountLookupDocument(lookup=lookup, account_id=account_id).save(force_insert=True)
        except NotUniqueError:
            return False
        return True


class AccountsUnderKey:
    """The rows of the accounts, as a change of the master key meets them."""

    def __init__(self, database: Database[_Row], lookup_key: LookupKey, envelope: Envelope) -> None:
        self._accounts = database["accounts"]
        self._lookups = database["account_lookups"]
        self._lookup_key = lookup_key
        self._envelope = envelope

    def sealed_rows(self) -> tuple[SealedRows, ...]:
        """Lookup values and accounts; without them nobody who stayed away meanwhile could be found or opened."""
        return (
            SealedRows(
                Text("账户索引", "account lookups"),
                self._lookups,
                ("account_id",),
                self._renewed_lookup,
                write=self._write_lookup,
            ),
            SealedRows(
                Text("账户", "accounts"),
                self._accounts,
                ("wrapped_key", "sealed_identity", "created_at"),
                self._renewed_account,
            ),
        )

    def _renewed_lookup(self, row: _Row) -> _Row:
        if not self._lookup_key.is_older(row["_id"]):
            return {}
        account = self._accounts.find_one({"_id": row["account_id"]})
        if account is None:
            return {"_id": None}
        code_type, number = identity_of(_account_of(account), self._envelope)
        return {"_id": self._lookup_key.lookup(code_type, number)}

    def _write_lookup(self, row: _Row, renewed: _Row) -> bool:
        """The new value first: at no moment is the account without one."""
        if renewed["_id"] is not None:
            # It may be there: the person signed in meanwhile, or a walk was broken off.
            with suppress(DuplicateKeyError):
                self._lookups.insert_one({**row, **renewed})
        self._lookups.delete_one({"_id": row["_id"]})
        return True

    def _renewed_account(self, row: _Row) -> _Row:
        if not any(self._envelope.is_older(row[part]) for part in ("wrapped_key", "sealed_identity")):
            return {}
        account = reseal_account(_account_of(row), self._envelope)
        return {
            "wrapped_key": Binary(account.wrapped_key),
            "sealed_identity": Binary(account.sealed_identity),
        }


def _account_of(row: _Row) -> Account:
    wrapped_key, sealed_identity = WrappedKey(row["wrapped_key"]), row["sealed_identity"]
    return Account(row["_id"], wrapped_key, sealed_identity, row["created_at"])


def _account(document: AccountDocument) -> Account:
    return Account(
        account_id=document.account_id,
        wrapped_key=WrappedKey(bytes(document.wrapped_key)),
        sealed_identity=bytes(document.sealed_identity),
        created_at=document.created_at,
    )
