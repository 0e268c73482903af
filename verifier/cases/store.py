"""Where cases are kept: one document a case, every step one compare-and-set on its revision.

Collection ``cases``. Shard key and only unique key: ``_id``, the id that follows from the case's code. Who is meant, and
what was typed into the form, is sealed for this row. A case to which nothing was ever shown goes by TTL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import orjson
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.collection import Collection
from pymongo.database import Database

from keys.envelope import Envelope
from service.store.sealed_rows import SealedRows
from standards.text import Text
from verifier.cases.case import (
    Case,
    CaseEvent,
    Channel,
    Holder,
    Slot,
    SlotState,
    Stage,
    State,
    Visit,
)
from verifier.cases.errors import CaseChangedError

COLLECTION: Final = "cases"
UNTOUCHED: Final = timedelta(days=1)
"""How long a case is kept in which nothing was shown or decided."""
PAGE_SIZE: Final = 50


class CaseStore:
    """The cases of all departments."""

    def __init__(self, database: Database[dict[str, Any]], envelope: Envelope) -> None:
        self._rows: Collection[dict[str, Any]] = database[COLLECTION]
        self._envelope = envelope

    def ensure_indexes(self) -> None:
        """Make the indexes; a repeat changes nothing."""
        self._rows.create_indexes(
            [
                IndexModel([("delete_at", ASCENDING)], name="expiry", expireAfterSeconds=0),
                IndexModel(
                    [("department", ASCENDING), ("state", ASCENDING), ("opened_at", DESCENDING)], name="queue"
                ),
                IndexModel([("department", ASCENDING), ("number", ASCENDING)], name="number"),
                IndexModel([("department", ASCENDING), ("due_on", ASCENDING)], name="due", sparse=True),
            ]
        )

    def add(self, case: Case) -> None:
        """Keep a new case (one durable write)."""
        row = {"_id": case.id, **self._open_part(case), "revision": 0}
        if case.people or case.acting.is_known:
            row["people"] = self._sealed_people(case)
        if not _is_touched(case):
            row["delete_at"] = case.opened_at + UNTOUCHED
        self._rows.insert_one(row)

    def save(self, case: Case) -> Case:
        """Keep the case after a step (one durable write).

        The compare-and-set: only a row of the revision that the step was made from changes.

        Raises:
            CaseChangedError: somebody took a step meanwhile.
        """
        changes = self._open_part(case)
        if case.people or case.acting.is_known:
            changes["people"] = self._sealed_people(case)
        update: dict[str, Any] = {"$set": changes, "$inc": {"revision": 1}}
        if _is_touched(case):
            update["$unset"] = {"delete_at": ""}
        done = self._rows.update_one({"_id": case.id, "revision": case.revision}, update)
        if done.matched_count != 1:
            raise CaseChangedError(
                "此办件刚刚有了新的进展，请刷新后再操作。",
                "Somebody took a step in this case just now. Load the page again.",
                next_step=Text("请重新打开此办件。", "Open the case again."),
            )
        return replace(case, revision=case.revision + 1)

    def find(self, case_id: str) -> Case | None:
        """The case, or ``None``."""
        row = self._rows.find_one({"_id": case_id})
        return None if row is None else self._case(row)

    def by_number(self, department: str, number: str) -> Case | None:
        """A department's case by its number, or ``None``."""
        row = self._rows.find_one({"department": department, "number": number})
        return None if row is None else self._case(row)

    def in_states(
        self,
        department: str,
        states: Iterable[State],
        *,
        before: datetime | None = None,
        limit: int = PAGE_SIZE,
    ) -> tuple[Case, ...]:
        """A department's cases in these states, the newest first; ``before``: opened before that instant."""
        wanted: dict[str, Any] = {
            "department": department,
            "state": {"$in": [state.value for state in states]},
        }
        if before is not None:
            wanted["opened_at"] = {"$lt": before}
        return tuple(map(self._case, self._rows.find(wanted).sort("opened_at", DESCENDING).limit(limit)))

    def count(self, department: str, states: Iterable[State]) -> int:
        """How many a department has in these states."""
        return self._rows.count_documents(
            {"department": department, "state": {"$in": [state.value for state in states]}}
        )

    def overdue(self, today: date, *, department: str | None = None, limit: int = 500) -> tuple[Case, ...]:
        """Cases in which something should have followed by now."""
        wanted: dict[str, Any] = {
            "due_on": {"$lt": today.isoformat()},
            "state": State.ACCEPTED_PROVISIONALLY.value,
        }
        if department is not None:
            wanted["department"] = department
        return tuple(map(self._case, self._rows.find(wanted).sort("due_on", ASCENDING).limit(limit)))

    def keep_form(self, case: Case, values: Mapping[str, str]) -> None:
        """Keep what was typed into the form of a case, sealed (one durable write). The last word counts."""
        sealed = self._envelope.seal(orjson.dumps(dict(values)), _context(case.id, "form"))
        self._rows.update_one({"_id": case.id}, {"$set": {"form": sealed}})

    def form_of(self, case: Case) -> dict[str, str]:
        """What was typed into the form of a case; empty when nothing was."""
        row = self._rows.find_one({"_id": case.id}, {"form": 1})
        if row is None or "form" not in row:
            return {}
        values: dict[str, str] = orjson.loads(
            self._envelope.open(bytes(row["form"]), _context(case.id, "form"))
        )
        return values

    def sealed_rows(self) -> SealedRows:
        """What a change of the master key brings over."""
        return SealedRows(Text("办件", "cases"), self._rows, ("revision", "people", "form"), self._renewed)

    def _renewed(self, row: dict[str, Any]) -> dict[str, Any]:
        return {
            part: self._envelope.reseal(row[part], _context(row["_id"], part))
            for part in ("people", "form")
            if part in row and self._envelope.is_older(row[part])
        }

    def _sealed_people(self, case: Case) -> bytes:
        people = {subject: [holder.number, holder.name] for subject, holder in case.people.items()}
        acting = [case.acting.number, case.acting.name]
        return self._envelope.seal(
            orjson.dumps({"people": people, "acting": acting}), _context(case.id, "people")
        )

    def _open_part(self, case: Case) -> dict[str, Any]:
        due = case.due_on
        return {
            "number": case.number,
            "department": case.department,
            "item": case.item,
            "item_version": case.item_version,
            "stage": case.stage.value,
            "state": case.state.value,
            "channel": case.channel.value,
            "opened_at": case.opened_at,
            "received_by": case.received_by,
            "approved_by": case.approved_by,
            "presentation": case.presentation,
            "records": list(case.records),
            "due_on": due.isoformat() if due else None,
            "slots": [_slot_row(material, slot) for material, slot in case.slots.items()],
            "visits": [{"at": one.at, "terminal": one.terminal, "by": one.by} for one in case.visits],
            "events": [
                {
                    "at": event.at,
                    "step": event.step,
                    "by": event.by,
                    "terminal": event.terminal,
                    "detail": dict(event.detail),
                }
                for event in case.events
            ],
        }

    def _case(self, row: Mapping[str, Any]) -> Case:
        people: dict[str, list[str | None]] = {}
        acting: list[str | None] = [None, None]
        if "people" in row:
            opened = orjson.loads(self._envelope.open(bytes(row["people"]), _context(row["_id"], "people")))
            people, acting = opened["people"], opened["acting"]
        return Case(
            id=row["_id"],
            number=row["number"],
            department=row["department"],
            item=row["item"],
            item_version=row["item_version"],
            stage=Stage(row["stage"]),
            state=State(row["state"]),
            slots={slot["material"]: _slot(slot) for slot in row["slots"]},
            visits=tuple(Visit(_utc(one["at"]), one["terminal"], one["by"]) for one in row["visits"]),
            channel=Channel(row["channel"]),
            opened_at=_utc(row["opened_at"]),
            revision=row["revision"],
            received_by=row["received_by"],
            approved_by=row["approved_by"],
            presentation=row["presentation"],
            records=tuple(row["records"]),
            people={subject: Holder(*holder) for subject, holder in people.items()},
            acting=Holder(*acting),
            events=tuple(
                CaseEvent(_utc(one["at"]), one["step"], one["by"], one["terminal"], one["detail"])
                for one in row["events"]
            ),
        )


def _is_touched(case: Case) -> bool:
    """Whether anything was shown or decided: only such a case is worth keeping."""
    return bool(case.people) or case.state is not State.OPEN or set(case.missing) != set(case.slots)


def _slot_row(material: str, slot: Slot) -> dict[str, Any]:
    return {
        "material": material,
        "state": slot.state.value,
        "presentation": slot.presentation,
        "query": slot.query,
        "due_on": slot.due_on.isoformat() if slot.due_on else None,
        "due_provisional": slot.due_provisional,
        "reason": slot.reason,
    }


def _slot(row: Mapping[str, Any]) -> Slot:
    return Slot(
        SlotState(row["state"]),
        row["presentation"],
        row["query"],
        date.fromisoformat(row["due_on"]) if row["due_on"] else None,
        row["due_provisional"],
        row["reason"],
    )


def _context(case_id: str, part: str) -> str:
    return f"case {part} {case_id}"


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
