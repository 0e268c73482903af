"""What the compiler draws, as operators of a PDF without fonts."""

from __future__ import annotations

import pytest

from issuer.documents.faces.outlines import outlines_of
from issuer.documents.faces.seal_picture import SealPictures
from keys.sealing import Picture


def svg(inner: str) -> bytes:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 30 20">'
        f"{inner}</svg>"
    ).encode()


def drawn(inner: str) -> list[str]:
    return outlines_of(svg(inner)).content.decode().splitlines()


def test_the_picture_stands_upright() -> None:
    picture = outlines_of(svg(""))
    assert picture == Picture(b"1 0 0 -1 0 20 cm", 30, 20)


def test_relative_steps_become_absolute_ones() -> None:
    path = '<path fill="#ff0000" d="M 1 2h 3v 4l -1 1c 0 1 1 1 1 0Z m 5 5h 1"/>'
    assert drawn(path)[1:] == [
        "q",
        "1 0 0 rg",
        "1 2 m",
        "4 2 l",
        "4 6 l",
        "3 7 l",
        "3 8 4 8 4 7 c",
        "h",
        "6 7 m",
        "7 7 l",
        "f",
        "Q",
    ]


def test_strokes_and_places() -> None:
    group = '<g transform="matrix(0 1 -1 0 5 6)"><path transform="translate(1 2)" fill="none" stroke="#000033" stroke-width="1.5" d="M 0 0h 1"/></g>'
    assert drawn(group)[1:] == [
        "q",
        "0 1 -1 0 5 6 cm",
        "q",
        "1 0 0 1 1 2 cm",
        "0 0 0.2 RG 1.5 w",
        "0 0 m",
        "1 0 l",
        "S",
        "Q",
        "Q",
    ]


def test_glyphs_are_drawn_where_they_are_used() -> None:
    lines = drawn(
        '<use xlink:href="#a" x="4" y="0" fill="#00ff00"/><defs><symbol id="a"><path d="M 0 0h 1"/></symbol></defs>'
    )
    assert lines[1:] == ["q", "1 0 0 1 4 0 cm", "q", "q", "0 1 0 rg", "0 0 m", "1 0 l", "f", "Q", "Q", "Q"]


@pytest.mark.parametrize(
    "inner",
    [
        "<text>a</text>",
        '<path fill="red" d="M 0 0"/>',
        '<path fill="#ff0000" d="M 0 0a 1 1 0 0 0 1 1"/>',
        '<path fill="#ff0000" d="M 0 0h 1 2"/>',
        '<g transform="rotate(3)"/>',
    ],
)
def test_what_it_does_not_know_it_refuses(inner: str) -> None:
    with pytest.raises(ValueError, match=r"no outline|unknown"):
        outlines_of(svg(inner))


def test_a_seal_is_drawn_once_and_needs_no_font() -> None:
    pictures = SealPictures()
    seal = pictures.of("示例市公安局（示例）")
    assert pictures.of("示例市公安局（示例）") is seal
    assert seal != pictures.of("另一个局")
    assert b"Tf" not in seal.content
    assert seal.content.count(b"\nf\n") >= 7  # a star and six characters
    assert 118 < seal.width == seal.height < 120  # 42 mm
