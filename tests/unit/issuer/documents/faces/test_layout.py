"""Reading a layout: strict and bounded, and an error says where it is."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from issuer.documents.faces.errors import InvalidLayoutError
from issuer.documents.faces.layout import MAX_BLOCKS, MAX_PAGES, Layout, parse_layout
from issuer.documents.faces.layouts import layout_of
from standards.licence_types import LicenceType, load_catalogue

TYPE = load_catalogue().by_code("11100000MB9900048K901")
NAMES = ("holder_name", "holder_number", "licence_number", "card_kind", "issuing_authority", "valid_period")


def field(name: str, **more: Any) -> dict[str, Any]:
    return {"kind": "field", "name": name, "x": 5, "y": 5, "w": 60, "h": 6, **more}


def smallest() -> dict[str, Any]:
    blocks = [
        *map(field, NAMES),
        {"kind": "code", "x": 60, "y": 20, "w": 20, "h": 20},
        {"kind": "seal", "x": 5, "y": 20, "w": 20, "h": 20},
        {"kind": "note", "x": 5, "y": 48, "w": 70, "h": 4},
    ]
    return {"name": "card/1", "pages": [{"width": 85.6, "height": 54, "blocks": blocks}]}


def test_the_smallest_layout_is_read() -> None:
    layout = parse_layout(smallest(), TYPE)
    assert (layout.name, layout.seals, len(layout.pages[0].blocks)) == ("card/1", 1, 9)
    assert layout.pages[0].blocks[0].label == "姓名"


@pytest.mark.parametrize(
    "licence_type", load_catalogue().versions(), ids=lambda one: one.vct.split(":", 2)[2]
)
def test_every_version_of_every_type_has_a_drawn_layout(licence_type: LicenceType) -> None:
    layout = layout_of(licence_type)
    assert isinstance(layout, Layout)
    assert layout.name.startswith(licence_type.code)
    assert "plain" not in layout.name
    headings = [one for page in layout.pages for one in page.blocks if one.kind == "heading" or one.heading]
    assert len(headings) in {1, 2}


@pytest.mark.parametrize(
    ("place", "value", "where"),
    [
        (("pages", 0, "blocks", 0, "colour"), "red", "/pages/0/blocks/0/colour"),
        (("pages", 0, "blocks", 0, "x"), -1, "/pages/0/blocks/0/x"),
        (("pages", 0, "blocks", 0, "x"), True, "/pages/0/blocks/0/x"),
        (("pages", 0, "blocks", 0, "w"), 90, "/pages/0/blocks/0/w"),
        (("pages", 0, "blocks", 0, "size"), 3.9, "/pages/0/blocks/0/size"),
        (("pages", 0, "blocks", 0, "size"), float("nan"), "/pages/0/blocks/0/size"),
        (("pages", 0, "blocks", 0, "label_width"), 60, "/pages/0/blocks/0/label_width"),
        (("pages", 0, "blocks", 0, "name"), "shoe_size", "/pages/0/blocks/0/name"),
        (("pages", 0, "blocks", 0, "script"), "#panic()", "/pages/0/blocks/0"),
        (("pages", 0, "blocks", 0, "kind"), "code-of-mine", "/pages/0/blocks/0/kind"),
        (("pages", 0, "blocks", 7, "seal"), 1, "/pages"),
        (("pages", 0, "width"), 501, "/pages/0/width"),
        (("pages", 0, "ground"), "#FFFFFF", "/pages/0/ground"),
        (("more",), 1, ""),
    ],
)
def test_a_mistake_is_named_with_its_place(place: tuple[Any, ...], value: Any, where: str) -> None:
    data = smallest()
    inner: Any = data
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    with pytest.raises(InvalidLayoutError) as caught:
        parse_layout(data, TYPE)
    assert str(caught.value.where or "").startswith(where)


@pytest.mark.parametrize("left_out", range(9))
def test_nothing_that_a_face_needs_may_be_left_out(left_out: int) -> None:
    data = smallest()
    del data["pages"][0]["blocks"][left_out]
    with pytest.raises(InvalidLayoutError) as caught:
        parse_layout(data, TYPE)
    assert caught.value.where == "/pages"


def test_a_layout_is_bounded() -> None:
    data = smallest()
    data["pages"] = [deepcopy(data["pages"][0]) for _ in range(MAX_PAGES + 1)]
    with pytest.raises(InvalidLayoutError) as caught:
        parse_layout(data, TYPE)
    assert caught.value.where == "/pages"
    data = smallest()
    data["pages"][0]["blocks"] += [field("holder_name")] * MAX_BLOCKS
    with pytest.raises(InvalidLayoutError) as caught:
        parse_layout(data, TYPE)
    assert caught.value.where == "/pages/0/blocks"


@pytest.mark.parametrize("data", [None, [], "layout", 1, {}, {"name": "x"}, {"name": "x", "pages": {}}])
def test_what_is_no_layout_at_all(data: Any) -> None:
    with pytest.raises(InvalidLayoutError):
        parse_layout(data, TYPE)
