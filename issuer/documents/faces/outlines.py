"""The compiler's SVG as drawing operators of a PDF: outlines alone, so that no document has to carry fonts for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final
from xml.etree import ElementTree as ET

from keys.sealing import Picture

_SVG: Final = "{http://www.w3.org/2000/svg}"
_LINK: Final = "{http://www.w3.org/1999/xlink}href"
_TRANSFORM: Final = re.compile(r"(translate|matrix)\(([^)]*)\)")
_COLOUR: Final = re.compile(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})")
_STEP: Final = re.compile(r"([A-Za-z])([^A-Za-z]*)")


def outlines_of(svg: bytes) -> Picture:
    """Take over what the compiler draws: paths, glyphs as paths, and groups of them, each filled or stroked in one colour.

    Raises:
        ValueError: the SVG has an element, a colour or a step that is not among these.
    """
    root = ET.fromstring(svg)  # noqa: S314 -- made in this process by the compiler, from a template of ours
    glyphs = {f"#{symbol.get('id')}": symbol for symbol in root.iter(f"{_SVG}symbol")}
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    # SVG counts downwards from the top, PDF upwards from the bottom.
    parts = [f"1 0 0 -1 0 {_number(height)} cm"]
    for child in root:
        parts += _drawn(child, root.attrib, glyphs)
    return Picture("\n".join(parts).encode("ascii"), width, height)


def _drawn(element: ET.Element, paint: Mapping[str, str], glyphs: Mapping[str, ET.Element]) -> Iterator[str]:
    """An element with all that is in it, between ``q`` and ``Q``."""
    name = element.tag.removeprefix(_SVG)
    if name == "defs":
        return
    paint = {**paint, **element.attrib}
    yield "q"
    yield from _moved(element)
    match name:
        case "g" | "symbol":
            for child in element:
                yield from _drawn(child, paint, glyphs)
        case "use":
            yield from _drawn(glyphs[element.attrib[_LINK]], paint, glyphs)
        case "path":
            yield from _painted(element.attrib["d"], paint)
        case _:
            raise ValueError(f"no outline: {name}")
    yield "Q"


def _moved(element: ET.Element) -> Iterator[str]:
    transform = element.get("transform")
    if transform is not None:
        found = _TRANSFORM.fullmatch(transform)
        if found is None:
            raise ValueError(f"unknown transform: {transform}")
        numbers = [_number(float(number)) for number in found.group(2).split()]
        yield " ".join((["1", "0", "0", "1"] if found.group(1) == "translate" else []) + numbers) + " cm"
    x, y = float(element.get("x", "0")), float(element.get("y", "0"))
    if (x, y) != (0, 0):
        yield f"1 0 0 1 {_number(x)} {_number(y)} cm"


def _painted(path: str, paint: Mapping[str, str]) -> Iterator[str]:
    """Colour, path, and the operator that paints it (ISO 32000-2 section 8.5: colours are set before a path begins)."""
    stroke, fill = paint.get("stroke", "none"), paint.get("fill", "none")
    if stroke != "none":
        yield f"{_colour(stroke)} RG {_number(float(paint['stroke-width']))} w"
    if fill != "none":
        yield f"{_colour(fill)} rg"
    yield from _steps(path)
    yield {(True, True): "B", (True, False): "S", (False, True): "f", (False, False): "n"}[
        stroke != "none", fill != "none"
    ]


def _colour(text: str) -> str:
    found = _COLOUR.fullmatch(text)
    if found is None:
        raise ValueError(f"unknown colour: {text}")
    return " ".join(_number(int(part, 16) / 255) for part in found.groups())


def _steps(path: str) -> Iterator[str]:
    """SVG's relative steps, from where the last one ended, as PDF's absolute ones."""
    x = y = start_x = start_y = 0.0
    for letter, operands in _STEP.findall(path):
        numbers = [float(number) for number in operands.replace(",", " ").split()]
        if letter.isupper():
            x, y = (0.0, 0.0) if letter in "MLC" else (x, y)
        match letter.lower(), numbers:
            case "z", []:
                x, y = start_x, start_y
                yield "h"
            case "h", [dx]:
                x += dx
                yield f"{_number(x)} {_number(y)} l"
            case "v", [dy]:
                y += dy
                yield f"{_number(x)} {_number(y)} l"
            case ("m" | "l") as step, [dx, dy]:
                x, y = x + dx, y + dy
                if step == "m":
                    start_x, start_y = x, y
                yield f"{_number(x)} {_number(y)} {step}"
            case "c", [_, _, _, _, dx, dy]:
                points = [_number(n + (y if i % 2 else x)) for i, n in enumerate(numbers)]
                x, y = x + dx, y + dy
                yield " ".join([*points, "c"])
            case _:
                raise ValueError(f"unknown step: {letter}{operands}")


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")
