"""Importing a file of licences: CSV to stored licence, every row checked, sealed and durable in the real store.

The run is the worker's own code in this process, so its processor time and memory can be told from the store's.
"""

from __future__ import annotations

import csv
import io
import resource
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

from benchmarks.issuance import found_trust
from benchmarks.row import Row
from benchmarks.serving import free_port
from issuer.app import ensure_indexes
from issuer.demo.authorities import demo_authorities
from issuer.imports.mapping import parse_mapping
from issuer.imports.receive_file import Sender, begin_import, receive_file
from issuer.library.event import Actor
from issuer.node import IssuerNode, open_node
from keys.master_key import MasterKey
from service.clock import SystemClock
from service.embedded_store.server import EmbeddedStore
from service.jobs import Job, JobState, run_job
from service.settings import Settings
from service.store import disconnect
from standards.licence_types.coding import NumberingFacts

_TYPE: Final = "11100000MB0143028R901"
_ROWS: Final = 30_000
_WARM_UP_ROWS: Final = 3_000
_COLUMNS: Final = (
    "key", "licence_number", "holder_name", "holder_code_type", "holder_number", "issue_date",
    "legal_representative", "residence", "premises", "business_form", "business_items",
)  # fmt: skip


def run() -> list[Row]:
    """Rows a second for a file of new licences, and for the same file again."""
    with (
        tempfile.TemporaryDirectory(prefix="elicence-bench-") as folder,
        EmbeddedStore(Path(folder)) as store,
    ):
        environment = {
            "ELICENCE_DATA": folder,
            "ELICENCE_STORE_URI": store.uri,
            "ELICENCE_ISSUER_URL": f"http://localhost:{free_port()}",
            "ELICENCE_MASTER_KEY_FILE": f"{folder}/master.key",
        }
        MasterKey.load_or_create(Path(folder) / "master.key")
        node = open_node(Settings.from_environment(environment), SystemClock())
        try:
            ensure_indexes()
            found_trust(node, node.settings.issuer_url)
            _import(node, 0, _WARM_UP_ROWS)
            before = _peak_megabytes()
            seconds, processor = _import(node, _WARM_UP_ROWS, _ROWS)
            again, _ = _import(node, _WARM_UP_ROWS, _ROWS, expected="unchanged")
            grown = _peak_megabytes() - before
        finally:
            disconnect("issuer")
    return [
        Row("import CSV to stored licence", _ROWS / seconds, "rows/s", goal=5_000, at_least=True),
        Row("import, worker's processor time", processor / _ROWS * 1e6, "µs/row"),
        Row("import the same file again", _ROWS / again, "rows/s"),
        Row(f"memory grown over {2 * _ROWS:,} rows", grown, "MB", goal=32),
    ]


def _import(node: IssuerNode, start: int, count: int, expected: str = "new") -> tuple[float, float]:
    at = node.clock.now()
    authority = node.authorities.find(demo_authorities()[0].uscc, at)
    if authority is None:
        raise RuntimeError("the authority is not enrolled")
    food = node.catalogue.by_code(_TYPE)
    mapping = parse_mapping(
        {"type": _TYPE, "key": "key", "columns": {name: name for name in _COLUMNS[1:]}}, food
    )
    file = receive_file(
        node,
        Sender(authority, "own", "bench", Actor("bench")),
        _blocks(node, start, count),
        name="bench.csv",
        licence_type=food,
        mapping=mapping,
        at=at,
    )
    _, job = begin_import(node, file, by="bench", at=at, dry_run=False)
    began, used = perf_counter(), process_time()
    done = run_job(node, job.id)
    seconds, processor = perf_counter() - began, process_time() - used
    _check(done, count, expected)
    return seconds, processor


def _check(job: Job, count: int, expected: str) -> None:
    if job.state is not JobState.DONE or job.result is None or job.result[expected] != count:
        raise RuntimeError(f"the import did not end as it should: {job.state} {job.message} {job.result}")


def _blocks(node: IssuerNode, start: int, count: int) -> Iterator[bytes]:
    coding = node.catalogue.by_code(_TYPE).coding
    form = "餐饮服务经营者"
    piece = io.StringIO()
    writer = csv.writer(piece)
    writer.writerow(_COLUMNS)
    for number in range(start, start + count):
        facts = NumberingFacts("330100", "杭州", 2025, number, "", {"business_form": form})
        writer.writerow(
            (
                f"K{number:08d}", coding.next_number(facts), f"示例小吃店{number}号", "001", "92990101MA99X00283",
                "2025-03-01", "张小明", "浙江省杭州市拱墅区示例路8号", f"浙江省杭州市拱墅区示例路{number}号", form,
                "热食类食品制售；冷食类食品制售。",
            )
        )  # fmt: skip
        if piece.tell() > 60_000:
            yield piece.getvalue().encode()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue().encode()


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
