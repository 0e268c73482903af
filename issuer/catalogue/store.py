"""Persistence of type versions on their way and of withdrawals. Each method that changes something is one durable write."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from issuer.catalogue.documents import (
    TYPES,
    WITHDRAWALS,
    MetadataDocument,
    TypeVersionDocument,
    WithdrawalDocument,
)
from issuer.catalogue.errors import (
    AlreadyWithdrawnError,
    NoWithdrawalError,
    TypeVersionChangedError,
    TypeVersionOpenError,
)
from issuer.catalogue.type_version import Step, StepKind, TypeVersion, VersionState, Withdrawal
from issuer.library.event import Actor
from standards.licence_types import vct_of

_Row = dict[str, Any]


class CatalogueStore:
    """The versions that are made at this node."""

    def __init__(self, database: Database[_Row]) -> None:
        self._types = database[TYPES]
        self._withdrawals = database[WITHDRAWALS]

    @staticmethod
    def ensure_indexes() -> None:
        """Make the indexes; a repeat changes nothing."""
        for document in (TypeVersionDocument, WithdrawalDocument, MetadataDocument):
            document.ensure_indexes()

    # -- versions ---------------------------------------------------------------------------------------------

    def add(self, version: TypeVersion) -> None:
        """Enter a draft; raises ``TypeVersionOpenError`` when there is one of the same number."""
        try:
            self._types.insert_one({"_id": version.vct, **_row(version)})
        except DuplicateKeyError as error:
            raise TypeVersionOpenError(str(version.version)) from error

    def change(self, before: TypeVersion, after: TypeVersion, *, published: str | None = None) -> TypeVersion:
        """Put ``after`` in the place of ``before``; answers what is stored.

        Args:
            before: as it was read.
            after: as it shall be.
            published: the type's data as JSON, when this publishes it.

        Raises:
            TypeVersionChangedError: somebody was faster; nothing was written.
        """
        stored = replace(after, revision=before.revision + 1)
        changes = _row(stored) | ({} if published is None else {"published": published, "granted": False})
        key = {"_id": before.vct, "revision": before.revision, "state": before.state.value}
        if self._types.update_one(key, {"$set": changes}).matched_count != 1:
            raise TypeVersionChangedError
        return stored

    def remove(self, version: TypeVersion) -> None:
        """Throw a draft away; raises ``TypeVersionChangedError`` when it is none any more."""
        key = {"_id": version.vct, "revision": version.revision, "state": VersionState.DRAFT.value}
        if self._types.delete_one(key).deleted_count != 1:
            raise TypeVersionChangedError

    def find(self, code: str, version: str) -> TypeVersion | None:
        """A version made here, in whatever state, or ``None``."""
        row = self._types.find_one({"_id": vct_of(code, version)})
        return None if row is None else _version(row)

    def of_owner(self, owner: str, *, state: VersionState | None = None) -> tuple[TypeVersion, ...]:
        """The versions that an authority made, by type and number."""
        query: _Row = {"owner": owner} | ({} if state is None else {"state": state.value})
        return tuple(_version(row) for row in self._types.find(query).sort([("code", 1), ("version", 1)]))

    def of_type(self, code: str) -> tuple[TypeVersion, ...]:
        """The versions of a type that were made here."""
        return tuple(_version(row) for row in self._types.find({"code": code}).sort("version", 1))

    def without_right(self) -> tuple[TypeVersion, ...]:
        """Published versions whose owner was not yet given the right to issue them."""
        return tuple(_version(row) for row in self._types.find({"state": "published", "granted": False}))

    def note_granted(self, version: TypeVersion) -> None:
        """The right was given."""
        self._types.update_one({"_id": version.vct}, {"$set": {"granted": True}})

    # -- withdrawals ------------------------------------------------------------------------------------------

    def withdrawal(self, code: str) -> Withdrawal | None:
        """The withdrawal of a type, proposed or in force, or ``None``."""
        row = self._withdrawals.find_one({"_id": code})
        return None if row is None else _withdrawal(row)

    def propose_withdrawal(self, withdrawal: Withdrawal) -> None:
        """Enter it; raises ``AlreadyWithdrawnError``."""
        try:
            self._withdrawals.insert_one(
                {
                    "_id": withdrawal.code,
                    "owner": withdrawal.owner,
                    "state": "done" if withdrawal.in_force else "proposed",
                    "reason": withdrawal.reason,
                    "proposed_by": _actor_row(withdrawal.proposed_by),
                    "proposed_at": withdrawal.proposed_at,
                    **_approval_row(withdrawal),
                }
            )
        except DuplicateKeyError as error:
            raise AlreadyWithdrawnError from error

    def approve_withdrawal(self, withdrawal: Withdrawal) -> None:
        """Put it in force; raises ``NoWithdrawalError`` when it is not waiting any more."""
        key = {"_id": withdrawal.code, "state": "proposed"}
        changes = {"state": "done", **_approval_row(withdrawal)}
        if self._withdrawals.update_one(key, {"$set": changes}).matched_count != 1:
            raise NoWithdrawalError

    def drop_withdrawal(self, code: str) -> None:
        """Refuse a proposal; raises ``NoWithdrawalError`` when none waits."""
        if self._withdrawals.delete_one({"_id": code, "state": "proposed"}).deleted_count != 1:
            raise NoWithdrawalError


def _row(version: TypeVersion) -> _Row:
    return {
        "code": version.code,
        "version": version.version,
        "owner": version.owner,
        "state": version.state.value,
        "revision": version.revision,
        # As text: a choice's name may hold what the store does not allow in the name of a member.
        "content": orjson.dumps(version.content).decode("utf-8"),
        "steps": [
            {"kind": step.kind.value, "at": step.at, "by": _actor_row(step.by), "note": step.note}
            for step in version.steps
        ],
    }


def _version(row: _Row) -> TypeVersion:
    return TypeVersion(
        code=row["code"],
        version=row["version"],
        owner=row["owner"],
        state=VersionState(row["state"]),
        content=orjson.loads(row["content"]),
        revision=row["revision"],
        steps=tuple(
            Step(StepKind(step["kind"]), _utc(step["at"]), _actor(step["by"]), step["note"])
            for step in row["steps"]
        ),
    )


def _withdrawal(row: _Row) -> Withdrawal:
    approved = row.get("approved_by")
    return Withdrawal(
        code=row["_id"],
        owner=row["owner"],
        reason=row["reason"],
        proposed_by=_actor(row["proposed_by"]),
        proposed_at=_utc(row["proposed_at"]),
        approved_by=None if approved is None else _actor(approved),
        approved_at=None if approved is None else _utc(row["approved_at"]),
    )


def _approval_row(withdrawal: Withdrawal) -> _Row:
    if withdrawal.approved_by is None:
        return {}
    return {"approved_by": _actor_row(withdrawal.approved_by), "approved_at": withdrawal.approved_at}


def _actor_row(actor: Actor) -> _Row:
    return {"name": actor.name} | ({} if actor.account is None else {"account": actor.account})


def _actor(row: _Row) -> Actor:
    return Actor(row["name"], row.get("account"))


def _utc(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
