"""An order for many copies, from file to file: what is issued, what is refused, and what a kill leaves behind."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from issuer.bulk.errors import InvalidOrderLineError, OrderFileError
from issuer.bulk.issue_chunk import ChunkIssuer
from issuer.bulk.order_files import OrderFiles, Progress
from issuer.bulk.order_line import MAX_LINE_BYTES, parse_order_line
from issuer.bulk.run_order import CHUNK_LINES, run_order
from issuer.status.store import StatusStore
from standards.status_list import StatusValue
from tests.support.issuance_world import HolderKey, IssuanceWorld, status_of, verified


def line_for(identifier: str, *keys: HolderKey) -> bytes:
    return orjson.dumps({"licence": identifier, "keys": [key.jwk.to_dict() for key in keys]})


def lines_of(content: bytes) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in content.splitlines()]


def uscc_of(world: IssuanceWorld) -> str:
    return world.authorities[0].uscc


def order_of(world: IssuanceWorld, folder: Path, count: int) -> Path:
    """``count`` lines over three licences, a key of its own each."""
    identifiers = [world.record_licence() for _ in range(3)]
    path = folder / "order.jsonl"
    path.write_bytes(b"\n".join(line_for(identifiers[n % 3], HolderKey()) for n in range(count)) + b"\n")
    return path


def run(world: IssuanceWorld, folder: Path, order: Path, *, told: Any = lambda *_: None) -> Progress:
    return run_order(
        world.node.settings,
        uscc_of(world),
        order,
        folder / "issued.jsonl",
        folder / "refused.jsonl",
        told=told,
        clock=world.clock,
        processes=2,
    )


def test_copies_are_as_if_a_wallet_had_fetched_them(world: IssuanceWorld) -> None:
    """Two keys → two copies, each with its key and an entry of its own; a suspension reaches both."""
    identifier, keys = world.record_licence(), (HolderKey(), HolderKey())
    issuer = ChunkIssuer(world.node, uscc_of(world))
    chunk = issuer.issue("run", [(1, line_for(identifier, *keys))], world.clock.now())
    assert (chunk.copies, chunk.refusals, chunk.refused) == (2, 0, b"")
    [made] = lines_of(chunk.issued)
    assert made["licence"] == identifier
    registered = [verified(copy).registered for copy in made["credentials"]]
    assert [one.holder_key for one in registered] == [key.jwk for key in keys]
    assert len({one.status for one in registered}) == 2
    assert [status_of(world, copy) for copy in made["credentials"]] == [0, 0]
    world.change(identifier, "suspend")
    assert [status_of(world, copy) for copy in made["credentials"]] == [int(StatusValue.SUSPENDED)] * 2


def test_what_cannot_be_issued_is_given_back_with_its_reason(world: IssuanceWorld) -> None:
    """A line in order, a revoked licence, another authority's, an unknown one, no JSON, no key, one key twice, a point off
    the curve → one issued, seven given back, each as it was sent.
    """
    good, revoked = world.record_licence(), world.record_licence()
    world.change(revoked, "revoke")
    others = world.record_licence(authority=world.authorities[1])
    key = HolderKey()
    off_curve = {**key.jwk.to_dict(), "y": key.jwk.to_dict()["x"]}
    given = [
        line_for(good, HolderKey()),
        line_for(revoked, HolderKey()),
        line_for(others, HolderKey()),
        line_for("1.2.156.3005.2.x", HolderKey()),
        b"{not json",
        orjson.dumps({"licence": good, "keys": []}),
        line_for(good, key, key),
        orjson.dumps({"licence": good, "keys": [off_curve]}),
    ]
    issuer = ChunkIssuer(world.node, uscc_of(world))
    chunk = issuer.issue("refusing", list(enumerate(given, 1)), world.clock.now())
    assert (chunk.copies, chunk.refusals) == (1, 7)
    refused = {line["line"]: line for line in lines_of(chunk.refused)}
    assert {number: line["error"]["code"] for number, line in refused.items()} == {
        2: "order-line-refused", 3: "order-line-refused", 4: "order-line-refused", 5: "invalid-order-line",
        6: "invalid-order-line", 7: "invalid-order-line", 8: "invalid-order-line",
    }  # fmt: skip
    assert all(line["given"].encode() == given[number - 1] for number, line in refused.items())
    assert refused[8]["error"]["where"] == "/keys/0"


def test_a_chunk_that_is_issued_again_has_the_same_entries(world: IssuanceWorld) -> None:
    """Killed between the rows and the file → issued again: no entry more, no row more."""
    identifier = world.record_licence()
    lines = [(n, line_for(identifier, HolderKey(), HolderKey())) for n in range(1, 4)]
    issuer = ChunkIssuer(world.node, uscc_of(world))

    def entries() -> list[Any]:
        made = lines_of(issuer.issue("again", lines, world.clock.now()).issued)
        return [verified(copy).registered.status for line in made for copy in line["credentials"]]

    assert entries() == entries()
    assert len(StatusStore(world.node.database).copies_of_licence(identifier)) == 3


def test_an_order_is_issued_on_two_cores_in_its_order(world: IssuanceWorld, tmp_path: Path) -> None:
    count = CHUNK_LINES + 7
    order = order_of(world, tmp_path, count)
    done = run(world, tmp_path, order)
    assert (done.copies, done.refusals, done.offset) == (count, 0, order.stat().st_size)
    issued = lines_of((tmp_path / "issued.jsonl").read_bytes())
    wanted = lines_of(order.read_bytes())
    assert [line["licence"] for line in issued] == [line["licence"] for line in wanted]
    assert len({verified(line["credentials"][0]).registered.status for line in issued}) == count
    # Nothing but the results is left, for its owner alone.
    assert sorted(path.name for path in tmp_path.iterdir()) == ["issued.jsonl", "order.jsonl"]
    assert (tmp_path / "issued.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_killed_run_goes_on_and_issues_nothing_twice(world: IssuanceWorld, tmp_path: Path) -> None:
    """Broken off after the first chunk, with half a line behind what was noted → the same call goes on: every line once,
    the entries of the first chunk are those that were noted.
    """
    count = 2 * CHUNK_LINES + 3
    order = order_of(world, tmp_path, count)

    class KilledError(Exception):
        pass

    def killed(*_: Any) -> None:
        raise KilledError

    with pytest.raises(KilledError):
        run(world, tmp_path, order, told=killed)
    before = (tmp_path / "issued.jsonl").read_bytes()
    assert len(lines_of(before)) == CHUNK_LINES
    with (tmp_path / "issued.jsonl").open("ab") as torn:
        torn.write(b'{"licence": "half a li')
    done = run(world, tmp_path, order)
    after = (tmp_path / "issued.jsonl").read_bytes()
    assert after.startswith(before)
    issued = lines_of(after)
    assert len(issued) == done.copies == count
    entries = {verified(line["credentials"][0]).registered.status for line in issued}
    assert len(entries) == count
    assert not (tmp_path / "issued.jsonl.progress").exists()


def test_results_are_never_written_over(world: IssuanceWorld, tmp_path: Path) -> None:
    order = order_of(world, tmp_path, 1)
    (tmp_path / "issued.jsonl").write_text("mine")
    with pytest.raises(OrderFileError, match="exists already"):
        run(world, tmp_path, order)
    assert (tmp_path / "issued.jsonl").read_text() == "mine"


def test_another_order_does_not_go_on_where_the_first_stopped(tmp_path: Path) -> None:
    first, second, issued = (tmp_path / name for name in ("first", "second", "issued"))
    first.write_text("{}\n")
    second.write_text("{} \n")
    OrderFiles(first, issued, tmp_path / "refused")
    with pytest.raises(OrderFileError, match="another order"):
        OrderFiles(second, issued, tmp_path / "refused")


def test_an_empty_order_ends_at_once(world: IssuanceWorld, tmp_path: Path) -> None:
    order = tmp_path / "order.jsonl"
    order.write_bytes(b"\n \n")
    done = run(world, tmp_path, order)
    assert (done.copies, done.refusals) == (0, 0)
    assert (tmp_path / "issued.jsonl").read_bytes() == b""


def test_a_line_without_end_is_one_refused_line(tmp_path: Path) -> None:
    """A gigabyte without a line feed would fill the memory: what is longer than a line can be is read and left."""
    order = tmp_path / "order.jsonl"
    order.write_bytes(b"x" * (5 * MAX_LINE_BYTES) + b"\n{}\n" + b"y" * (2 * MAX_LINE_BYTES))
    with OrderFiles(order, tmp_path / "issued", tmp_path / "refused") as files:
        [chunk] = list(files.chunks(100))
    assert [number for number, _ in chunk.lines] == [1, 2, 3]
    assert max(len(data) for _, data in chunk.lines) <= MAX_LINE_BYTES + 1
    assert chunk.offset == os.path.getsize(order)  # noqa: PTH202
    with pytest.raises(InvalidOrderLineError):
        parse_order_line(chunk.lines[0][1])
