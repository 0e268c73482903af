from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import click
import pytest

from service.command_line.group import ENTRY_POINT_GROUPS, OWN_COMMANDS, WRONG_USAGE, ElicenceGroup, elicence


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "service.command_line", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": "/usr/bin:/bin", **environment},
    )


def test_every_command_can_be_loaded() -> None:
    context = click.Context(elicence)
    assert isinstance(elicence, ElicenceGroup)
    names = elicence.list_commands(context)
    assert {"up", "serve", "demo", "token", "backup", "restore", "new-master-key", "verify"} <= set(names)
    assert {"issuer", "wallet", "verifier"} <= set(names)
    for name in {*names, *OWN_COMMANDS}:
        assert elicence.get_command(context, name) is not None
    assert elicence.get_command(context, "no-such-command") is None


def test_names_of_the_services_do_not_hide_ours() -> None:
    from importlib.metadata import entry_points

    theirs = {point.name for group in ENTRY_POINT_GROUPS for point in entry_points(group=group)}
    assert not theirs & set(OWN_COMMANDS)


@pytest.mark.parametrize(
    "arguments", [("no-such-command",), ("token",), ("token", "wallet"), ("serve", "x"), ("up", "--y")]
)
def test_wrong_usage_is_64(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).returncode == WRONG_USAGE


def test_an_error_of_ours_is_printed_for_people_in_both_languages_without_a_trace(tmp_path: Path) -> None:
    refused = run("token", "issuer", "--data", str(tmp_path), ELICENCE_LISTEN_PORT="none")
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "环境变量 ELICENCE_LISTEN_PORT" in refused.stderr
    assert "The environment variable ELICENCE_LISTEN_PORT" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_master_key_is_made_once_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "safe" / "master.key"
    assert run("new-master-key", str(path)).returncode == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    key = path.read_bytes()
    assert run("new-master-key", str(path)).returncode == 1
    assert path.read_bytes() == key
    assert key.hex() not in run("new-master-key", str(path)).stderr


def test_a_token_for_a_named_authority_needs_no_demo_data(tmp_path: Path) -> None:
    run("new-master-key", str(tmp_path / "master.key"))
    made = run("token", "issuer", "--data", str(tmp_path), "--authority", "113301000024895330")
    assert made.returncode == 0
    assert made.stdout.count(".") == 2
    slipped = run("token", "issuer", "--data", str(tmp_path), "--authority", "11330100002489533C")
    assert (slipped.returncode, slipped.stdout) == (1, "")
    assert "check character" in slipped.stderr
    nameless = run("token", "issuer", "--data", str(tmp_path))
    assert nameless.returncode == 1
    assert "--authority" in nameless.stderr
