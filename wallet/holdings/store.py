"""Where licences are kept: one row for a licence with all of its copies, so that it arrives whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bson import Binary
from mongoengine import (
    BinaryField,
    DateTimeField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentListField,
    StringField,
)

from keys.envelope import WrappedKey
from standards.licence_types.licence_type import type_code_of
from wallet.accounts.account import Holder
from wallet.holdings.errors import LicenceNotFoundError
from wallet.holdings.holding import Holding, SealedCopy
from wallet.holdings.renewal import Renewal
from wallet.holdings.sealing import open_face, open_renewal, seal_face, seal_renewal

UNDO_PERIOD = timedelta(days=7)
"""How long a licence that was taken out can be put back."""


class CopyDocument(EmbeddedDocument):  # type: ignore[misc]
    """One copy inside its licence's row."""

    copy_id = StringField(required=True)
    wrapped_key = BinaryField(required=True)
    sealed_credential = BinaryField(required=True)
    sealed_key = BinaryField(required=True)
    used_at = DateTimeField()


class HoldingDocument(Document):  # type: ignore[misc]
    """Collection ``holdings``. Shard key: ``account_id`` hashed; every read and write names the account.

    ``reference`` is a keyed hash over issuer, type, identifier and holder: a licence received again takes the place
    of the one before. ``purge_at`` is set while a licence is taken out; the TTL index then forgets it. ``moved_at`` says that it went to
    another wallet service. ``look_at`` says when a worker looks whether it is still current, ``claim`` who is refreshing
    it until ``claimed_until``, ``uses_wanted_at`` and ``uses_asked_at`` whether the issuer is to be asked who looked at
    it (``wallet.refreshing.store``).
    """

    holding_id = StringField(primary_key=True)
    account_id = StringField(required=True)
    reference = StringField(required=True)
    sealed_face = BinaryField(required=True)
    copies = EmbeddedDocumentListField(CopyDocument)
    received_at = DateTimeField(required=True)
    removed_at = DateTimeField()
    purge_at = DateTimeField()
    moved_at = DateTimeField()
    sealed_renewal = BinaryField()
    look_at = DateTimeField()
    uses_wanted_at = DateTimeField()
    uses_asked_at = DateTimeField()
    claim = StringField()
    claimed_until = DateTimeField()

    meta = {  # noqa: RUF012
        "collection": "holdings",
        "db_alias": "wallet",
        "auto_create_index": False,
        "indexes": [
            {"fields": ("account_id", "reference"), "unique": True},
            ("account_id", "-received_at"),
            {"fields": ("purge_at",), "expireAfterSeconds": 0},
            # Read by the one worker that looks after all wallets of the node.
            {"fields": ("look_at",), "sparse": True},
            {"fields": ("uses_wanted_at",), "sparse": True},
        ],
    }


class HoldingStore:
    """The licences of all wallets; each call sees one wallet."""

    def ensure_indexes(self) -> None:
        """Make the indexes; a repeat changes nothing."""
        HoldingDocument.ensure_indexes()

    def all_of(self, holder: Holder) -> Sequence[Holding]:
        """The licences in the wallet that the right of who acts reaches, newest first."""
        query = HoldingDocument.objects(account_id=holder.account_id, removed_at=None)
        holdings = [_holding(holder, document) for document in query.order_by("-received_at")]
        return [holding for holding in holdings if _reaches(holder, holding)]

    def get(self, holder: Holder, holding_id: str, *, at: datetime) -> Holding:
        """One licence, taken out or not.

        Raises:
            LicenceNotFoundError: the wallet has none with this id (any more), or the right of who acts does not reach it.
        """
        document = HoldingDocument.objects(account_id=holder.account_id, holding_id=holding_id).first()
        if document is None or (document.purge_at is not None and document.purge_at <= at):
            raise LicenceNotFoundError
        holding = _holding(holder, document)
        if not _reaches(holder, holding):
            raise LicenceNotFoundError
        return holding

    def mark_used(self, holder: Holder, holding_id: str, copy_id: str, at: datetime) -> bool:
        """Take an unseen copy (compare-and-set, one durable write); ``False`` when another request took it first."""
        changed = HoldingDocument.objects(
            account_id=holder.account_id,
            holding_id=holding_id,
            copies__elemMatch={"copy_id": copy_id, "used_at": None},
        ).update_one(__raw__={"$set": {"copies.$.used_at": at}})
        return bool(changed)

    def remove(self, holder: Holder, holding_id: str, at: datetime) -> bool:
        """Take a licence out, to be forgotten after :data:`UNDO_PERIOD`; ``False`` when it is not in the wallet."""
        changed = HoldingDocument.objects(
            account_id=holder.account_id, holding_id=holding_id, removed_at=None
        ).update_one(set__removed_at=at, set__purge_at=at + UNDO_PERIOD)
        return bool(changed)

    def move_out(self, holder: Holder, holding: Holding, at: datetime) -> Holding | None:
        """Take a licence out because another wallet service shows it from now on (one durable write).

        Its copies count as seen here and its means to refresh are gone; it can be put back for
        :data:`UNDO_PERIOD`. Gives back the licence as it was at that moment, or ``None`` when it was not there any more.
        """
        without = seal_renewal(holder, holding.holding_id, replace(holding.renewal, means=None))
        before = HoldingDocument._get_collection().find_one_and_update(  # noqa: SLF001
            {"account_id": holder.account_id, "_id": holding.holding_id, "removed_at": None},
            {
                "$set": {
                    "removed_at": at,
                    "moved_at": at,
                    "purge_at": at + UNDO_PERIOD,
                    "sealed_renewal": Binary(without),
                    "copies.$[unseen].used_at": at,
                },
                "$unset": {"look_at": ""},
            },
            array_filters=[{"unseen.used_at": None}],
        )
        return None if before is None else _holding(holder, HoldingDocument._from_son(before))  # noqa: SLF001

    def count_moved(self, holder: Holder, at: datetime) -> int:
        """How many licences were moved out and can still be put back."""
        moved = HoldingDocument.objects(
            account_id=holder.account_id, moved_at__exists=True, moved_at__ne=None, purge_at__gt=at
        )
        return int(moved.count())

    def move_back(self, holder: Holder, at: datetime) -> int:
        """Put back what was moved out and is not forgotten yet; how many came back."""
        moved = HoldingDocument.objects(
            account_id=holder.account_id, moved_at__exists=True, moved_at__ne=None, purge_at__gt=at
        )
        return int(moved.update(unset__removed_at=True, unset__purge_at=True, unset__moved_at=True))

    def restore(self, holder: Holder, holding_id: str, at: datetime) -> bool:
        """Put a licence back; ``False`` when it was not taken out, or too long ago."""
        changed = HoldingDocument.objects(
            account_id=holder.account_id, holding_id=holding_id, purge_at__gt=at
        ).update_one(unset__removed_at=True, unset__purge_at=True, unset__moved_at=True)
        return bool(changed)


def holding_document(holder: Holder, holding: Holding, reference: str) -> HoldingDocument:
    """The row of a licence, for the transaction in which it arrives.

    Args:
        holder: whose wallet.
        holding: the licence.
        reference: keyed hash of the face's reference.
    """
    return HoldingDocument(
        holding_id=holding.holding_id,
        account_id=holder.account_id,
        reference=reference,
        sealed_face=Binary(seal_face(holder, holding.holding_id, holding.face)),
        copies=copy_documents(holding),
        received_at=holding.received_at,
        sealed_renewal=Binary(seal_renewal(holder, holding.holding_id, holding.renewal)),
        look_at=None if holding.renewal.means is None else holding.received_at,
    )


def copy_documents(holding: Holding) -> list[CopyDocument]:
    """The copies of a licence inside its row; none was seen by anybody yet."""
    return [
        CopyDocument(
            copy_id=copy.copy_id,
            wrapped_key=Binary(copy.wrapped_key),
            sealed_credential=Binary(copy.sealed_credential),
            sealed_key=Binary(copy.sealed_key),
        )
        for copy in holding.copies
    ]


def _reaches(holder: Holder, holding: Holding) -> bool:
    return holder.acting.reaches(type_code_of(holding.face.vct))


def _holding(holder: Holder, document: HoldingDocument) -> Holding:
    return Holding(
        holding_id=document.holding_id,
        face=open_face(holder, document.holding_id, bytes(document.sealed_face)),
        received_at=document.received_at,
        copies=tuple(
            SealedCopy(
                copy_id=copy.copy_id,
                wrapped_key=WrappedKey(bytes(copy.wrapped_key)),
                sealed_credential=bytes(copy.sealed_credential),
                sealed_key=bytes(copy.sealed_key),
                used_at=copy.used_at,
            )
            for copy in document.copies
        ),
        removed_at=document.removed_at,
        renewal=Renewal()
        if document.sealed_renewal is None
        else open_renewal(holder, document.holding_id, bytes(document.sealed_renewal)),
    )
