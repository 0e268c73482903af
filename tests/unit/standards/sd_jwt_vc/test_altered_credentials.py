"""Credentials and key bindings that are almost right, signed by the right key: read, or refused by our own errors."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from standards.jose import b64url_encode, build_jws, build_x5c
from standards.sd_jwt import (
    Disclosable,
    KeyBindingError,
    SdJwtError,
    conceal,
    join_sd_jwt,
    parse_sd_jwt,
    sd_hash,
    verify_key_binding,
)
from standards.sd_jwt_vc import (
    ClaimNotFoundError,
    CredentialError,
    parse_credential,
    present_credential,
    verify_credential,
)
from tests.support.altered_json import altered
from tests.unit.standards.conftest import KeyPair

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ISSUER, HOLDER = KeyPair.generate(), KeyPair.generate()
HEADER = {"typ": "dc+sd-jwt", "x5c": build_x5c([b"certificate"])}
PAYLOAD, DISCLOSURES = conceal(
    {
        "iss": "https://issuer.example",
        "vct": "v",
        "iat": 1,
        "exp": 2**31,
        "cnf": {"jwk": HOLDER.public_jwk.to_dict()},
        "status": {"status_list": {"idx": 1, "uri": "https://issuer.example/s"}},
        "a": Disclosable({"b": Disclosable([Disclosable(1), {"c": Disclosable("x")}])}),
        "d": [Disclosable({"e": 1})],
    }
)
PARTS = [["salt", *([] if one.name is None else [one.name]), one.value] for one in DISCLOSURES]
PATHS: list[list[str | int | None]] = [["a", "b", None, "c"], ["d", 0, "e"], ["a"], ["_sd"], ["..."]]


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(
    payload=st.just(PAYLOAD) | altered(PAYLOAD),
    parts=st.just(None) | altered(PARTS),
    header=st.just(HEADER) | altered(HEADER),
)
def test_an_almost_right_credential(payload: Any, parts: Any, header: Any) -> None:
    """Payload, disclosures or header altered, signed anew. Verified or refused; shown, or nothing is shown."""
    encoded = (
        [one.encoded for one in DISCLOSURES]
        if not isinstance(parts, list)
        else [b64url_encode(orjson.dumps(part)) for part in parts]
    )
    signed = build_jws(header if isinstance(header, dict) else HEADER, orjson.dumps(payload), ISSUER.sign)
    with suppress(CredentialError, SdJwtError):
        credential = parse_credential(join_sd_jwt(signed, encoded))
        with suppress(ClaimNotFoundError):
            shown = present_credential(
                credential.sd_jwt, PATHS[:3], audience="x509_hash:a", nonce="n", at=AT, sign=HOLDER.sign
            )
            verify_credential(parse_credential(shown), ISSUER.public_key)
        for path in PATHS[3:]:
            with suppress(ClaimNotFoundError):
                present_credential(
                    credential.sd_jwt, [path], audience="x509_hash:a", nonce="n", at=AT, sign=HOLDER.sign
                )
        verify_credential(credential, ISSUER.public_key)


BOUND = join_sd_jwt(build_jws(HEADER, PAYLOAD, ISSUER.sign), [one.encoded for one in DISCLOSURES])
BINDING = {
    "iat": int(AT.timestamp()), "exp": int(AT.timestamp()) + 60, "nbf": 1, "aud": "x509_hash:a", "nonce": "n",
    "sd_hash": sd_hash(BOUND),
}  # fmt: skip


@settings(max_examples=150)
@given(altered(BINDING))
def test_an_almost_right_key_binding(claims: Any) -> None:
    """Claims of the key binding altered, signed by the holder. Verified, or refused as a key binding."""
    text = BOUND + build_jws({"typ": "kb+jwt"}, orjson.dumps(claims), HOLDER.sign)
    with suppress(KeyBindingError):
        verify_key_binding(parse_sd_jwt(text), HOLDER.public_key, at=AT)
