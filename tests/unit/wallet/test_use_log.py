"""Lines of the use log, and how they are read together."""

from __future__ import annotations

from datetime import timedelta

from standards.text import Text
from tests.support.faces import AT
from wallet.history.entry import Entry, EntryKind, SeenField, new_entry_id, parse_entry, read_together


def entry(kind: EntryKind, about: str = "r1", seconds: int = 0) -> Entry:
    return Entry(new_entry_id(), AT + timedelta(seconds=seconds), kind, about)


def test_an_outcome_joins_the_line_it_ends() -> None:
    begun, ended, other = entry(EntryKind.SHARING), entry(EntryKind.SHARED), entry(EntryKind.REFUSED, "r2")
    uses = read_together([other, ended, begun])
    assert [(use.entry, use.outcome) for use in uses] == [(other, None), (begun, ended)]


def test_a_line_without_outcome_is_told_as_open_and_an_outcome_alone_is_still_told() -> None:
    begun, lonely = entry(EntryKind.SHARING), entry(EntryKind.UNSENT, "r9")
    uses = read_together([lonely, begun])
    assert [(use.entry, use.outcome) for use in uses] == [(lonely, None), (begun, None)]


def test_an_entry_survives_the_store() -> None:
    name = Text("某窗口", "Some window")
    whole = Entry(
        new_entry_id(),
        AT,
        EntryKind.SHARING,
        "r1",
        party=name,
        region=name,
        item=name,
        licences=(name,),
        seen=(SeenField(name, Text("姓名", "Name"), "张小明"), SeenField(name, name, "")),
        reason=name,
    )
    assert parse_entry(whole.entry_id, AT, whole.sealed_json()) == whole
    bare = entry(EntryKind.REMOVED)
    assert parse_entry(bare.entry_id, bare.at, bare.sealed_json()) == bare


def test_ids_grow_so_that_lines_of_one_millisecond_keep_their_order() -> None:
    ids = [new_entry_id() for _ in range(300)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 300
