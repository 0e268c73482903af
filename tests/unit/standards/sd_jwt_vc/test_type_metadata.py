"""Type metadata and their integrity."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.sd_jwt_vc import (
    TypeMetadataError,
    encode_type_metadata,
    has_integrity,
    parse_type_metadata,
    vct_integrity,
)

METADATA: dict[str, Any] = {
    "vct": "urn:elicence:type:food-business:1",
    "name": "food-business",
    "display": [
        {"locale": "zh-CN", "name": "食品经营许可证"},
        {"locale": "en", "name": "Food business licence"},
    ],
    "claims": [
        {
            "path": ["holder_name"],
            "display": [{"locale": "zh-CN", "label": "经营者名称"}],
            "mandatory": True,
            "sd": "always",
        },
        {"path": ["scopes", None, "kind"]},
    ],
    "x-unknown": 1,
}
DOCUMENT = encode_type_metadata(METADATA)


def test_there_and_back() -> None:
    metadata = parse_type_metadata(DOCUMENT, vct=METADATA["vct"], integrity=vct_integrity(DOCUMENT))
    assert metadata.vct == METADATA["vct"]
    assert metadata.display[0].name == "食品经营许可证"
    first, second = metadata.claims
    assert (first.path, first.display[0].name) == (("holder_name",), "经营者名称")
    assert (first.mandatory, first.disclosure) == (True, "always")
    assert (second.path, second.mandatory, second.disclosure) == (("scopes", None, "kind"), False, "allowed")


def test_the_same_value_gives_the_same_octets() -> None:
    assert encode_type_metadata(dict(reversed(METADATA.items()))) == DOCUMENT


def test_integrity_is_sri_syntax_with_standard_base64() -> None:
    """``sha256-`` and padded standard base64 over the raw octets, never base64url."""
    for document in (DOCUMENT, *(bytes([n]) for n in range(64))):
        expected = base64.b64encode(hashlib.sha256(document).digest()).decode()
        assert vct_integrity(document) == f"sha256-{expected}"
        assert has_integrity(document, vct_integrity(document))


def test_the_strongest_hash_decides() -> None:
    """A right sha256 beside a wrong sha512 -> refused; unknown algorithms are passed over; options are ignored."""
    right = vct_integrity(DOCUMENT)
    strong = "sha512-" + base64.b64encode(hashlib.sha512(DOCUMENT).digest()).decode()
    assert has_integrity(DOCUMENT, f"{right} {strong}")
    assert has_integrity(DOCUMENT, f"md5-x sha512-AAAA {strong}?ct=application/json")
    assert not has_integrity(DOCUMENT, f"{right} sha512-AAAA")
    assert not has_integrity(DOCUMENT, "md5-x")
    assert not has_integrity(DOCUMENT, "")


def test_altered_document_is_refused() -> None:
    with pytest.raises(TypeMetadataError):
        parse_type_metadata(DOCUMENT + b" ", integrity=vct_integrity(DOCUMENT))


def test_document_of_another_type_is_refused() -> None:
    with pytest.raises(TypeMetadataError):
        parse_type_metadata(DOCUMENT, vct="urn:elicence:type:food-business:2")


@pytest.mark.parametrize(
    "change",
    [
        {"vct": 1},
        {"name": []},
        {"display": {}},
        {"display": [{"name": "x"}]},
        {"claims": [{}]},
        {"claims": [{"path": []}]},
        {"claims": [{"path": [True]}]},
        {"claims": [{"path": [1.5]}]},
        {"claims": [{"path": ["a"], "sd": "sometimes"}]},
        {"claims": [{"path": ["a"], "mandatory": "yes"}]},
    ],
)
def test_malformed_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(TypeMetadataError):
        parse_type_metadata(orjson.dumps({**METADATA, **change}))


def test_too_large_is_refused() -> None:
    with pytest.raises(TypeMetadataError):
        parse_type_metadata(b" " * (256 * 1024 + 1))


@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_any_document_is_metadata_or_its_error(document: bytes) -> None:
    with pytest.raises(TypeMetadataError):
        parse_type_metadata(document)
