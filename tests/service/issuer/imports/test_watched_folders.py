"""Watched folders: in, running, done or failed; whatever is killed in between, nothing is imported twice."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from issuer.imports.watch_folders import watch_folders
from issuer.node import IssuerNode
from service.jobs import JobStore, run_job
from tests.service.issuer.conftest import MARKET
from tests.support.clock import START
from tests.support.import_files import FOOD, csv_text, food_row

LATER = START + timedelta(seconds=30)


@pytest.fixture
def watched(node: IssuerNode, clean: None, tmp_path: Path) -> IssuerNode:
    return replace(node, settings=replace(node.settings, watched_folder=tmp_path))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / MARKET.uscc / "own" / FOOD
    (made / "in").mkdir(parents=True)
    return made


@pytest.fixture
def put(folder: Path) -> Callable[[str, str], Path]:
    def write(name: str, text: str) -> Path:
        path = folder / "in" / name
        path.write_text(text)
        os.utime(path, (START.timestamp(), START.timestamp()))
        return path

    return write


def work_off(node: IssuerNode) -> None:
    for job in JobStore(node.database).list(MARKET.uscc, "issuer.import", 10):
        run_job(node, job.id)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_imported_and_put_away_with_its_refused_rows(
    watched: IssuerNode, folder: Path, put: Callable[[str, str], Path]
) -> None:
    put("january.csv", csv_text([food_row(1), food_row(2, 经营场所="")]))
    watch_folders(watched, LATER)
    assert names(folder / "in") == []
    assert [name.partition("~")[2] for name in names(folder / "running")] == ["january.csv"]
    watch_folders(watched, LATER)
    assert names(folder / "done") == []
    work_off(watched)
    watch_folders(watched, LATER)
    assert names(folder / "done") == ["january.csv", "january.csv.refused.csv"]
    assert names(folder / "running") == []
    assert watched.database["licences"].count_documents({}) == 1


def test_a_kill_between_two_steps_imports_nothing_twice(
    watched: IssuerNode, folder: Path, put: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """in → taken → received, begun, † → found again in taken/: the same import, the same job."""
    put("january.csv", csv_text([food_row(1)]))
    rename = Path.rename

    def dying(self: Path, target: Path) -> Path:
        if target.parent.name == "running":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", dying)
    with pytest.raises(KeyboardInterrupt):
        watch_folders(watched, LATER)
    monkeypatch.undo()
    assert names(folder / "taken") == ["january.csv"]
    watch_folders(watched, LATER)
    assert watched.database["imports"].count_documents({}) == 1
    assert watched.database["jobs"].count_documents({"kind": "issuer.import"}) == 1


def test_what_cannot_be_read_is_put_aside_with_the_reason(
    watched: IssuerNode, folder: Path, put: Callable[[str, str], Path]
) -> None:
    put("broken.csv", "a,a\n1,2\n")
    watch_folders(watched, LATER)
    assert names(folder / "failed") == ["broken.csv", "broken.csv.error.txt"]
    assert "twice" in (folder / "failed" / "broken.csv.error.txt").read_text()


def test_unfinished_files_and_links_are_left_alone(
    watched: IssuerNode, folder: Path, put: Callable[[str, str], Path], tmp_path: Path
) -> None:
    """A growing file, a file under a temporary name, and a link to a file that the node must not read."""
    secret = tmp_path / "secret.csv"
    secret.write_text(csv_text([food_row(1)]))
    (folder / "in" / "link.csv").symlink_to(secret)
    put("half.csv.part", csv_text([food_row(2)]))
    growing = put("growing.csv", csv_text([food_row(3)]))
    os.utime(growing, (LATER.timestamp(), LATER.timestamp()))
    watch_folders(watched, LATER)
    assert names(folder / "in") == ["growing.csv", "half.csv.part", "link.csv"]
    assert watched.database["imports"].count_documents({}) == 0
