"""The rules of RFC 9901 section 7.1: each breach is refused, each withheld claim simply stays away."""

from __future__ import annotations

from typing import Any

import pytest

from standards.jose import b64url_encode
from standards.sd_jwt import (
    SdJwtError,
    UnsignedDisclosureError,
    build_disclosure,
    parse_disclosure,
    reveal,
    reveal_with_paths,
)
from standards.sd_jwt.revealing import MAX_DEPTH

NAME = build_disclosure("salt", "张小明", name="name")
AGE = build_disclosure("salt", 30, name="age")
ELEMENT = build_disclosure("salt", "杭州")


def test_disclosed_withheld_and_decoy_digests() -> None:
    payload = {"iss": "x", "_sd": [NAME.digest, AGE.digest, "a-decoy"], "_sd_alg": "sha-256"}
    assert reveal(payload, [AGE]) == {"iss": "x", "age": 30}
    assert reveal(payload, []) == {"iss": "x"}


def test_array_elements_keep_their_order_and_withheld_ones_vanish() -> None:
    payload = {"cities": ["宁波", {"...": ELEMENT.digest}, {"...": "withheld"}, "成都"]}
    assert reveal(payload, [ELEMENT]) == {"cities": ["宁波", "杭州", "成都"]}


def test_recursive_disclosure() -> None:
    outer = build_disclosure("salt", {"_sd": [NAME.digest], "open": [{"...": ELEMENT.digest}]}, name="holder")
    payload = {"_sd": [outer.digest]}
    assert reveal(payload, [NAME, outer, ELEMENT]) == {"holder": {"open": ["杭州"], "name": "张小明"}}
    assert reveal(payload, [outer]) == {"holder": {"open": []}}


def test_paths_of_what_was_disclosed() -> None:
    """Indexes count what is revealed: the withheld first element leaves no gap."""
    outer = build_disclosure("salt", {"_sd": [NAME.digest], "open": 1}, name="holder")
    payload = {"_sd": [outer.digest], "cities": [{"...": "withheld"}, "宁波", {"...": ELEMENT.digest}]}
    claims, paths = reveal_with_paths(payload, [outer, NAME, ELEMENT])
    assert claims["cities"] == ["宁波", "杭州"]
    assert set(paths) == {("holder",), ("holder", "name"), ("cities", 1)}


def test_disclosure_without_a_digest_is_refused() -> None:
    """A disclosure added by somebody else -> refused as not signed."""
    with pytest.raises(UnsignedDisclosureError):
        reveal({"_sd": [NAME.digest]}, [NAME, AGE])


def test_changed_disclosure_is_refused() -> None:
    """The same claim and salt, another value -> another digest -> refused as not signed."""
    changed = build_disclosure("salt", "李四", name="name")
    with pytest.raises(UnsignedDisclosureError):
        reveal({"_sd": [NAME.digest]}, [changed])


def test_inner_disclosure_without_its_outer_one_is_refused() -> None:
    outer = build_disclosure("salt", {"_sd": [NAME.digest]}, name="holder")
    with pytest.raises(UnsignedDisclosureError):
        reveal({"_sd": [outer.digest]}, [NAME])


@pytest.mark.parametrize(
    ("payload", "disclosures"),
    [
        pytest.param({"_sd": [NAME.digest]}, [NAME, NAME], id="disclosure twice"),
        pytest.param({"_sd": [NAME.digest, NAME.digest]}, [NAME], id="digest twice in one object"),
        pytest.param({"_sd": [NAME.digest], "a": {"_sd": [NAME.digest]}}, [NAME], id="digest in two objects"),
        pytest.param({"_sd": ["decoy"], "a": [{"...": "decoy"}]}, [], id="digest without disclosure twice"),
        pytest.param({"name": "李四", "_sd": [NAME.digest]}, [NAME], id="name already there"),
        pytest.param(
            {"_sd": [NAME.digest, build_disclosure("other", "李四", name="name").digest]},
            [NAME, build_disclosure("other", "李四", name="name")],
            id="two disclosures of one name",
        ),
        pytest.param({"_sd": [ELEMENT.digest]}, [ELEMENT], id="array element in an object"),
        pytest.param({"a": [{"...": NAME.digest}]}, [NAME], id="object member in an array"),
        pytest.param({"_sd": "x"}, [], id="digests are no list"),
        pytest.param({"_sd": {"x": 1}}, [], id="digests are an object"),
        pytest.param({"_sd": [1]}, [], id="digest is a number"),
        pytest.param({"_sd": [["x"]]}, [], id="digest is a list"),
        pytest.param({"a": [{"...": 1}]}, [], id="element digest is a number"),
        pytest.param({"...": NAME.digest}, [NAME], id="element placeholder at top level"),
        pytest.param({"a": {"...": NAME.digest}}, [NAME], id="element placeholder in an object"),
        pytest.param({"a": [{"...": "x", "b": 1}]}, [], id="element placeholder with company"),
        pytest.param({"a": {"_sd_alg": "sha-256"}}, [], id="_sd_alg below the top level"),
        pytest.param({"_sd_alg": "sha-512"}, [], id="another digest algorithm"),
        pytest.param({"_sd_alg": None}, [], id="no digest algorithm"),
    ],
)
def test_breach_is_refused(payload: dict[str, Any], disclosures: list[Any]) -> None:
    with pytest.raises(SdJwtError):
        reveal(payload, disclosures)


def test_nesting_beyond_the_limit_is_refused() -> None:
    """A payload, and a chain of disclosures, deeper than any licence -> refused, no recursion error."""
    deep: Any = 1
    for _ in range(MAX_DEPTH):
        deep = [deep]
    with pytest.raises(SdJwtError):
        reveal({"a": deep}, [])
    chain = [build_disclosure("salt", 1, name="a")]
    for _ in range(MAX_DEPTH):
        chain.append(build_disclosure("salt", {"_sd": [chain[-1].digest]}, name="a"))
    with pytest.raises(SdJwtError):
        reveal({"_sd": [chain[-1].digest]}, chain)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b'["salt"]',
        b"[1,2]",
        b'[1,"name","value"]',
        b'["salt",1,"value"]',
        b'["salt","_sd","value"]',
        b'["salt","...","value"]',
        b'["salt","a","b","c"]',
        b"\xff",
    ],
)
def test_malformed_disclosure_is_refused(content: bytes) -> None:
    with pytest.raises(SdJwtError):
        parse_disclosure(b64url_encode(content))
