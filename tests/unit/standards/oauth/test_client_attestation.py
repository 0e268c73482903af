"""Client attestation and its proof: what holds, and each way in which it does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from standards.jose import build_jws, build_x5c
from standards.oauth.client_attestation import (
    POP_TYP,
    TYP,
    InvalidClientAttestationError,
    UseAttestationChallengeError,
    VerifiedClientAttestation,
    build_client_attestation,
    build_client_attestation_pop,
    parse_client_attestation,
    verify_client_attestation,
    verify_client_attestation_pop,
)
from tests.unit.standards.conftest import KeyPair

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
WALLET = "https://wallet.example"
SERVER = "https://issuer.example"


def attested(provider: KeyPair, instance: KeyPair, **changes: Any) -> str:
    values: dict[str, Any] = {
        "client_id": WALLET,
        "jwk": instance.public_jwk,
        "issuer": WALLET,
        "certificate_chain": (b"leaf", b"region"),
        "issued_at": AT,
        "expires_at": AT + timedelta(hours=1),
        "sign": provider.sign,
    } | changes
    return build_client_attestation(**values)


def verified(provider: KeyPair, text: str, at: datetime = AT) -> VerifiedClientAttestation:
    return verify_client_attestation(parse_client_attestation(text), provider.public_key, at=at)


def pop(instance: KeyPair, **changes: Any) -> str:
    values: dict[str, Any] = {
        "client_id": WALLET,
        "audience": SERVER,
        "jti": "jti-1",
        "at": AT,
        "sign": instance.sign,
    } | changes
    return build_client_attestation_pop(**values)


def test_an_attestation_and_its_proof_hold(issuer: KeyPair, holder: KeyPair) -> None:
    text = attested(issuer, holder)
    assert parse_client_attestation(text).certificate_chain == (b"leaf", b"region")
    attestation = verified(issuer, text)
    assert (attestation.client_id, attestation.issuer) == (WALLET, WALLET)
    assert attestation.instance_key == holder.public_jwk
    proof = verify_client_attestation_pop(pop(holder, challenge="c"), attestation, audience=SERVER, at=AT)
    assert (proof.jti, proof.challenge, proof.issued_at) == ("jti-1", "c", AT)


def test_iss_may_be_absent(issuer: KeyPair, holder: KeyPair) -> None:
    """Drafts differ: without ``iss`` in either → holds."""
    claims = {"sub": WALLET, "exp": int(AT.timestamp()) + 60, "cnf": {"jwk": holder.public_jwk.to_dict()}}
    attestation = verified(issuer, build_jws({"typ": TYP, "x5c": build_x5c([b"leaf"])}, claims, issuer.sign))
    assert attestation.issuer is None
    proof = build_jws({"typ": POP_TYP}, {"aud": SERVER, "jti": "j", "iat": int(AT.timestamp())}, holder.sign)
    assert verify_client_attestation_pop(proof, attestation, audience=SERVER, at=AT).jti == "j"


def test_what_is_no_attestation(issuer: KeyPair, holder: KeyPair, stranger: KeyPair) -> None:
    """Another key's, expired, too long a life, from the future, without ``x5c``, a private key in ``cnf`` → refused."""
    late, long = AT + timedelta(hours=1), AT + timedelta(days=2)
    for text, at in (
        (attested(stranger, holder), AT),
        (attested(issuer, holder), late),
        (attested(issuer, holder, expires_at=long), AT),
        (attested(issuer, holder, issued_at=AT + timedelta(minutes=5)), AT),
        (build_jws({"typ": TYP}, {"sub": WALLET}, issuer.sign), AT),
        (build_jws({"typ": "JWT", "x5c": build_x5c([b"leaf"])}, {"sub": WALLET}, issuer.sign), AT),
        (
            build_jws(
                {"typ": TYP, "x5c": build_x5c([b"leaf"])},
                {
                    "sub": WALLET,
                    "exp": int(late.timestamp()),
                    "cnf": {"jwk": holder.public_jwk.to_dict() | {"d": "AA"}},
                },
                issuer.sign,
            ),
            AT,
        ),
        ("x", AT),
    ):
        with pytest.raises(InvalidClientAttestationError):
            verified(issuer, text, at)


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "https://other.example"},
        {"audience": "https://other.example"},
        {"at": AT - timedelta(minutes=6)},
        {"at": AT + timedelta(minutes=6)},
        {"jti": ""},
        {"jti": "x" * 129},
    ],
)
def test_a_proof_for_something_else(issuer: KeyPair, holder: KeyPair, changes: dict[str, Any]) -> None:
    """Another client, another server, another time, no usable jti → refused."""
    attestation = verified(issuer, attested(issuer, holder))
    with pytest.raises(InvalidClientAttestationError):
        verify_client_attestation_pop(pop(holder, **changes), attestation, audience=SERVER, at=AT)


def test_a_proof_by_another_key(issuer: KeyPair, holder: KeyPair, stranger: KeyPair) -> None:
    """Somebody who saw the attestation, but has not its key → refused."""
    attestation = verified(issuer, attested(issuer, holder))
    with pytest.raises(InvalidClientAttestationError):
        verify_client_attestation_pop(pop(stranger), attestation, audience=SERVER, at=AT)


def test_a_server_that_demands_its_challenge(issuer: KeyPair, holder: KeyPair) -> None:
    """No challenge, or another's → asked again with one; its own → holds."""
    attestation = verified(issuer, attested(issuer, holder))
    for text in (pop(holder), pop(holder, challenge="other")):
        with pytest.raises(UseAttestationChallengeError):
            verify_client_attestation_pop(
                text, attestation, audience=SERVER, at=AT, accept_challenge=lambda one: one == "mine"
            )
    own = pop(holder, challenge="mine")
    proof = verify_client_attestation_pop(
        own, attestation, audience=SERVER, at=AT, accept_challenge=lambda one: one == "mine"
    )
    assert proof.challenge == "mine"
