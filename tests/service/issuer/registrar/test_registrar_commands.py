"""The operator's first day: nation, region, authority, staff, window, by command against the real store."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from issuer.commands import commands
from keys.certificates import CertificateSubject, build_request
from keys.errors import MasterKeyError
from keys.local_signer import LocalSigner
from service.settings import Settings
from standards.codes.uscc import complete_uscc
from standards.errors import ElicenceError, InvalidInputError
from standards.licence_types import load_catalogue

AUTHORITY = str(complete_uscc("11330100MB0000001"))
WINDOW = str(complete_uscc("11510100MB0000002"))
TYPE = load_catalogue().all()[0].code


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Run a command of the issuer on this module's node."""
    monkeypatch.setenv("ELICENCE_STORE_URI", settings.store_uri)
    monkeypatch.setenv("ELICENCE_DATABASE_PREFIX", settings.database_prefix)

    def run(*arguments: str, answer: str | None = None) -> Result:
        runner = CliRunner()
        return runner.invoke(commands, [*arguments, "--data", str(settings.data)], input=answer)

    return run


def done(result: Result) -> str:
    assert result.exception is None, result.exception
    return str(result.output)


def test_first_day(run, tmp_path: Path, settings: Settings) -> None:  # type: ignore[no-untyped-def]
    early = run("trust", "region", "--division", "330000", "--name-zh", "浙江", "--name-en", "Zhejiang")
    assert isinstance(early.exception, ElicenceError)
    founded = done(run("trust", "nation", "--name-zh", "国家（示例）", "--name-en", "Nation"))
    anchor = x509.load_pem_x509_certificate(settings.trust_anchor_file.read_bytes())
    assert anchor.fingerprint(SHA256()).hex(":").upper() in founded
    assert settings.trust_anchor_file.read_text().startswith("-----BEGIN CERTIFICATE-----")
    for division, zh, en in (("330000", "浙江（示例）", "Zhejiang"), ("510000", "四川（示例）", "Sichuan")):
        done(run("trust", "region", "--division", division, "--name-zh", zh, "--name-en", en))
    enrol = (
        "authority",
        "enrol",
        "--uscc",
        AUTHORITY,
        "--name-zh",
        "杭州某局（示例）",
        "--name-en",
        "Bureau",
    )
    enrol += ("--division", "330100", "--level", "city", "--type")
    assert f"/authorities/{AUTHORITY}" in done(run(*enrol, TYPE))
    assert isinstance(run(*enrol, "no-such-type").exception, InvalidInputError)
    assert TYPE in done(run("authority", "list"))

    staff = ("staff", "enrol", "--authority", AUTHORITY, "--name", "孙经办", "--role", "clerk")
    done(run(*staff, answer="990101198102140061\n"))
    listed = done(run("staff", "list", "--authority", AUTHORITY))
    assert "孙经办" in listed
    assert "990101198102140061" not in listed
    done(run("staff", "remove", listed.split()[0], "--authority", AUTHORITY))
    assert done(run("staff", "list", "--authority", AUTHORITY)) == ""

    request = tmp_path / "window.csr.pem"
    signer = LocalSigner("w", ec.generate_private_key(ec.SECP256R1()))
    request.write_text(build_request(signer, CertificateSubject("成都窗口", WINDOW, "510100")))
    chain = tmp_path / "chain.pem"
    named = (
        "--name-zh",
        "成都窗口",
        "--name-en",
        "Window",
        "--division",
        "510100",
        "--service-item",
        "x=事项=Item",
    )
    done(run("trust", "certify", str(request), *named, "--out", str(chain)))
    assert chain.read_text().count("BEGIN CERTIFICATE") == 2

    shown = done(run("trust", "show"))
    assert WINDOW in shown
    done(run("trust", "withdraw", "--role", "verifier", "--uscc", WINDOW, "--reason", "keyCompromise"))
    assert "withdrawn" in done(run("trust", "show"))


def test_usage_is_said(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """A request without who asks, and a service item without a name. Exit 2, with how to write it."""
    request = tmp_path / "r.pem"
    request.write_text("x")
    assert run("trust", "certify", str(request)).exit_code == 2
    named = ("--name-zh", "x", "--name-en", "x", "--division", "510100")
    assert run("trust", "certify", str(request), *named, "--service-item", "code").exit_code == 2


def test_master_key_open_to_others(run, settings: Settings) -> None:  # type: ignore[no-untyped-def]
    """The key file became readable by the group. The command says which file and how to mend it, and does nothing."""
    settings.master_key_file.chmod(0o640)
    try:
        failed = run("trust", "show").exception
    finally:
        settings.master_key_file.chmod(0o600)
    assert isinstance(failed, MasterKeyError)
    assert failed.next_step is not None
