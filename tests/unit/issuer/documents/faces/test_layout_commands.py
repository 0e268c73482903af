"""``elicence issuer layouts``: what ships, whether a file is a layout, and what it looks like."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from issuer.documents.faces.layouts import layout_text
from issuer.documents.layouts.commands import layouts
from standards.licence_types import load_catalogue

BUSINESS = load_catalogue().by_code("11100000MB0143028R001")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(layouts, [str(word) for word in words])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "layout.json"
    path.write_text(layout_text(BUSINESS), "utf-8")
    return path


def test_every_version_of_every_type_is_listed() -> None:
    done = run("list")
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert len(lines) == len(tuple(load_catalogue().versions()))
    assert any("居民身份证  85.6x54, 85.6x54 mm" in line for line in lines)


def test_a_good_file(file: Path, tmp_path: Path) -> None:
    checked = run("check", file)
    assert (checked.exit_code, "OK" in checked.output) == (0, True), checked.output
    drawn = run("preview", file, "-o", tmp_path / "sample.pdf")
    assert drawn.exit_code == 0, drawn.output
    assert (tmp_path / "sample.pdf").read_bytes().startswith(b"%PDF-1.7")


def test_a_bad_file_is_told_where(file: Path) -> None:
    data = json.loads(file.read_text("utf-8"))
    data["pages"][0]["blocks"][4]["size"] = 2
    file.write_text(json.dumps(data), "utf-8")
    done = run("check", file)
    assert done.exit_code == 1
    assert "page 1, block 5, size" in done.output
    file.write_text('{"name": "11100000MB0143028R001/1",\n "pages": [,]}', "utf-8")
    assert "line 2, column 12" in run("check", file).output


def test_which_type_it_is_for(file: Path) -> None:
    assert run("check", file, "--type", "11100000MB0143028R001-1").exit_code == 0
    assert run("check", file, "--type", "11100000MB9900048K901").exit_code == 1
    assert run("check", file, "--type", "1").exit_code == 2
    file.write_text("{}", "utf-8")
    assert run("check", file).exit_code == 2
    file.write_bytes(b"\xff\xfe")
    assert "UTF-8" in run("check", file).output
