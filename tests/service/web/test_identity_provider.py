"""What we accept from an identity provider, and what not (OpenID Connect Core 1.0 §3.1.3.7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Response
from joserfc.jwk import ECKey, OctKey

from service.settings import ClaimNames
from service.web.errors import ProviderUnreachableError, SignInError
from service.web.sign_in.attempt import SignInAttempt, new_attempt
from service.web.sign_in.provider import IdentityProvider, ProviderSettings
from service.web.sign_in.provider_transport import MAX_ANSWER_BYTES
from standards.jose import b64url_encode
from tests.service.web.odd_provider import PERSON, OddProvider, running_odd_provider
from tests.support.clock import FixedClock

SECRET = "a client secret of thirty-two bytes"


@pytest.fixture
def odd() -> Iterator[OddProvider]:
    with running_odd_provider() as provider:
        yield provider


@pytest.fixture
def provider(odd: OddProvider, clock: FixedClock) -> IdentityProvider:
    settings = ProviderSettings(
        issuer=odd.issuer,
        client_id="wallet-test",
        client_secret=SECRET,
        redirect_uri="http://localhost:8002/sign-in/callback",
        claims=ClaimNames(),
        scope="openid profile",
    )
    return IdentityProvider(settings, clock)


@pytest.fixture
def attempt(odd: OddProvider) -> SignInAttempt:
    attempt = new_attempt("/", datetime.now(UTC))
    odd.nonce = attempt.nonce
    return attempt


def test_right_answer_gives_the_person(
    provider: IdentityProvider, odd: OddProvider, attempt: SignInAttempt
) -> None:
    person = provider.person_of("code", attempt)
    assert (person.name, person.code_type, person.number) == ("张小明", "111", "990101198805120016")
    assert (person.subject, person.provider) == ("s-1", odd.issuer)
    assert odd.token_form["code_verifier"] == attempt.code_verifier


def test_code_challenge_is_the_hash_of_the_verifier(
    provider: IdentityProvider, attempt: SignInAttempt
) -> None:
    """RFC 7636 §4.2."""
    import hashlib

    query = parse_qs(urlsplit(provider.authorization_url(attempt, "en")).query)
    digest = hashlib.sha256(attempt.code_verifier.encode()).digest()
    assert query["code_challenge"] == [b64url_encode(digest)]
    assert query["nonce"] == [attempt.nonce]


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another-client"},
        {"aud": ["wallet-test", "another-client"]},
        {"azp": "another-client"},
        {"exp": 1},
        {"exp": None},
        {"iat": 4_102_444_800},  # the year 2100: a case must read the same in every process that collects it
        {"sub": None},
    ],
    ids=str,
)
def test_wrong_claims_are_refused(
    provider: IdentityProvider, odd: OddProvider, attempt: SignInAttempt, changed: dict[str, Any]
) -> None:
    odd.claims.update(changed)
    with pytest.raises(SignInError):
        provider.person_of("code", attempt)


def unsigned(claims: dict[str, Any]) -> str:
    import orjson

    return b64url_encode(b'{"alg":"none"}') + "." + b64url_encode(orjson.dumps(claims)) + "."


def with_the_client_secret(claims: dict[str, Any]) -> str:
    return OddProvider.signed(claims, "HS256", OctKey.import_key(SECRET))


def with_a_strange_key(claims: dict[str, Any]) -> str:
    return OddProvider.signed(claims, "ES256", ECKey.generate_key("P-256", {"kid": "k1"}))


@pytest.mark.parametrize(
    "sign", [unsigned, with_the_client_secret, with_a_strange_key, lambda _: "a.b.c", lambda _: ""]
)
def test_algorithm_swap_and_strange_signatures_are_refused(
    provider: IdentityProvider, odd: OddProvider, attempt: SignInAttempt, sign: Any
) -> None:
    """The ID token is unsigned, or signed with the client's secret, or with a key that the provider has not."""
    odd.sign = sign
    with pytest.raises(SignInError):
        provider.person_of("code", attempt)


def test_new_keys_of_the_provider_are_fetched(
    provider: IdentityProvider, odd: OddProvider, attempt: SignInAttempt
) -> None:
    """The provider has rotated its key: the first attempt fails and forgets, the second one succeeds."""
    provider.person_of("code", attempt)
    odd.key = ECKey.generate_key("P-256", {"kid": "k1"})
    with pytest.raises(SignInError):
        provider.person_of("code", attempt)
    assert provider.person_of("code", attempt).subject == "s-1"


def test_userinfo_completes_the_id_token(
    provider: IdentityProvider, odd: OddProvider, attempt: SignInAttempt
) -> None:
    odd.claims = {"sub": "s-1"}
    odd.userinfo = dict(PERSON)
    assert provider.person_of("code", attempt).name == "张小明"


def test_userinfo_about_somebody_else_is_refused(
    provider: IdentityProvider, odd: OddProvider, attempt: SignInAttempt
) -> None:
    """OpenID Connect Core 1.0 §5.3.2: token substitution."""
    odd.claims = {"sub": "s-2"}
    odd.userinfo = dict(PERSON)
    with pytest.raises(SignInError):
        provider.person_of("code", attempt)


@pytest.mark.parametrize(
    "changed",
    [
        {"id_number": "990101\n19"},
        {"id_number": "张"},
        {"id_number": ""},
        {"id_number": 5},
        {"name": "x" * 101},
        {"name": "a\u202eb"},
        {"id_code_type": "1 1"},
    ],
    ids=str,
)
def test_misshapen_person_is_refused(
    provider: IdentityProvider, odd: OddProvider, attempt: SignInAttempt, changed: dict[str, Any]
) -> None:
    odd.claims.update(changed)
    with pytest.raises(SignInError):
        provider.person_of("code", attempt)


def test_small_letters_in_the_number_are_the_same_person(
    provider: IdentityProvider, odd: OddProvider, attempt: SignInAttempt
) -> None:
    odd.claims["id_number"] = "99010119880512001x"
    assert provider.person_of("code", attempt).number == "99010119880512001X"


def test_discovery_for_another_issuer_is_refused(
    provider: IdentityProvider, odd: OddProvider, attempt: SignInAttempt
) -> None:
    odd.discovery_issuer = "https://evil.example"
    with pytest.raises(ProviderUnreachableError):
        provider.authorization_url(attempt, "zh")


def test_clock_set_back_after_a_failure_does_not_keep_the_provider_away(
    provider: IdentityProvider, odd: OddProvider, attempt: SignInAttempt, clock: FixedClock
) -> None:
    """Discovery fails at noon, the clock is set back to eleven, the provider is well: it is asked again at once."""
    discovery = "/.well-known/openid-configuration"
    odd.answers[discovery] = Response("{}", 500)
    with pytest.raises(ProviderUnreachableError):
        provider.authorization_url(attempt, "zh")
    del odd.answers[discovery]
    clock.advance(-timedelta(hours=1))
    assert provider.authorization_url(attempt, "zh").startswith(odd.issuer)


def test_failing_provider_is_left_alone_for_a_moment_and_asked_again(
    provider: IdentityProvider, odd: OddProvider, attempt: SignInAttempt, clock: FixedClock
) -> None:
    """Discovery fails; a second sign-in at once fails without a fetch; five seconds later all is well again."""
    discovery = "/.well-known/openid-configuration"
    odd.answers[discovery] = Response("{}", 500)
    with pytest.raises(ProviderUnreachableError):
        provider.authorization_url(attempt, "zh")
    del odd.answers[discovery]
    with pytest.raises(ProviderUnreachableError):
        provider.authorization_url(attempt, "zh")
    clock.advance(timedelta(seconds=5))
    assert provider.authorization_url(attempt, "zh").startswith(odd.issuer)


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/token"])
@pytest.mark.parametrize(
    "answer",
    [
        Response("", 302, {"Location": "http://localhost:1/"}),
        Response("x" * (MAX_ANSWER_BYTES + 1), 200),
        Response("not json", 200),
        Response("[]", 200),
        Response("{}", 200),
        Response("{}", 500),
    ],
    ids=["redirect", "too large", "not json", "list", "empty", "500"],
)
def test_nonsense_from_the_provider_is_its_failure(
    provider: IdentityProvider, odd: OddProvider, attempt: SignInAttempt, path: str, answer: Response
) -> None:
    odd.answers[path] = answer
    with pytest.raises((ProviderUnreachableError, SignInError)):
        provider.person_of("code", attempt)


def test_plain_http_goes_only_to_the_configured_issuer(
    provider: IdentityProvider, odd: OddProvider, attempt: SignInAttempt
) -> None:
    """The discovery document names a jwks_uri on another plain http origin of this machine: it is not fetched."""
    import orjson

    with running_odd_provider() as other:
        document = {
            "issuer": odd.issuer,
            "authorization_endpoint": f"{odd.issuer}/authorize",
            "token_endpoint": f"{odd.issuer}/token",
            "jwks_uri": f"{other.issuer}/jwks",
        }
        odd.answers["/.well-known/openid-configuration"] = Response(orjson.dumps(document), 200)
        with pytest.raises(ProviderUnreachableError):
            provider.person_of("code", attempt)


@pytest.mark.parametrize(
    "auth_time", [None, "now", True, -3_600], ids=["not said", "a text", "a flag", "an hour ago"]
)
def test_a_sign_in_of_before_does_not_prove_it_anew(
    provider: IdentityProvider,
    odd: OddProvider,
    attempt: SignInAttempt,
    clock: FixedClock,
    auth_time: Any,
) -> None:
    """Asked with ``max_age=0``, the provider answers with an old ``auth_time`` or none: refused; a new one will do."""
    now = int(clock.now().timestamp())
    fresh = replace(attempt, fresh_since=now)
    old = now + auth_time if type(auth_time) is int else auth_time
    odd.claims["auth_time"] = old
    with pytest.raises(SignInError):
        provider.person_of("code", fresh)
    odd.claims["auth_time"] = now
    assert provider.person_of("code", fresh).number == PERSON["id_number"]
