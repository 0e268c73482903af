from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import jwt
import pytest

from keys.master_key import MasterKey
from service.api_tokens import ApiTokenError, ApiTokenVerifier, mint
from tests.support.clock import FixedClock

AUTHORITY = "11330100002489533C"


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> MasterKey:
    path = tmp_path_factory.mktemp("key") / "master.key"
    MasterKey.create(path)
    return MasterKey.load(path)


def test_a_token_names_its_authority(master: MasterKey, clock: FixedClock) -> None:
    token = mint(master, "issuer", AUTHORITY, at=clock.now(), system="registry")
    caller = ApiTokenVerifier(master, "issuer", clock).verify(token)
    assert (caller.authority, caller.system) == (AUTHORITY, "registry")


def test_a_token_for_another_service_is_refused(master: MasterKey, clock: FixedClock) -> None:
    token = mint(master, "verifier", AUTHORITY, at=clock.now())
    with pytest.raises(ApiTokenError):
        ApiTokenVerifier(master, "issuer", clock).verify(token)


def test_a_token_of_another_node_is_refused(master: MasterKey, clock: FixedClock, tmp_path: Path) -> None:
    MasterKey.create(tmp_path / "other.key")
    token = mint(MasterKey.load(tmp_path / "other.key"), "issuer", AUTHORITY, at=clock.now())
    with pytest.raises(ApiTokenError):
        ApiTokenVerifier(master, "issuer", clock).verify(token)


def test_a_token_expires_even_after_it_was_accepted(master: MasterKey, clock: FixedClock) -> None:
    """Input: accepted once (and so remembered), then an hour passes. Verdict: refused."""
    verifier = ApiTokenVerifier(master, "issuer", clock)
    token = mint(master, "issuer", AUTHORITY, at=clock.now(), lifetime=timedelta(hours=1))
    verifier.verify(token)
    clock.advance(timedelta(hours=1))
    with pytest.raises(ApiTokenError):
        verifier.verify(token)
    with pytest.raises(ApiTokenError):
        ApiTokenVerifier(master, "issuer", clock).verify(token)


def _forged(claims: dict[str, object], **options: object) -> str:
    return jwt.encode(claims, **options)


def test_forged_tokens_are_refused(master: MasterKey, clock: FixedClock) -> None:
    """Input: no algorithm, a guessed key, missing claims, garbage. Verdict: one and the same error."""
    claims = {"aud": "urn:elicence:issuer:api", "sub": AUTHORITY, "azp": "x", "exp": 4_000_000_000}
    good = mint(master, "issuer", AUTHORITY, at=clock.now())
    head, body, signature = good.split(".")
    verifier = ApiTokenVerifier(master, "issuer", clock)
    for token in (
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, b"guess" * 8, algorithm="HS256"),
        f"{head}.{body}.",
        f"{head}.{body}.{signature[:-2]}AA",
        f"{head}..{signature}",
        "",
        "x" * 5000,
        "a.b.c",
        "令牌",
    ):
        with pytest.raises(ApiTokenError):
            verifier.verify(token)


@pytest.mark.parametrize(
    "wrong",
    [
        {"authority": "hangzhou"},
        {"lifetime": timedelta(0)},
        {"lifetime": timedelta(days=365)},
        {"system": ""},
        {"system": "line\nbreak"},
    ],
)
def test_what_cannot_stand_in_a_token_is_refused(
    master: MasterKey, clock: FixedClock, wrong: dict[str, object]
) -> None:
    arguments = {"authority": AUTHORITY, **wrong}
    with pytest.raises(ApiTokenError):
        mint(master, "issuer", arguments.pop("authority"), at=clock.now(), **arguments)
