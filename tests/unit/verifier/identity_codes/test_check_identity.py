"""Identity codes at a window: whom to believe is a file, and each way to cheat has its own verdict."""

from __future__ import annotations

import io
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from PIL import Image

from service.settings import Settings
from standards.claim169 import Face
from standards.cwt.base45 import base45_encode
from standards.errors import ElicenceError
from tests.support.identity_codes import ISSUER, IdentityProgramme
from tests.support.trust_world import AT
from verifier.checking import VerificationPolicy
from verifier.identity_codes.check_identity import CheckedIdentity, check_identity
from verifier.identity_codes.commands import identity_issuers
from verifier.identity_codes.errors import InvalidIdentityIssuerError
from verifier.identity_codes.identity_face import face_uri
from verifier.identity_codes.identity_json import identity_json
from verifier.identity_codes.register import DIRECTORY, IdentityIssuers, identity_trust
from verifier.identity_codes.trusted_issuer import parse_trusted_issuer


@pytest.fixture(scope="module")
def programme() -> IdentityProgramme:
    return IdentityProgramme(AT)


def check(text: str, *files: bytes, **options: Any) -> CheckedIdentity:
    return check_identity(text, identity_trust(files), policy=VerificationPolicy(), at=options.get("at", AT))


def verdict(checked: CheckedIdentity) -> tuple[str, int | None, str | None]:
    decisive = checked.report.decisive
    return (
        checked.report.indication.value,
        int(decisive.step) if decisive else None,
        decisive.code if decisive else None,
    )


def test_a_good_code(programme: IdentityProgramme) -> None:
    """Signed by an entered key, in its time → PASSED, with the words that it can be copied and has no status."""
    checked = check(programme.code(), programme.file())
    assert verdict(checked) == ("PASSED", None, None)
    assert checked.identity is not None
    assert checked.identity.full_name == "张小明"
    codes = {finding.code for finding in checked.report.findings}
    assert {"identity-code-not-bound", "identity-code-has-no-status"} <= codes
    assert [int(finding.step) for finding in checked.report.findings] == list(range(1, 10))
    wire = identity_json(checked)
    assert wire is not None
    assert (wire["full_name"], wire["date_of_birth"], wire["gender"]) == ("张小明", "1990-03-07", "female")


def test_an_unknown_issuer_is_not_believed_and_not_quoted(programme: IdentityProgramme) -> None:
    """A code of another programme → INDETERMINATE; nothing that it says is shown as a fact."""
    stranger = IdentityProgramme(AT, issuer="https://stranger.example")
    checked = check(stranger.code(), programme.file())
    assert verdict(checked) == ("INDETERMINATE", 3, "identity-issuer-unknown")
    assert checked.identity is None
    assert identity_json(checked) is None
    assert verdict(check(programme.code(claims={1: None}), programme.file()))[2] == "identity-issuer-unknown"


def test_a_stranger_who_writes_a_known_issuers_name(programme: IdentityProgramme) -> None:
    """iss of the entered programme, key of the attacker → FAILED at 2, nothing of the content."""
    forged = check(IdentityProgramme(AT).code(), programme.file())
    assert verdict(forged) == ("FAILED", 2, "identity-code-signature-invalid")
    assert forged.identity is None


def test_a_key_that_was_withdrawn_ends_all_its_codes(programme: IdentityProgramme) -> None:
    """until = an hour ago, code made a year ago by its own word → FAILED: dates are what the thief would write."""
    ended = programme.file(keys=[programme.entry(until=(AT - timedelta(hours=1)).isoformat())])
    assert verdict(check(programme.code(), ended)) == ("FAILED", 3, "identity-key-not-in-force")
    later = programme.file(keys=[programme.entry(since=(AT + timedelta(hours=1)).isoformat())])
    assert verdict(check(programme.code(), later))[2] == "identity-key-not-in-force"


def test_keys_by_their_id(programme: IdentityProgramme) -> None:
    """A code that names another key than those entered → FAILED; with the right name → PASSED."""
    named = programme.file(keys=[programme.entry(kid="k1")])
    assert verdict(check(programme.code(header={4: b"k1"}), named))[0] == "PASSED"
    assert verdict(check(programme.code(header={4: b"k2"}), named))[2] == "identity-key-not-in-force"
    assert verdict(check(programme.code(), named))[0] == "PASSED"
    by_hex = programme.file(keys=[programme.entry(kid="hex:00ff")])
    assert verdict(check(programme.code(header={4: b"\x00\xff"}), by_hex))[0] == "PASSED"


def test_an_entry_that_nobody_looked_after(programme: IdentityProgramme) -> None:
    """checked_until passed → INDETERMINATE: the key may be withdrawn meanwhile."""
    old = programme.file(checked_until=(AT - timedelta(seconds=1)).isoformat())
    assert verdict(check(programme.code(), old)) == ("INDETERMINATE", 3, "identity-issuer-stale")


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({4: int((AT - timedelta(minutes=2)).timestamp())}, ("FAILED", "expired")),
        ({5: int((AT + timedelta(hours=1)).timestamp())}, ("FAILED", "not-yet-valid")),
        ({6: int((AT + timedelta(hours=1)).timestamp())}, ("FAILED", "not-yet-valid")),
        ({4: None}, ("INDETERMINATE", "identity-code-without-end")),
    ],
)
def test_times(programme: IdentityProgramme, claims: dict[int, Any], expected: tuple[str, str]) -> None:
    checked = check(programme.code(claims=claims), programme.file())
    assert (checked.report.indication.value, verdict(checked)[2]) == expected


def test_what_cannot_be_read(programme: IdentityProgramme) -> None:
    import zlib

    bomb = base45_encode(zlib.compress(b" " * 3_000_000, 9))
    assert verdict(check(bomb)) == ("FAILED", 1, "identity-code-too-large")
    assert verdict(check("NCFOXN")) == ("FAILED", 1, "identity-code-unreadable")
    encrypted = base45_encode(zlib.compress(b"\xd0\x83\x40\xa0\x40"))
    assert verdict(check(encrypted)) == ("INDETERMINATE", 1, "identity-code-encrypted")


def test_a_script_and_an_override_in_a_name(programme: IdentityProgramme) -> None:
    """A name with an override of the direction, signed by an entered issuer → replaced before anybody reads it."""
    checked = check(programme.code({4: "张三\u202egnp.exe"}), programme.file())
    wire = identity_json(checked)
    assert wire is not None
    assert wire["full_name"] == "张三\N{REPLACEMENT CHARACTER}gnp.exe"


# -- the face ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "JPEG2000"])
def test_faces_are_drawn_anew(kind: str) -> None:
    written = io.BytesIO()
    Image.new("RGB", (64, 80), "grey").save(written, kind)
    uri = face_uri(Face(written.getvalue() + b"<script>", None))
    assert uri is not None
    assert uri.startswith("data:image/png;base64,")
    assert "script" not in uri


def test_what_is_no_small_picture_is_not_drawn() -> None:
    large = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(large, "PNG")
    for data in (
        large.getvalue(),
        b"<svg onload=alert(1)>",
        b"\x89PNG\r\n\x1a\nrubbish",
        b"\xff\xd8\xff\xe0\0\x10",
    ):
        assert face_uri(Face(data, 1)) is None
    assert face_uri(None) is None


# -- the operator's files ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"keys": []}, "/keys"),
        ({"issuer": ""}, "/issuer"),
        ({"name": {"zh": "x"}}, "/name/en"),
        ({"checked_until": "soon"}, "/checked_until"),
        ({"extra": 1}, "/extra"),
        ({"keys": [{"since": "2026-01-01T00:00:00Z"}]}, "/keys/0/jwk"),
        ({"keys": [{"since": "2026-01-01T00:00:00Z", "jwk": {"kty": "oct", "k": "AAAA"}}]}, "/keys/0/jwk"),
        ({"keys": [{"since": "2026-01-01T00:00:00Z", "pem": "-----"}]}, "/keys/0/pem"),
        (
            {
                "keys": [
                    {
                        "since": "2026-01-01T00:00:00Z",
                        "jwk": {"kty": "OKP", "crv": "Ed25519", "x": "AAAA", "d": "AAAA"},
                    }
                ]
            },
            "/keys/0/jwk",
        ),
        (
            {
                "keys": [
                    {
                        "since": "2026-01-01T00:00:00Z",
                        "until": "2025-01-01T00:00:00Z",
                        "jwk": {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43},
                    }
                ]
            },
            "/keys/0/until",
        ),
    ],
)
def test_a_wrong_file_says_where(programme: IdentityProgramme, changes: dict[str, Any], where: str) -> None:
    with pytest.raises(InvalidIdentityIssuerError) as caught:
        parse_trusted_issuer(programme.file(**changes))
    assert caught.value.where == where


def pem(key: Any) -> str:
    return str(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


def test_keys_in_pem(programme: IdentityProgramme) -> None:
    entry = {"since": "2020-01-01T00:00:00Z"}
    p256 = pem(ec.generate_private_key(ec.SECP256R1()))
    assert parse_trusted_issuer(programme.file(keys=[{**entry, "pem": p256}]))
    for other in (ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)):
        with pytest.raises(InvalidIdentityIssuerError):
            parse_trusted_issuer(programme.file(keys=[{**entry, "pem": pem(other)}]))


def test_files_are_read_again_when_they_change(programme: IdentityProgramme, tmp_path: Path) -> None:
    """A second file, a wrong one, one that names the first's issuer again, all gone → each known at the next scan."""
    register = IdentityIssuers(tmp_path / DIRECTORY)
    assert register.current() == {}
    (tmp_path / DIRECTORY).mkdir()
    first = tmp_path / DIRECTORY / "a.json"
    first.write_bytes(programme.file())
    assert set(register.current()) == {ISSUER}
    assert register.current() is register.current()
    (tmp_path / DIRECTORY / "wrong.json").write_text("{")
    assert set(register.current()) == {ISSUER}
    second = tmp_path / DIRECTORY / "b.json"
    second.write_bytes(programme.file(name={"zh": "别名", "en": "Other"}))
    assert set(register.current()) == set()
    second.unlink()
    first.write_bytes(programme.file(name={"zh": "新名称", "en": "New name"}))
    os.utime(first, ns=(1, 1))
    assert register.current()[ISSUER].name.zh == "新名称"


def test_the_commands(programme: IdentityProgramme, tmp_path: Path, settings: Settings) -> None:
    runner = CliRunner(env={"ELICENCE_DATA": str(tmp_path / "data")})
    file = tmp_path / "programme.json"
    file.write_bytes(programme.file())
    shown = runner.invoke(identity_issuers, ["check", str(file)])
    assert (shown.exit_code, ISSUER in shown.output) == (0, True)
    assert runner.invoke(identity_issuers, ["add", str(file)]).exit_code == 0
    kept = list((tmp_path / "data" / DIRECTORY).iterdir())
    assert [oct(one.stat().st_mode & 0o777) for one in kept] == ["0o600"]
    file.write_bytes(programme.file(name={"zh": "新名称", "en": "New name"}))
    assert runner.invoke(identity_issuers, ["add", str(file)]).exit_code == 0
    listed = runner.invoke(identity_issuers, ["list"])
    assert "新名称" in listed.output
    assert "示例身份计划" not in listed.output
    assert runner.invoke(identity_issuers, ["remove", ISSUER]).exit_code == 0
    assert runner.invoke(identity_issuers, ["list"]).output == ""
    unknown = runner.invoke(identity_issuers, ["remove", ISSUER])
    assert isinstance(unknown.exception, ElicenceError)
    file.write_text(json.dumps({"issuer": 1}))
    wrong = runner.invoke(identity_issuers, ["check", str(file)])
    assert isinstance(wrong.exception, InvalidIdentityIssuerError)
