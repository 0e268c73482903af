"""Values of RFC 9901: its disclosures and digests (sections 4.2 and 5.1), read and put back in place."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from standards.jose import build_jws
from standards.sd_jwt import parse_disclosure, parse_sd_jwt, verify_sd_jwt

# Section 4.2.1: one claim in three encodings; each digest is over the characters as they are.
MOEBIUS = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
MOEBIUS_ESCAPED = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNXHUwMGY2Yml1cyJd"

# Section 5.1: salt, name and value of each disclosure, and its digest.
SECTION_5_1: list[tuple[list[Any], str]] = [
    (["2GLC42sKQveCfGfryNRN9w", "given_name", "John"], "jsu9yVulwQQlhFlM_3JlzMaSFzglhQG0DpfayQwLUK4"),
    (["eluV5Og3gSNII8EYnsxA_A", "family_name", "Doe"], "TGf4oLbgwd5JQaHyKVQZU9UdGE0w5rtDsrZzfUaomLo"),
    (
        ["6Ij7tM-a5iVPGboS5tmvVA", "email", "johndoe@example.com"],
        "JzYjH4svliH0R3PyEMfeZu6Jt69u5qehZo7F7EPYlSE",
    ),
    (
        ["eI8ZWm9QnKPpNPeNenHdhQ", "phone_number", "+1-202-555-0101"],
        "PorFbpKuVu6xymJagvkFsFXAbRoc2JGlAUA2BA4o7cI",
    ),
    (
        ["Qg_O64zqAxe412a108iroA", "phone_number_verified", True],
        "XQ_3kPKt1XyX7KANkqVR6yZ2Va5NrPIvPYbyMvRKBMM",
    ),
    (
        [
            "AJx-095VPrpTtN4QMOqROA",
            "address",
            {"street_address": "123 Main St", "locality": "Anytown", "region": "Anystate", "country": "US"},
        ],
        "XzFrzwscM6Gn6CJDc6vVK8BkMnfG8vOSKfpPIZdAfdE",
    ),
    (["Pc33JM2LchcU_lHggv_ufQ", "birthdate", "1940-01-01"], "gbOsI4Edq2x2Kw-w5wPEzakob9hV1cRD0ATN3oQL9JM"),
    (["G02NSrQfjFXQ7Io09syajA", "updated_at", 1570000000], "CrQe7S5kqBAHt-nMYXgc6bdt2SH5aTY1sU_M-PgkjPI"),
    (["lklxF5jMYlGTPUovMNIvCA", "US"], "pFndjkZ_VCzmyTa6UjlZo3dh-ko8aIKQc9DlGzhaVYo"),
    (["nPuoQnkRFq3BIeAm7AnXFA", "DE"], "7Cf6JkPudry3lcbwHgeZ8khAv1U1OSlerP0VkBJrWZ0"),
]


def encoded(parts: list[Any]) -> str:
    """A disclosure in the JSON of the standard's examples: a blank after each comma and colon."""
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).rstrip(b"=").decode()


def test_section_4_2_digest_is_over_the_characters_received() -> None:
    plain, escaped = parse_disclosure(MOEBIUS), parse_disclosure(MOEBIUS_ESCAPED)
    assert (plain.name, plain.value) == (escaped.name, escaped.value) == ("family_name", "Möbius")
    assert plain.digest == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
    assert escaped.digest != plain.digest


def test_section_4_2_2_array_element() -> None:
    disclosure = parse_disclosure("WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0")
    assert (disclosure.name, disclosure.value) == (None, "FR")
    assert disclosure.digest == "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs"


@pytest.mark.parametrize(("parts", "digest"), SECTION_5_1)
def test_section_5_1_digests(parts: list[Any], digest: str) -> None:
    disclosure = parse_disclosure(encoded(parts))
    assert disclosure.digest == digest
    assert disclosure.value == parts[-1]


def test_section_5_1_payload_is_put_together(issuer: Any) -> None:
    """The payload of section 5.1 with all of its disclosures gives the input claim set."""
    payload = {
        "_sd": sorted(digest for parts, digest in SECTION_5_1 if len(parts) == 3),
        "iss": "https://issuer.example.com",
        "iat": 1683000000,
        "exp": 1883000000,
        "sub": "user_42",
        "nationalities": [{"...": digest} for parts, digest in SECTION_5_1 if len(parts) == 2],
        "_sd_alg": "sha-256",
    }
    signed = build_jws({"typ": "example+sd-jwt"}, payload, issuer.sign)
    text = "~".join([signed, *(encoded(parts) for parts, _ in SECTION_5_1), ""])
    claims = verify_sd_jwt(parse_sd_jwt(text), issuer.public_key, typ="example+sd-jwt").claims
    assert claims == {
        "iss": "https://issuer.example.com",
        "iat": 1683000000,
        "exp": 1883000000,
        "sub": "user_42",
        "nationalities": ["US", "DE"],
        **{parts[1]: parts[2] for parts, _ in SECTION_5_1 if len(parts) == 3},
    }
