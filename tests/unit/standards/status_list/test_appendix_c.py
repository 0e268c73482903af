"""Test vectors of the Token Status List draft, appendix C."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from standards.status_list import StatusList, parse_status_list

SECTIONS = ["C.1", "C.2", "C.3", "C.4"]


@pytest.fixture(params=SECTIONS)
def case(request: Any, vectors: Path) -> dict[str, Any]:
    text = (vectors / "token-status-list" / "appendix-c.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)[request.param]
    return loaded


def test_reads_every_entry(case: dict[str, Any]) -> None:
    statuses = parse_status_list({"bits": case["bits"], "lst": case["lst"]})
    assert len(statuses) == case["capacity"]
    assert len(statuses.to_bytes()) == case["byteLength"]
    expected = {int(index): value for index, value in case["statuses"].items()}
    assert {index: statuses.get(index) for index in expected} == expected
    assert sum(map(bool, map(statuses.get, range(0, len(statuses), 997)))) == sum(
        1 for index, value in expected.items() if value and index % 997 == 0
    )


def test_writes_the_same_list(case: dict[str, Any]) -> None:
    statuses = StatusList(case["capacity"], bits=case["bits"])
    for index, value in case["statuses"].items():
        statuses.set(int(index), value)
    theirs = parse_status_list({"bits": case["bits"], "lst": case["lst"]})
    assert statuses.to_bytes() == theirs.to_bytes()
