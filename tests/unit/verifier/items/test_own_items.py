"""An operator's own versions of an item that ships: an upgrade neither changes what is asked for nor stops the windows."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from verifier.items.item_file import InvalidServiceItemError
from verifier.items.register import load_items, load_items_with

CODE = "real-estate-transfer"


def own(directory: Path, **changes: Any) -> None:
    data = json.loads(
        resources.files("verifier.items").joinpath("data", "02-real-estate-transfer.json").read_bytes()
    )
    data |= {"name": {"zh": "本单位的事项", "en": "Our own item"}, **changes}
    directory.mkdir(exist_ok=True)
    (directory / f"{CODE}-{data['version']}.json").write_text(json.dumps(data), encoding="utf-8")


def test_it_ships_in_two_versions() -> None:
    """What the other tests stand on."""
    assert [one.version for one in load_items().versions(CODE)] == [1, 2]


def test_the_operators_second_version_counts_and_not_the_one_that_ships_since(tmp_path: Path) -> None:
    own(tmp_path / "items", version=2, effective_from="2021-05-01")
    register = load_items_with(tmp_path / "items")
    assert [(one.version, one.name.zh) for one in register.versions(CODE)] == [
        (1, load_items().versions(CODE)[0].name.zh),
        (2, "本单位的事项"),
    ]
    assert [(one.code, one.version) for one in register.left_aside] == [(CODE, 2)]
    assert len(register.codes()) == len(load_items().codes())


def test_a_lower_number_takes_the_whole_item_over(tmp_path: Path) -> None:
    own(tmp_path / "items", version=1, effective_from="2021-05-01")
    own(tmp_path / "items", version=5, effective_from="2022-05-01")
    register = load_items_with(tmp_path / "items")
    assert [one.version for one in register.versions(CODE)] == [1, 5]
    assert {one.version for one in register.left_aside} == {1, 2}


def test_a_higher_number_follows_what_ships(tmp_path: Path) -> None:
    own(tmp_path / "items", version=7, effective_from="2030-01-01")
    register = load_items_with(tmp_path / "items")
    assert [one.version for one in register.versions(CODE)] == [1, 2, 7]
    assert not register.left_aside


def test_own_versions_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    own(tmp_path / "items", version=2, effective_from="2022-05-01")
    own(tmp_path / "items", version=3, effective_from="2021-05-01")
    with pytest.raises(InvalidServiceItemError):
        load_items_with(tmp_path / "items")
