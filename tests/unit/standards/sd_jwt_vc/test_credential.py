"""Issuing, reading and verifying an SD-JWT VC."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standards.jose import SignatureError, build_jws, build_x5c
from standards.sd_jwt import Disclosable, SdJwtError, UnsignedDisclosureError, build_disclosure, build_sd_jwt
from standards.sd_jwt_vc import (
    NEVER_DISCLOSABLE,
    CredentialError,
    CredentialTemplate,
    build_credential,
    parse_credential,
    verify_credential,
)
from standards.status_list import StatusReference

AT = datetime(2026, 11, 22, 8, 30, 15, tzinfo=UTC)
CLAIMS = {
    "licence_identifier": "1.2.156.3005.2.11100000000013338W001.11110000000021135M.1.001.A",
    "holder_name": "张小明",
    "scope": ["小吃", {"kind": "饮品"}],
    "capacity": 40,
}
STATUS = StatusReference("https://issuer.example/status-lists/3", 4711)


def template() -> CredentialTemplate:
    return CredentialTemplate.of(
        issuer="https://issuer.example",
        vct="urn:elicence:type:food-business:1",
        vct_integrity="sha256-AAAA",
        certificate_chain=(b"leaf", b"region"),
    )


def issued(issuer: Any, holder: Any, claims: dict[str, Any] = CLAIMS, **changes: Any) -> str:
    times = {"issued_at": AT, "expires_at": AT + timedelta(days=90), **changes}
    return build_credential(
        template(), claims, holder_key=holder.public_jwk, status=STATUS, sign=issuer.sign, **times
    )


def test_there_and_back(issuer: Any, holder: Any) -> None:
    credential = parse_credential(issued(issuer, holder))
    assert credential.certificate_chain == (b"leaf", b"region")
    verified = verify_credential(credential, issuer.public_key)
    assert {name: verified.claims[name] for name in CLAIMS} == CLAIMS
    registered = verified.registered
    assert registered.vct == "urn:elicence:type:food-business:1"
    assert registered.vct_integrity == "sha256-AAAA"
    assert registered.issuer == "https://issuer.example"
    assert registered.holder_key == holder.public_jwk
    assert registered.status == STATUS


def test_every_claim_of_the_licence_can_be_withheld(issuer: Any, holder: Any) -> None:
    plain = parse_credential(issued(issuer, holder)).sd_jwt.unverified_claims
    assert set(plain) == {
        "iss", "vct", "vct#integrity", "iat", "exp", "cnf", "status", "_sd", "_sd_alg",
    }  # fmt: skip
    assert len(plain["_sd"]) == len(CLAIMS)
    assert plain["_sd"] == sorted(plain["_sd"])


def test_times_are_midnights_so_that_copies_do_not_link(issuer: Any, holder: Any) -> None:
    early = parse_credential(issued(issuer, holder, valid_from=AT)).unverified
    late = parse_credential(
        issued(
            issuer,
            holder,
            issued_at=AT + timedelta(hours=5),
            expires_at=AT + timedelta(days=90, hours=5),
            valid_from=AT + timedelta(hours=5),
        )
    ).unverified
    assert early.issued_at == late.issued_at == datetime(2026, 11, 22, tzinfo=UTC)
    assert early.not_before == late.not_before == datetime(2026, 11, 22, tzinfo=UTC)
    assert early.expires_at == late.expires_at == datetime(2027, 2, 21, tzinfo=UTC)


def test_an_expiry_at_midnight_stays(issuer: Any, holder: Any) -> None:
    midnight = datetime(2027, 1, 1, tzinfo=UTC)
    assert parse_credential(issued(issuer, holder, expires_at=midnight)).unverified.expires_at == midnight


def test_two_copies_share_no_digest_and_no_disclosure(issuer: Any, holder: Any) -> None:
    one, other = (parse_credential(issued(issuer, holder)).sd_jwt for _ in range(2))
    assert not {item.encoded for item in one.disclosures} & {item.encoded for item in other.disclosures}
    assert not set(one.unverified_claims["_sd"]) & set(other.unverified_claims["_sd"])
    assert one.unverified_claims["_sd"][0] < one.unverified_claims["_sd"][1]


def test_salts_have_at_least_128_bits(issuer: Any, holder: Any) -> None:
    asked: list[int] = []

    def random(count: int) -> bytes:
        asked.append(count)
        return bytes(count)

    issued(issuer, holder, random=random)
    assert sum(asked) >= 16 * len(CLAIMS)


def test_credential_without_claims(issuer: Any, holder: Any) -> None:
    verified = verify_credential(parse_credential(issued(issuer, holder, {})), issuer.public_key)
    assert "_sd" not in verified.claims


@pytest.mark.parametrize("name", sorted(NEVER_DISCLOSABLE | {"_sd", "...", "_sd_alg", "iat"}))
def test_registered_claim_is_never_issued_as_disclosure(issuer: Any, holder: Any, name: str) -> None:
    with pytest.raises(CredentialError):
        issued(issuer, holder, {name: 1})


REGISTERED = {"iss": "https://issuer.example", "vct": "urn:x", "exp": 1, "nbf": 1}


@pytest.mark.parametrize("name", sorted(NEVER_DISCLOSABLE - {"vct"}))
def test_registered_claim_among_the_disclosures_is_refused(issuer: Any, name: str) -> None:
    """The issuer signed a digest of, say, ``exp``, so that the holder could withhold it -> refused when shown."""
    text = build_sd_jwt(
        {"typ": "dc+sd-jwt", "x5c": build_x5c([b"leaf"])}, {"vct": "urn:x", name: Disclosable(1)}, issuer.sign
    )
    with pytest.raises(SdJwtError):
        verify_credential(parse_credential(text), issuer.public_key)


def test_changed_and_added_disclosure(issuer: Any, holder: Any) -> None:
    """``holder_name`` replaced by another name, or a claim added -> refused as not signed."""
    text = issued(issuer, holder)
    credential = parse_credential(text)
    genuine = next(item for item in credential.sd_jwt.disclosures if item.name == "holder_name")
    changed = text.replace(genuine.encoded, build_disclosure("salt", "李四", name="holder_name").encoded)
    added = f"{text}{build_disclosure('salt', 1, name='grade').encoded}~"
    for forged in (changed, added):
        with pytest.raises(UnsignedDisclosureError):
            verify_credential(parse_credential(forged), issuer.public_key)


def test_strange_signer(issuer: Any, holder: Any, stranger: Any) -> None:
    with pytest.raises(SignatureError):
        verify_credential(parse_credential(issued(issuer, holder)), stranger.public_key)


def signed(issuer: Any, claims: dict[str, Any], **header: Any) -> str:
    return build_jws({"typ": "dc+sd-jwt", "x5c": build_x5c([b"leaf"]), **header}, claims, issuer.sign) + "~"


@pytest.mark.parametrize("typ", ["vc+sd-jwt", "JWT", None, "application/dc+sd-jwt"])
def test_another_type_is_refused(issuer: Any, typ: str | None) -> None:
    with pytest.raises(CredentialError):
        parse_credential(signed(issuer, {"vct": "urn:x"}, typ=typ))


def test_without_certificates_is_refused(issuer: Any) -> None:
    with pytest.raises(CredentialError):
        parse_credential(signed(issuer, {"vct": "urn:x"}, x5c=None))


@pytest.mark.parametrize(
    "change",
    [
        {"vct": ...},
        {"vct": 1},
        {"iss": 1},
        {"exp": "tomorrow"},
        {"exp": True},
        {"nbf": 1e300},
        {"cnf": []},
        {"cnf": {}},
        {"cnf": {"kid": "1"}},
        {"cnf": {"jwk": {"kty": "OKP"}}},
        {"status": {}},
        {"status": {"status_list": {"idx": -1, "uri": "x"}}},
        {"vct#integrity": []},
    ],
)
def test_malformed_registered_claim_is_refused(issuer: Any, change: dict[str, Any]) -> None:
    claims = {name: value for name, value in {"vct": "urn:x", **change}.items() if value is not ...}
    with pytest.raises(CredentialError):
        parse_credential(signed(issuer, claims))


def test_only_vct_is_required(issuer: Any) -> None:
    registered = parse_credential(signed(issuer, {"vct": "urn:x"})).unverified
    assert registered.vct == "urn:x"
    assert registered.issuer is registered.holder_key is registered.status is registered.expires_at is None


def test_fractional_times_are_read(issuer: Any) -> None:
    """A NumericDate may have a fraction (RFC 7519 section 2)."""
    registered = parse_credential(signed(issuer, {"vct": "urn:x", "exp": 1.5})).unverified
    assert registered.expires_at == datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC)


@given(st.text(max_size=100))
def test_any_text_is_a_credential_error(text: str) -> None:
    with pytest.raises(CredentialError):
        parse_credential(text)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False)
    | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["jwk", "status_list", "idx", "uri", "kty", "_sd", "..."]), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=150)
@given(
    st.dictionaries(
        st.sampled_from(["iss", "vct", "exp", "nbf", "iat", "cnf", "status", "_sd", "_sd_alg", "name"]),
        VALUES,
    )
)
def test_any_signed_claims_are_a_credential_or_an_own_error(issuer: Any, claims: dict[str, Any]) -> None:
    with contextlib.suppress(CredentialError, SdJwtError):
        verify_credential(parse_credential(signed(issuer, claims)), issuer.public_key)


@settings(max_examples=150)
@given(st.integers(0, 3000), st.characters(codec="ascii"))
def test_any_changed_character_is_refused(issuer: Any, holder: Any, place: int, character: str) -> None:
    """One character of a right credential replaced -> an own error, never accepted."""
    text = issued(issuer, holder)
    place %= len(text)
    changed = text[:place] + character + text[place + 1 :]
    if changed == text:
        return
    with pytest.raises((CredentialError, SdJwtError, SignatureError)):
        verify_credential(parse_credential(changed), issuer.public_key)
