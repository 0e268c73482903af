"""How long documents are made to last: what ships, what an operator changes, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from issuer.documents.commands import documents
from issuer.documents.errors import InvalidSealPolicyError
from issuer.documents.policy import load_policies, parse_policies
from keys.sealing import SealLevel

DRIVING = "11100000000013338W901"
CARD = "11100000000013338W001"


def changed(**members: Any) -> bytes:
    return json.dumps(members).encode()


def test_what_ships() -> None:
    policy = load_policies().of(DRIVING)
    assert (policy.original, policy.copy) == (SealLevel.ARCHIVED, SealLevel.TIMESTAMPED)
    assert (policy.copy_days, policy.longest_copy_days) == (30, 366)


def test_an_operator_changes_single_members(tmp_path: Path) -> None:
    """For all types the copies, for one the days: everything else is as it ships."""
    file = tmp_path / "documents" / "seal-policy.json"
    file.parent.mkdir()
    file.write_bytes(changed(default={"copy": "B-LT"}, types={DRIVING: {"copy_days": 7}}))
    policies = load_policies(tmp_path)
    assert policies.of(CARD).copy is SealLevel.LONG_TERM
    assert policies.of(CARD).copy_days == 30
    assert policies.of(DRIVING).copy is SealLevel.LONG_TERM
    assert policies.of(DRIVING).copy_days == 7
    assert policies.of(DRIVING).original is SealLevel.ARCHIVED


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b"[]", None),
        (b"{", None),
        (changed(defaults={}), "/defaults"),
        (changed(default={"original": "B-XL"}), "/default/original"),
        (changed(default={"copy_days": 0}), "/default/copy_days"),
        (changed(default={"copy_days": "30"}), "/default/copy_days"),
        (changed(default={"longest_copy_days": 20}), "/default/copy_days"),
        (changed(types={"driving": {}}), "/types/driving"),
        (changed(types={DRIVING: {"copys": "B-B"}}), f"/types/{DRIVING}/copys"),
        (changed(types={DRIVING: None}), f"/types/{DRIVING}"),
        (b" " * (1024 * 1024 + 1), None),
    ],
)
def test_what_is_no_policy(content: bytes, where: str | None) -> None:
    with pytest.raises(InvalidSealPolicyError) as refused:
        parse_policies(content, load_policies())
    if where is not None:
        assert refused.value.where == where


def test_the_command_shows_and_judges(tmp_path: Path) -> None:
    shown = CliRunner().invoke(documents, ["policy", "--data", str(tmp_path)])
    assert shown.exit_code == 0, shown.output
    assert shown.output.count("B-LTA") == 14
    file = tmp_path / "new.json"
    file.write_bytes(changed(types={DRIVING: {"original": "B-LT"}}))
    shown = CliRunner().invoke(documents, ["policy", "--data", str(tmp_path), "--check", str(file)])
    assert shown.output.count("B-LTA") == 13
    file.write_bytes(changed(types={DRIVING: {"original": "C"}}))
    refused = CliRunner().invoke(documents, ["policy", "--data", str(tmp_path), "--check", str(file)])
    assert refused.exit_code == 1
    assert f"/types/{DRIVING}/original" in refused.output
