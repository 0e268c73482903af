"""Two at once, a death in between, and a change of the master key."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import bson
import pytest

from issuer.discrepancies import (
    Closing,
    ClosingReason,
    Discrepancy,
    DiscrepancyFilter,
    DiscrepancyState,
    DiscrepancyStore,
)
from issuer.discrepancies.decide import DiscrepancyDesk, close
from issuer.discrepancies.discrepancy import HistoryEntry, Step, discrepancy_id
from issuer.discrepancies.errors import DiscrepancyChangedError
from issuer.library.event import Actor
from issuer.node import IssuerNode
from keys import rotation
from keys.master_key import MasterKey
from service.store.sealed_rows import SealedRows
from standards.errors import ElicenceError
from tests.service.issuer.conftest import MARKET, System
from tests.service.issuer.sources.conftest import Deliver
from tests.service.issuer.sources.test_deliveries import counts
from tests.support.clock import START

ALL = DiscrepancyFilter(state=None)


def at_once(work: Callable[[int], Any], times: int = 4) -> list[Any]:
    """Run ``work`` in several threads that begin together; errors of ours are results."""
    ready = Barrier(times)

    def begin(place: int) -> Any:
        ready.wait(10)
        try:
            return work(place)
        except ElicenceError as error:
            return error

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(begin, range(times)))


def only(node: IssuerNode) -> Discrepancy:
    (one,) = node.discrepancies.list(MARKET.uscc, ALL)
    return one


def taking(by: str = "孙经办") -> Closing:
    return Closing(ClosingReason.TAKE_SOURCE, "核实", by, START)


def desk_of(node: IssuerNode) -> DiscrepancyDesk:
    return DiscrepancyDesk(node.discrepancies, node.library, node.current_licences)


def test_deliveries_at_once_open_one_discrepancy(
    node: IssuerNode, licence: dict[str, Any], deliver: Deliver
) -> None:
    """Four deliveries of the same difference at the same time: one row, none lost to an error."""
    reports = at_once(lambda _: deliver("taxation", (licence, {"premises": "示例路 999 号"})))
    assert all(report["discrepancies"]["open"] == [only(node).id] for report in reports)
    assert only(node).state is DiscrepancyState.OPEN


def test_of_two_who_take_a_value_at_once_one_changes_the_licence(
    node: IssuerNode, market: System, licence: dict[str, Any], deliver: Deliver
) -> None:
    """Four clerks close the same discrepancy with the authoritative value: one new version, the others are told."""
    deliver("market-registration", (licence, {"premises": "示例路 8 号"}))
    seen = only(node)
    done = at_once(
        lambda place: close(desk_of(node), seen, taking(), actor=Actor(f"经办{place}"), system=None)
    )
    assert sorted(type(one).__name__ for one in done) == ["Discrepancy", *["DiscrepancyChangedError"] * 3]
    old = market.get(f"/api/v1/licences/{licence['identifier']}").get_json()
    new = market.get(f"/api/v1/licences/{old['superseded_by']}").get_json()
    assert (new["version"], new["superseded_by"]) == (2, None)


def test_a_death_after_the_change_and_before_the_closing_is_mended(
    node: IssuerNode,
    market: System,
    licence: dict[str, Any],
    deliver: Deliver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """licence changed │ killed │ discrepancy still open with equal values → closed again: no second change; and a
    delivery would close it by itself.
    """
    deliver("market-registration", (licence, {"premises": "示例路 8 号"}))
    seen, kept, writes = only(node), node.discrepancies.change, []

    def die_at_the_second(before: Discrepancy, after: Discrepancy) -> Discrepancy:
        writes.append(after)
        if len(writes) == 2:
            raise KeyboardInterrupt
        return kept(before, after)

    monkeypatch.setattr(node.discrepancies, "change", die_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        close(desk_of(node), seen, taking(), actor=Actor("孙经办"), system=None)
    monkeypatch.undo()
    version = market.get(f"/api/v1/licences/{licence['identifier']}").get_json()["superseded_by"]
    assert version is not None
    assert only(node).state is DiscrepancyState.OPEN
    closed = close(desk_of(node), only(node), taking(), actor=Actor("孙经办"), system=None)
    assert (closed.state, closed.identifier) == (DiscrepancyState.CLOSED, version)
    assert counts(deliver("market-registration", (licence, {"premises": "示例路 8 号"}))) == (0, 0, 0, 0, 0)


def test_what_was_decided_meanwhile_stays_as_it_is(
    node: IssuerNode, licence: dict[str, Any], deliver: Deliver
) -> None:
    """A delivery read the discrepancy, then somebody closed it, then the delivery writes: the closing stands."""
    deliver("taxation", (licence, {"premises": "示例路 999 号"}))
    read = only(node)
    keep = Closing(ClosingReason.KEEP_LIBRARY, "核实", "孙经办", START)
    close(desk_of(node), read, keep, actor=Actor("孙经办"), system=None)
    node.discrepancies.write_many([], [(read, replace(read, incoming="示例路 1 号"))], [(read.id, START)])
    assert (only(node).state, only(node).incoming) == (DiscrepancyState.CLOSED, "示例路 999 号")
    with pytest.raises(DiscrepancyChangedError):
        node.discrepancies.change(read, read)


def test_values_and_words_lie_sealed_and_go_over_to_a_new_master_key(
    node: IssuerNode, licence: dict[str, Any], deliver: Deliver, tmp_path: Path
) -> None:
    deliver("taxation", (licence, {"premises": "示例路 999 号"}))
    keep = Closing(ClosingReason.KEEP_LIBRARY, "问过张示例", "孙经办", START)
    close(desk_of(node), only(node), keep, actor=Actor("孙经办"), system=None)
    (row,) = node.database["discrepancies"].find({})
    for words in ("999", "张示例", "孙经办", licence["fields"]["premises"]):
        assert words.encode() not in bson.encode(row)
    # The same values under a key of their own, which is then changed.
    path = tmp_path / "master.key"
    before = DiscrepancyStore(node.database, MasterKey.create(path).envelope("discrepancy"))
    node.database["discrepancies"].delete_many({})
    original = replace(_sample(), history=closed_history())
    before.write_many([original], [], [])
    rotation.begin(path)
    after = DiscrepancyStore(node.database, MasterKey.load(path).envelope("discrepancy"))
    rows: SealedRows = after.sealed_rows()
    assert (rows.older(), list(rows.reseal()), rows.older()) == (1, [True], 0)
    rotation.finish(path, [])
    alone = DiscrepancyStore(node.database, MasterKey.load(path).envelope("discrepancy"))
    assert alone.find(MARKET.uscc, original.id) == original


def _sample() -> Discrepancy:
    identifier = f"1.2.156.3005.2.11100000MB0143028R901.{MARKET.uscc}.1.001.A"
    return Discrepancy(
        id=discrepancy_id(identifier, "premises", 0, MARKET.uscc, "taxation"),
        authority=MARKET.uscc,
        identifier=identifier,
        type_code="11100000MB0143028R901",
        field="premises",
        place=0,
        source="taxation",
        source_name="税务",
        department="market_regulation",
        authoritative=False,
        current="甲",
        incoming="乙",
        state=DiscrepancyState.OPEN,
        owner=None,
        seen=1,
        first_seen=START,
        last_seen=START + timedelta(hours=1),
    )


def closed_history() -> Any:
    return (
        HistoryEntry(Step.OPENED, START),
        HistoryEntry(Step.CLOSED, START, "孙经办", ClosingReason.KEEP_LIBRARY, "问过"),
    )
