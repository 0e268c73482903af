"""The reader of untrusted JSON: each method's values, refusals and pointers."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.errors import InvalidInputError
from standards.json_reader import MAX_DEPTH, Reader, parse_json


class OrchardError(InvalidInputError):
    code = "invalid-orchard"


ORCHARD = {
    "name": " 果园 ",
    "trees": 12,
    "open": True,
    "kind": "apple",
    "owner": {"a/b": {"~": 1}},
    "rows": [{"n": 1}, {"n": 2}],
    "tags": ["a", "b"],
    "ratio": 1.5,
}


def test_reads_each_kind() -> None:
    reader = Reader(ORCHARD)
    assert reader.text("name") == " 果园 "
    assert reader.text("name", strip=True) == "果园"
    assert reader.integer("trees") == 12
    assert reader.boolean("open") is True
    assert reader.choice("kind", ("apple", "pear")) == "apple"
    assert [row.integer("n") for row in reader.objects("rows")] == [1, 2]
    assert reader.texts("tags") == ("a", "b")
    assert reader.mapping("owner") == {"a/b": {"~": 1}}
    assert reader.any("ratio") == 1.5
    assert reader.names()[0] == "name"


@pytest.mark.parametrize(
    "method",
    ["text", "integer", "boolean", "list", "object", "texts"],
)
def test_absent_member_is_refused_and_optional_is_none(method: str) -> None:
    reader = Reader({}, error=OrchardError)
    with pytest.raises(OrchardError) as refusal:
        getattr(reader, method)("x")
    assert refusal.value.where == "/x"
    assert getattr(reader, f"optional_{method}")("x") is None


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("text", "trees"),
        ("optional_text", "trees"),
        ("integer", "open"),  # a boolean is no integer, although Python thinks so
        ("integer", "ratio"),
        ("integer", "name"),
        ("boolean", "trees"),
        ("list", "owner"),
        ("object", "rows"),
        ("mapping", "rows"),
        ("texts", "rows"),
    ],
)
def test_member_of_another_kind_is_refused(method: str, name: str) -> None:
    with pytest.raises(OrchardError):
        getattr(Reader(ORCHARD, error=OrchardError), method)(name)


def test_limits() -> None:
    reader = Reader(ORCHARD)
    with pytest.raises(InvalidInputError):
        reader.text("kind", max_chars=4)
    with pytest.raises(InvalidInputError):
        Reader({"x": ""}).text("x")
    with pytest.raises(InvalidInputError):
        reader.integer("trees", minimum=13)
    with pytest.raises(InvalidInputError):
        reader.integer("trees", maximum=11)
    with pytest.raises(InvalidInputError):
        reader.list("rows", max_items=1)
    with pytest.raises(InvalidInputError):
        reader.choice("kind", ("pear",))
    with pytest.raises(InvalidInputError):
        Reader({"x": ["a", ""]}).texts("x")
    with pytest.raises(InvalidInputError):
        reader.refuse_unknown(frozenset({"name"}))


def test_error_points_to_the_place_with_escapes() -> None:
    """``{"owner": {"a/b": {"~": 1}}}`` read as text -> pointer ``/owner/a~1b/~0`` (RFC 6901 section 3)."""
    inner = Reader(ORCHARD, error=OrchardError).object("owner").object("a/b")
    with pytest.raises(OrchardError) as refusal:
        inner.text("~")
    assert refusal.value.where == "/owner/a~1b/~0"


@pytest.mark.parametrize("value", [None, [], "x", 1])
def test_only_an_object_is_read(value: object) -> None:
    with pytest.raises(InvalidInputError):
        Reader(value)


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b"[" * 100_000, "\ud800", b"NaN"])
def test_what_is_no_json_is_the_callers_error(text: bytes | str) -> None:
    with pytest.raises(OrchardError):
        parse_json(text, error=OrchardError)


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_nesting_is_bounded(opening: str) -> None:
    """64 levels are read; 65 to 100,000 are refused, and so is a bomb that is broad as well as deep."""
    closing = {"[": "]", "{": "}"}[opening[0]]

    def nested(depth: int) -> str:
        return opening * depth + "1" + closing * depth

    parse_json(nested(MAX_DEPTH))
    parse_json("[" + ",".join(["[]"] * 5_000) + "]")
    for text in (nested(MAX_DEPTH + 1), nested(300), nested(100_000), f"[{nested(70)},{nested(70)}]"):
        for data in (text, text.encode()):
            with pytest.raises(InvalidInputError):
                parse_json(data)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)


@given(JSON, st.sampled_from(["text", "integer", "boolean", "object", "mapping", "list", "texts"]))
def test_any_json_is_read_or_refused_by_the_callers_error(value: object, method: str) -> None:
    """Any JSON value as the document, and as a member: a value of the kind asked for, or the error asked for."""
    with suppress(OrchardError):
        reader = Reader(parse_json(json.dumps({"a": value}), error=OrchardError), error=OrchardError)
        getattr(reader, method)("a")
    with suppress(OrchardError):
        Reader(parse_json(json.dumps(value), error=OrchardError), error=OrchardError).names()


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_text_is_json_or_the_callers_error(data: bytes | str) -> None:
    with suppress(OrchardError):
        parse_json(data, error=OrchardError)


@pytest.mark.parametrize(("seconds", "microsecond"), [(0, 0), (1_795_000_000, 0), (1_795_000_000.5, 500_000)])
def test_an_instant_may_have_a_fraction(seconds: float, microsecond: int) -> None:
    """NumericDate of RFC 7519 section 2: "a JSON numeric value", of which a fraction is allowed."""
    instant = Reader({"iat": seconds}).instant("iat")
    assert (instant.timestamp(), instant.microsecond, instant.tzinfo) == (seconds, microsecond, UTC)
    assert Reader({}).optional_instant("iat") is None


@pytest.mark.parametrize("seconds", [True, "1", None, -1, 253_402_300_800, 2**63, 1e308, [], {}])
def test_what_is_no_instant_is_refused(seconds: object) -> None:
    with pytest.raises(InvalidInputError):
        Reader({"iat": seconds}).optional_instant("iat")
