"""Items as data, by command: looked at, taken in, listed by day."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from verifier.items.commands import items
from verifier.items.register import ITEMS_DIRECTORY


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "node"


@pytest.fixture
def run(data: Path) -> Callable[..., Result]:
    return lambda *arguments: CliRunner().invoke(items, [*map(str, arguments), "--data", str(data)])


def file_of(directory: Path, **changes: Any) -> Path:
    data = json.loads(
        resources.files("verifier.items").joinpath("data", "07-social-security-transfer.json").read_bytes()
    )
    path = directory / "item.json"
    path.write_text(json.dumps(data | changes, ensure_ascii=False))
    return path


def test_a_new_version_is_checked_taken_and_listed(
    run: Callable[..., Result], data: Path, tmp_path: Path
) -> None:
    file = file_of(tmp_path, version=2, effective_from="2031-01-01")
    checked = run("check", file)
    assert checked.exit_code == 0, checked.output
    assert "第 2 版" in checked.output
    assert "替代第 1 版" in checked.output
    assert not (data / ITEMS_DIRECTORY).exists(), "checking keeps nothing"
    assert run("add", file).exit_code == 0
    listed = [line.split() for line in run("list").output.splitlines() if "social-security-transfer" in line]
    assert [line[:3] for line in listed] == [
        ["*", "social-security-transfer", "1"],
        ["social-security-transfer", "2", "2031-01-01"],
    ]
    shown = json.loads(run("show", "social-security-transfer", "--version", "2").output)
    assert (shown["version"], shown["effective_from"]) == (2, "2031-01-01")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 1}, "one number"),
        ({"version": 2, "effective_from": "2000-01-01"}, "does not begin later"),
        ({"basis": "because"}, "/basis"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_place(
    run: Callable[..., Result], data: Path, tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    for command in ("check", "add"):
        refused = run(command, file_of(tmp_path, **change))
        assert refused.exit_code != 0
        assert said in f"{refused.output}{refused.exception!r}{getattr(refused.exception, 'where', '')}"
    assert not list((data / ITEMS_DIRECTORY).glob("*"))
