"""``elicence verify``: exit statuses, offline trust, output."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from keys.certificates import certificate_to_pem
from keys.trust_list import TrustBundle, build_trust_bundle
from service.command_line.group import main
from standards.qr import build_qr, write_png
from tests.support.checking_world import STATUS_URI, CheckingWorld
from tests.support.identity_codes import IdentityProgramme
from tests.support.trust_world import AT, entry_of
from verifier.checking.commands import verify

INSTANT = AT.isoformat()


@pytest.fixture(scope="module")
def world() -> CheckingWorld:
    return CheckingWorld()


@pytest.fixture
def credential(world: CheckingWorld, tmp_path: Path) -> Path:
    path = tmp_path / "licence.txt"
    path.write_text(world.credential(), "ascii")
    return path


def bundle_file(world: CheckingWorld, folder: Path, status: int | None = 0) -> Path:
    nation = world.nation
    entries = (entry_of(world.issuer, types=("T1",)),)
    bundle = TrustBundle(
        anchor=nation.anchor,
        nation_list=nation.nation_list(),
        region_lists={"330000": nation.region_list("330000", entries)},
        status_lists={} if status is None else {STATUS_URI: world.status_token(status)},
    )
    path = folder / "bundle.json"
    path.write_bytes(orjson.dumps(build_trust_bundle(bundle)))
    return path


def run(*arguments: Any) -> Any:
    return CliRunner().invoke(verify, [str(argument) for argument in arguments], standalone_mode=False)


@pytest.mark.parametrize(
    ("status", "verdict"), [(0, (0, "核验通过")), (1, (1, "核验未通过")), (None, (2, "暂时无法判断"))]
)
def test_exit_status_and_words_by_verdict(
    world: CheckingWorld, credential: Path, tmp_path: Path, status: int | None, verdict: tuple[int, str]
) -> None:
    """list says valid → 0, ended → 1, no list in the bundle → 2."""
    result = run(credential, "--trust", bundle_file(world, tmp_path, status), "--at", INSTANT)
    assert result.exception is None
    assert (result.return_value, result.output.partition(" ")[0]) == verdict


def test_json_is_the_report(world: CheckingWorld, credential: Path, tmp_path: Path) -> None:
    result = run(credential, "--trust", bundle_file(world, tmp_path), "--at", INSTANT, "--json")
    report = orjson.loads(result.output)
    assert report["indication"] == "PASSED"
    assert [finding["step"] for finding in report["findings"]] == list(range(1, 10))


def test_picture_of_its_code(world: CheckingWorld, tmp_path: Path) -> None:
    """A credential with one claim fits the largest QR code; the picture is checked like the text."""
    small = world.credential(claims={"holder_name": "张小明"})
    picture = tmp_path / "licence.png"
    picture.write_bytes(write_png(build_qr(small, max_version=40)))
    assert run(picture, "--trust", bundle_file(world, tmp_path), "--at", INSTANT).return_value == 0


def test_an_anchor_alone_leaves_the_lists_open(
    world: CheckingWorld, credential: Path, tmp_path: Path
) -> None:
    anchor = tmp_path / "anchor.pem"
    anchor.write_text(certificate_to_pem(world.nation.anchor))
    result = run(credential, "--trust", anchor, "--at", INSTANT, "--json")
    assert result.return_value == 2
    assert orjson.loads(result.output)["sub_indication"] == "TRY_LATER"


def test_the_instant_decides(world: CheckingWorld, credential: Path, tmp_path: Path) -> None:
    """The same files a year later: expired → 1."""
    later = (AT + timedelta(days=365)).isoformat()
    assert run(credential, "--trust", bundle_file(world, tmp_path), "--at", later).return_value == 1


def test_lists_that_the_node_kept_are_used_without_trust_option(
    world: CheckingWorld, credential: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anchor and lists in the data directory → step 4 passes, only the status stays open → 2."""
    lists = tmp_path / "trust" / "lists"
    lists.mkdir(parents=True)
    (tmp_path / "trust" / "anchor.pem").write_text(certificate_to_pem(world.nation.anchor))
    (lists / "000000.jwt").write_text(world.nation.nation_list())
    entries = (entry_of(world.issuer, types=("T1",)),)
    (lists / "330000.jwt").write_text(world.nation.region_list("330000", entries))
    monkeypatch.setenv("ELICENCE_DATA", str(tmp_path))
    result = run(credential, "--at", INSTANT, "--json")
    assert result.exception is None
    assert result.return_value == 2
    found = {finding["step"]: finding["code"] for finding in orjson.loads(result.output)["findings"]}
    assert (found[4], found[6]) == ("issuer-authorised", "status-list-unavailable")


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-file"],
        ["{file}", "--at", "yesterday"],
        ["{file}", "--at", "2026-11-22T08:00:00"],  # without a zone it is no instant
        ["{file}", "--trust", "no-such-file"],
        ["{file}", "--trust", "{file}"],  # neither PEM nor bundle
        ["{file}", "--no-such-option"],
        [],
        ["{pdf}"],
        ["{empty}"],
    ],
)
def test_wrong_usage_exits_with_64(
    credential: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "empty").write_bytes(b"")
    names = {"file": credential, "pdf": tmp_path / "x.pdf", "empty": tmp_path / "empty"}
    monkeypatch.setattr("sys.argv", ["elicence", "verify", *(text.format(**names) for text in arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 64


def test_from_the_group_the_exit_status_is_the_verdicts(
    world: CheckingWorld, credential: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust = bundle_file(world, tmp_path, 1)
    monkeypatch.setattr(
        "sys.argv", ["elicence", "verify", str(credential), "--trust", str(trust), "--at", INSTANT]
    )
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1


def test_an_identity_code_by_the_issuers_of_a_file(
    world: CheckingWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture of one with ``--identity-issuers`` → 0; without → 2, the issuer is unknown; a wrong file → wrong usage."""
    monkeypatch.setenv("ELICENCE_DATA", str(tmp_path / "node"))
    programme = IdentityProgramme(AT)
    (tmp_path / "code.png").write_bytes(write_png(build_qr(programme.code(), max_version=40)))
    (tmp_path / "issuers").mkdir()
    (tmp_path / "issuers" / "one.json").write_bytes(programme.file())
    common = (tmp_path / "code.png", "--trust", bundle_file(world, tmp_path), "--at", INSTANT)
    assert run(*common, "--identity-issuers", tmp_path / "issuers").return_value == 0
    assert run(*common, "--identity-issuers", tmp_path / "issuers" / "one.json").return_value == 0
    assert run(*common).return_value == 2
    (tmp_path / "issuers" / "two.json").write_text("{}")
    wrong = run(*common, "--identity-issuers", tmp_path / "issuers")
    assert "two.json/name" in str(wrong.exception)


def test_what_is_no_licence_fails_and_says_what_it_is(world: CheckingWorld, tmp_path: Path) -> None:
    (tmp_path / "code.txt").write_text("134567890123456789")
    result = run(tmp_path / "code.txt", "--trust", bundle_file(world, tmp_path), "--at", INSTANT)
    assert result.return_value == 1
    assert "付款码" in result.output
    assert "134567890123456789" not in result.output
