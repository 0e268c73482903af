"""Where accounts are kept: found by a keyed hash of certificate type and number, never by the number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bson import Binary
from mongoengine import BinaryField, DateTimeField, Document, NotUniqueError, StringField

from keys.envelope import WrappedKey
from wallet.accounts.account import Account


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

    def all(self) -> Iterator[Account]:
        """Every account, for a change of keys."""
        for document in AccountDocument.objects.no_cache():
            yield _account(document)

    def reseal(self, account: Account) -> None:
        """Store an account under other keys (one durable write)."""
        AccountDocument.objects(account_id=account.account_id).update_one(
            set__wrapped_key=Binary(account.wrapped_key), set__sealed_identity=Binary(account.sealed_identity)
        )


def _account(document: AccountDocument) -> Account:
    return Account(
        account_id=document.account_id,
        wrapped_key=WrappedKey(bytes(document.wrapped_key)),
        sealed_identity=bytes(document.sealed_identity),
        created_at=document.created_at,
    )
