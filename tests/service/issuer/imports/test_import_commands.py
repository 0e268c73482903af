"""``elicence issuer import`` and ``export`` on a terminal: progress, exit status, refused rows, the same command again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from issuer.commands import commands
from issuer.node import IssuerNode
from tests.service.issuer.conftest import MARKET
from tests.support.import_files import FOOD, MAPPING, csv_text, food_row

Run = Callable[..., Result]


@pytest.fixture
def run(node: IssuerNode, clean: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.setattr("issuer.imports.commands.open_node", lambda *_: node)
    monkeypatch.setattr("issuer.imports.export_command.open_node", lambda *_: node)
    (tmp_path / "mapping.json").write_text(json.dumps(MAPPING))

    def invoke(name: str, *arguments: Any) -> Result:
        given = [name, *map(str, arguments), "--type", FOOD, "--authority", MARKET.uscc]
        return CliRunner().invoke(commands, given, catch_exceptions=False)

    return invoke


def test_a_file_is_imported_once_however_often_the_command_is_given(
    run: Run, node: IssuerNode, tmp_path: Path
) -> None:
    file, refused = tmp_path / "food.csv", tmp_path / "refused.csv"
    file.write_text(csv_text([food_row(1), food_row(2, 经营场所="")]))
    options = ("--mapping", tmp_path / "mapping.json", "--refused", refused)
    dry = run("import", file, *options, "--dry-run")
    assert dry.exit_code == 1
    assert node.database["licences"].count_documents({}) == 0
    first = run("import", file, *options)
    assert first.exit_code == 1
    assert "new 1" in first.output
    assert "refused 1" in first.output
    assert "import_error" in refused.read_text("utf-8-sig")
    assert " → " in refused.read_text("utf-8-sig"), "what to do stands beside what is wrong"
    assert refused.stat().st_mode & 0o777 == 0o600
    assert "--again" not in first.output
    jobs = node.database["jobs"].count_documents({})
    again = run("import", file, *options)
    assert "new 1" in again.output
    assert "--again" in again.output
    assert node.database["jobs"].count_documents({}) == jobs
    once_more = run("import", file, *options, "--again")
    assert "unchanged 1" in once_more.output
    assert node.database["licences"].count_documents({}) == 1


def test_one_of_two_persons_alone_is_refused_at_once(run: Run, node: IssuerNode, tmp_path: Path) -> None:
    file = tmp_path / "food.csv"
    file.write_text(csv_text([food_row(1)]))
    alone = run("import", file, "--proposer", "孙经办")
    assert alone.exit_code == 2
    assert "--approver" in alone.output
    assert node.database["transfer_files"].count_documents({}) == 0


def test_the_proposed_mapping_is_one_that_the_import_takes(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, node: IssuerNode
) -> None:
    file = tmp_path / "food.csv"
    file.write_text(csv_text([food_row(1)]))
    proposed = CliRunner().invoke(
        commands, ["import-mapping", str(file), "--type", FOOD], catch_exceptions=False
    )
    (tmp_path / "proposed.json").write_text(proposed.output)
    done = run("import", file, "--mapping", tmp_path / "proposed.json")
    assert done.exit_code == 0, done.output
    assert "new 1" in done.output


def test_an_export_is_written_for_its_owner_alone_and_logged(
    run: Run, node: IssuerNode, tmp_path: Path
) -> None:
    file, out = tmp_path / "food.csv", tmp_path / "out.csv"
    file.write_text(csv_text([food_row(1), food_row(2)]))
    run("import", file, "--mapping", tmp_path / "mapping.json")
    done = run("export", "--cause", "年度核对", "--out", out)
    assert done.exit_code == 0, done.output
    assert len(out.read_text("utf-8-sig").splitlines()) == 3
    assert out.stat().st_mode & 0o777 == 0o600
    assert node.database["exports"].count_documents({"count": 2}) == 1
