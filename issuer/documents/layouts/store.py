"""Persistence of authorities' layouts. Each method that changes something is one durable write."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from mongoengine import DictField, Document, IntField, ListField, StringField
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from issuer.catalogue.errors import TypeVersionChangedError, TypeVersionOpenError
from issuer.catalogue.type_version import Step, StepKind, VersionState
from issuer.documents.layouts.layout_version import LayoutVersion
from issuer.library.event import Actor

LAYOUTS: Final = "document_layouts"

_Row = dict[str, Any]


class LayoutDocument(Document):  # type: ignore[misc]
    """Collection ``document_layouts``: one version of an authority's layout. Shard key ``_id``, owner/vct/number: every write
    names it. Nothing in it is personal but the names of the staff who made it.
    """

    id = StringField(primary_key=True)
    owner = StringField(required=True)
    vct = StringField(required=True)
    number = IntField(required=True)
    state = StringField(required=True)
    revision = IntField(required=True)
    text = StringField(required=True)
    steps = ListField(DictField())

    meta: ClassVar[dict[str, Any]] = {
        "collection": LAYOUTS,
        "db_alias": "issuer",
        "auto_create_index": False,
        "indexes": [{"fields": ["owner", "vct", "state", "-number"]}],
    }


class LayoutStore:
    """The layouts that are made at this node."""

    def __init__(self, database: Database[_Row]) -> None:
        self._layouts = database[LAYOUTS]

    @staticmethod
    def ensure_indexes() -> None:
        """Make the index; a repeat changes nothing."""
        LayoutDocument.ensure_indexes()

    def add(self, version: LayoutVersion) -> None:
        """Enter a draft; raises ``TypeVersionOpenError`` when there is one of the same number."""
        try:
            self._layouts.insert_one({"_id": version.id, **_row(version)})
        except DuplicateKeyError as error:
            raise TypeVersionOpenError(str(version.number)) from error

    def change(self, before: LayoutVersion, after: LayoutVersion) -> LayoutVersion:
        """Put ``after`` in the place of ``before``; raises ``TypeVersionChangedError`` when somebody was faster."""
        stored = replace(after, revision=before.revision + 1)
        if self._layouts.update_one(_key(before), {"$set": _row(stored)}).matched_count != 1:
            raise TypeVersionChangedError
        return stored

    def remove(self, version: LayoutVersion) -> None:
        """Throw a draft away; raises ``TypeVersionChangedError`` when it is none any more."""
        if self._layouts.delete_one(_key(replace(version, state=VersionState.DRAFT))).deleted_count != 1:
            raise TypeVersionChangedError

    def find(self, owner: str, vct: str, number: int) -> LayoutVersion | None:
        """A version, in whatever state, or ``None``."""
        row = self._layouts.find_one({"_id": f"{owner}/{vct}/{number}"})
        return None if row is None else _version(row)

    def of_owner(self, owner: str, vct: str | None = None) -> tuple[LayoutVersion, ...]:
        """The versions that an authority made, newest first."""
        query: _Row = {"owner": owner} | ({} if vct is None else {"vct": vct})
        return tuple(_version(row) for row in self._layouts.find(query).sort([("vct", 1), ("number", -1)]))

    def published(self, owner: str, vct: str) -> LayoutVersion | None:
        """The newest published version, or ``None``."""
        query = {"owner": owner, "vct": vct, "state": VersionState.PUBLISHED.value}
        row = self._layouts.find_one(query, sort=[("number", -1)])
        return None if row is None else _version(row)


def _key(version: LayoutVersion) -> _Row:
    return {"_id": version.id, "revision": version.revision, "state": version.state.value}


def _row(version: LayoutVersion) -> _Row:
    return {
        "owner": version.owner,
        "vct": version.vct,
        "number": version.number,
        "state": version.state.value,
        "revision": version.revision,
        "text": version.text,
        "steps": [
            {
                "kind": step.kind.value,
                "at": step.at,
                "by": {"name": step.by.name}
                | ({} if step.by.account is None else {"account": step.by.account}),
                "note": step.note,
            }
            for step in version.steps
        ],
    }


def _version(row: _Row) -> LayoutVersion:
    return LayoutVersion(
        row["owner"],
        row["vct"],
        row["number"],
        VersionState(row["state"]),
        row["text"],
        row["revision"],
        tuple(
            Step(
                StepKind(step["kind"]),
                _utc(step["at"]),
                Actor(step["by"]["name"], step["by"].get("account")),
                step["note"],
            )
            for step in row["steps"]
        ),
    )


def _utc(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
