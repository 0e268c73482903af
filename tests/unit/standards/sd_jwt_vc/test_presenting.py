"""Choosing what to show: exactly what the paths need, nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from standards.sd_jwt import (
    Disclosable,
    SdJwtError,
    build_disclosure,
    build_sd_jwt,
    parse_sd_jwt,
    verify_key_binding,
    verify_sd_jwt,
)
from standards.sd_jwt_vc import ClaimNotFoundError, present_credential, select_disclosures
from standards.sd_jwt_vc.presenting import Path

AT = datetime(2026, 11, 22, tzinfo=UTC)
CLAIMS = {
    "vct": "urn:x",
    "name": Disclosable("张小明"),
    "number": Disclosable("990101199001010000"),
    "address": Disclosable({"city": Disclosable("杭州"), "street": Disclosable("文三路"), "country": "CN"}),
    "scopes": [Disclosable({"kind": "小吃", "note": Disclosable("夜间")}), Disclosable({"kind": "饮品"})],
}


@pytest.mark.parametrize(
    ("paths", "shown"),
    [
        ([], {"vct": "urn:x", "scopes": []}),
        ([["vct"]], {"vct": "urn:x", "scopes": []}),
        ([["name"]], {"vct": "urn:x", "name": "张小明", "scopes": []}),
        ([["address", "city"]], {"vct": "urn:x", "address": {"city": "杭州", "country": "CN"}, "scopes": []}),
        ([["address", "country"]], {"vct": "urn:x", "address": {"country": "CN"}, "scopes": []}),
        (
            [["address"]],
            {"vct": "urn:x", "address": {"city": "杭州", "street": "文三路", "country": "CN"}, "scopes": []},
        ),
        ([["scopes", 1]], {"vct": "urn:x", "scopes": [{"kind": "饮品"}]}),
        ([["scopes", 0, "kind"]], {"vct": "urn:x", "scopes": [{"kind": "小吃"}]}),
        ([["scopes", None, "kind"]], {"vct": "urn:x", "scopes": [{"kind": "小吃"}, {"kind": "饮品"}]}),
        ([["scopes"]], {"vct": "urn:x", "scopes": [{"kind": "小吃", "note": "夜间"}, {"kind": "饮品"}]}),
    ],
)
def test_shows_what_was_asked(issuer: Any, paths: list[Path], shown: dict[str, Any]) -> None:
    credential = parse_sd_jwt(build_sd_jwt({"typ": "x"}, CLAIMS, issuer.sign))
    text = select_disclosures(credential, paths)
    assert verify_sd_jwt(parse_sd_jwt(text), issuer.public_key, typ="x").claims == shown


@pytest.mark.parametrize(
    "path",
    [
        ["grade"],
        ["_sd"],
        ["name", "first"],
        ["scopes", 2],
        ["scopes", -1],
        ["scopes", "kind"],
        ["address", 0],
        [0],
    ],
)
def test_what_is_not_there_cannot_be_shown(issuer: Any, path: Path) -> None:
    credential = parse_sd_jwt(build_sd_jwt({"typ": "x"}, CLAIMS, issuer.sign))
    with pytest.raises(ClaimNotFoundError):
        select_disclosures(credential, [path])


def test_presentation_is_bound_to_request_and_holder(issuer: Any, holder: Any) -> None:
    credential = parse_sd_jwt(build_sd_jwt({"typ": "x"}, CLAIMS, issuer.sign))
    text = present_credential(
        credential, [["name"]], audience="x509_hash:a", nonce="n", at=AT, sign=holder.sign
    )
    presented = parse_sd_jwt(text)
    assert [item.name for item in presented.disclosures] == ["name"]
    verify_key_binding(presented, holder.public_key, at=AT).require_answer_to(
        audience="x509_hash:a", nonce="n"
    )


def test_presenting_again_replaces_the_key_binding(issuer: Any, holder: Any) -> None:
    text = build_sd_jwt({"typ": "x"}, CLAIMS, issuer.sign)
    for nonce in ("first", "second"):
        text = present_credential(
            parse_sd_jwt(text), [["name"]], audience="a", nonce=nonce, at=AT, sign=holder.sign
        )
    assert verify_key_binding(parse_sd_jwt(text), holder.public_key, at=AT).nonce == "second"


def test_a_credential_that_no_verifier_would_take_is_not_shown(issuer: Any) -> None:
    """A disclosure that the issuer did not sign among the holder's -> refused before anything is shown."""
    text = build_sd_jwt({"typ": "x"}, CLAIMS, issuer.sign) + build_disclosure("s", 1, name="z").encoded + "~"
    with pytest.raises(SdJwtError):
        select_disclosures(parse_sd_jwt(text), [["name"]])
