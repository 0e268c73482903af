from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from issuer.chain import seal_events
from service.record_chain import FIRST_PREVIOUS, first_break
from tests.service.issuer.chain.conftest import START, entries, events, new_sealer
from tests.service.issuer.test_events import TWO


def test_every_event_is_in_one_block(node, authority, sealer, clerk):
    one, other = clerk.enter(2)
    clerk.do(one, "report_lost")
    assert sealer.seal_authority(authority, START) == 3
    clerk.do(one, "cancel_loss")
    assert sealer.seal_authority(authority, START) == 1
    assert sealer.seal_authority(authority, START) == 0
    assert sorted(entries(node, authority)) == sorted(events(node, authority))
    assert entries(node, authority)[-1] == (one, 3)
    blocks = list(node.blocks.blocks(authority))
    assert [block.sequence for block in blocks] == [1, 2]
    assert (blocks[0].previous, first_break(blocks)) == (FIRST_PREVIOUS, None)
    rows = {row["_id"]: row for row in node.database["licences"].find({"authority": authority})}
    assert [
        (rows[name].get("unsealed"), rows[name]["chained"], rows[name]["block"]) for name in (one, other)
    ] == [
        (None, 3, 2),
        (None, 1, 1),
    ]


def test_periodic_work_seals_for_everybody_who_waits(node, sealer, clerk, authority):
    clerk.enter()
    assert authority in list(node.blocks.waiting_authorities())
    assert sealer.seal_waiting(START) >= 1
    assert list(node.blocks.waiting_authorities()) == []


def test_nothing_is_lost_or_doubled_by_a_kill_between_the_block_and_the_notes(
    node, authority, sealer, clerk, monkeypatch
):
    """Killed after the block is durable, before the licences are noted. Meanwhile one of them goes on. Whoever comes
    next notes first, then seals only what is new.
    """
    one, _ = clerk.enter(2)

    def killed(block):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(node.blocks, "note", killed)
        with pytest.raises(KeyboardInterrupt):
            sealer.seal_authority(authority, START)
    assert len(entries(node, authority)) == 2
    clerk.do(one, "report_lost")
    assert new_sealer(node).seal_authority(authority, START) == 1
    assert sorted(entries(node, authority)) == sorted(events(node, authority))


def test_a_kill_within_the_notes_is_the_same(node, authority, sealer, clerk, monkeypatch):
    identifiers = clerk.enter(3)
    sealer.seal_authority(authority, START)
    # As if the process had died before the last licence was noted.
    node.database["licences"].update_one(
        {"authority": authority, "_id": identifiers[2]},
        {"$set": {"unsealed": 1}, "$unset": {"chained": "", "block": ""}},
    )
    assert new_sealer(node).seal_authority(authority, START) == 0
    assert sorted(entries(node, authority)) == sorted(events(node, authority))


def test_what_happens_between_reading_and_noting_is_sealed_next(node, authority, sealer, clerk, monkeypatch):
    (one,) = clerk.enter()
    append = node.blocks.append

    def meanwhile(block):
        clerk.do(one, "report_lost")
        return append(block)

    with monkeypatch.context() as patched:
        patched.setattr(node.blocks, "append", meanwhile)
        sealer._next_block(authority, START)
    assert node.database["licences"].find_one({"_id": one})["unsealed"] == 2
    assert sealer.seal_authority(authority, START) == 1
    assert entries(node, authority) == [(one, 1), (one, 2)]


def test_four_sealers_and_four_clerks_at_once(node, authority, clerk, monkeypatch):
    """Sealers that know nothing of each other, small blocks, events all the while: each event once, in order."""
    monkeypatch.setattr(seal_events, "LICENCES_OF_A_BLOCK", 3)
    ended = threading.Event()

    def seal():
        sealer = new_sealer(node)
        while not ended.is_set():
            sealer.seal_authority(authority, START)

    def work(_):
        (identifier,) = clerk.enter()
        clerk.do(identifier, "suspend", approval=TWO)
        clerk.do(identifier, "return")

    with ThreadPoolExecutor(8) as pool:
        sealing = [pool.submit(seal) for _ in range(4)]
        try:
            list(pool.map(work, range(12)))
        finally:
            ended.set()
        for one in sealing:
            one.result()
    new_sealer(node).seal_authority(authority, START)
    found = entries(node, authority)
    assert len(found) == 36
    assert sorted(found) == sorted(events(node, authority))
    for identifier in {identifier for identifier, _ in found}:
        assert [number for name, number in found if name == identifier] == [1, 2, 3]
    assert first_break(node.blocks.blocks(authority)) is None


def test_licences_from_before_there_was_a_chain_are_sealed_with_the_first_new_one(
    node, authority, sealer, clerk
):
    clerk.enter(2)
    node.database["licences"].update_many({"authority": authority}, {"$unset": {"unsealed": ""}})
    clerk.enter()
    assert sealer.seal_authority(authority, START) == 3


def test_a_clock_that_was_set_back_makes_no_block_before_the_one_before_it(node, authority, sealer, clerk):
    clerk.enter()
    sealer.seal_authority(authority, START)
    clerk.enter()
    sealer.seal_authority(authority, START - timedelta(days=1))
    assert [block.at for block in node.blocks.blocks(authority)] == [START, START]


def test_nothing_readable_lies_in_a_block(node, authority, sealer, clerk):
    (one,) = clerk.enter()
    sealer.seal_authority(authority, START)
    row = node.database["licence_blocks"].find_one({"authority": authority})
    assert one.encode() not in bytes(row["sealed"])
    assert set(row) == {"_id", "authority", "sequence", "previous", "hash", "mark", "at", "count", "sealed"}
