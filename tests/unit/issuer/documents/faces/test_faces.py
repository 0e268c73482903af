"""Every type's face, drawn: what a viewer reads on it, what the file says of itself, and values that are hard to print."""

from __future__ import annotations

import io
import re
from functools import cache
from typing import Any

import pikepdf
import pytest

from issuer.demo.sample_library import sample_library
from issuer.documents.faces import fonts
from issuer.documents.faces.continuation import SEE_NEXT
from issuer.documents.faces.errors import (
    CharacterNotPrintableError,
    FaceDoesNotFitError,
    FontsMissingError,
)
from issuer.documents.faces.layouts import layout_of
from issuer.documents.faces.render import FaceInput, FaceRenderer, RenderedFace
from issuer.library.credential_claims import credential_claims
from keys.pdf_check import Printed
from keys.pdf_check.page_text import Box, printed
from standards.documents import CREDENTIAL, FACE, METADATA, FaceManifest, parse_manifest
from standards.licence_types import LicenceType, load_catalogue
from tests.support.document_world import annotation, renderer
from tests.support.trust_world import AT
from verifier.documents.compare_face import compare_face

TYPES = tuple(load_catalogue())
IDENTITY, BUSINESS = "11100000000013338W001", "11100000MB0143028R001"
CODE = "ELP1:" + "4XO0Z9B%G2" * 50
MM = 72 / 25.4
each_type = pytest.mark.parametrize("licence_type", TYPES, ids=lambda one: one.name.en)


@cache
def samples() -> dict[str, dict[str, Any]]:
    """The fullest licence of each type in the demo's library."""
    found: dict[str, dict[str, Any]] = {}
    for licence in sample_library(load_catalogue(), AT).licences:
        licence_type = load_catalogue().by_code(licence.type_code)
        claims = credential_claims(licence, licence_type, licence.holders[0])
        if len(claims) > len(found.get(licence.type_code, {})):
            found[licence.type_code] = claims
    return found


def face_of(licence_type: LicenceType, copy: bool = False, **changed: Any) -> RenderedFace:
    return renderer().render(face_input(licence_type, copy, **changed))


def face_input(licence_type: LicenceType, copy: bool = False, **changed: Any) -> FaceInput:
    claims = {**samples()[licence_type.code], **changed}
    return FaceInput(
        layout_of(licence_type),
        licence_type,
        claims,
        claims["issuing_authority"],
        CODE,
        "eyJ.eyJ.c2ln~",
        b"{}",
        AT,
        "yj-12345678",
        annotation() if copy else None,
    )


def read(face: RenderedFace) -> Printed:
    return printed(face.pdf, [Box(one.page, *one.box) for one in face.manifest.fields])


def agrees(face: RenderedFace, licence_type: LicenceType, **changed: Any) -> None:
    claims = {**samples()[licence_type.code], **changed}
    compared = compare_face(face.manifest, read(face), claims, licence_type)
    assert compared.agrees, (compared.what_differs.en, compared.besides)


@each_type
@pytest.mark.parametrize("copy", [False, True], ids=["original", "copy"])
def test_the_page_says_what_the_licence_says_and_nothing_else(licence_type: LicenceType, copy: bool) -> None:
    face = face_of(licence_type, copy)
    agrees(face, licence_type)
    names = {one.name for one in face.manifest.fields}
    if "valid_period" in names:
        names |= {"valid_from", "valid_until"}
    due = {one.name for one in licence_type.fields if one.printed and one.kind != "image"}
    assert due <= names
    assert bool(read(face).slanted) is copy


@each_type
def test_the_file_says_what_it_is(licence_type: LicenceType) -> None:
    face = face_of(licence_type)
    with pikepdf.open(io.BytesIO(face.pdf)) as pdf:
        assert pdf.check_pdf_syntax() == []
        root = pdf.Root
        assert str(root.Lang) == "zh-CN"
        assert bool(root.MarkInfo.Marked)
        kinds = _structure(root.StructTreeRoot)
        assert {"H1", "Figure"} <= kinds
        with pdf.open_metadata() as xmp:
            assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"]) == ("3", "A")
            assert licence_type.name.zh in str(xmp["dc:title"])
        files = {str(one.UF): str(one.AFRelationship) for one in root.AF}
        assert files == {
            part.name: f"/{part.relationship.capitalize()}" for part in (CREDENTIAL, METADATA, FACE)
        }
        found = [one for page in pdf.pages for one in _fonts(page)]
        assert found
        for name, embedded in found:
            assert embedded
            assert re.match(r"/[A-Z]{6}\+", name), f"{name} is no subset"
        attached = pdf.attachments[FACE.name].get_file().read_bytes()
    assert isinstance(parse_manifest(attached), FaceManifest)
    assert parse_manifest(attached) == face.manifest
    assert len(face.pdf) < 120_000


@each_type
def test_seal_and_code_hide_no_value(licence_type: LicenceType) -> None:
    layout = layout_of(licence_type)
    for page in layout.pages:
        fields = [one for one in page.blocks if one.kind == "field" and one.name != "issue_date"]
        for solid in (one for one in page.blocks if one.kind in ("code", "portrait", "seal")):
            for one in fields:
                if solid.kind == "seal" and one.name == "issuing_authority":
                    continue  # the rim may touch the place of a long name
                apart = (
                    one.x + one.width <= solid.x + 0.01
                    or solid.x + solid.width <= one.x + 0.01
                    or one.y + one.height <= solid.y + 0.01
                    or solid.y + solid.height <= one.y + 0.01
                )
                assert apart, f"{solid.kind} stands on {one.name}"


@pytest.mark.parametrize("name", ["张𠮷", "王𫖯", "李㛃", "陕𰻞", "刘𪚥䶮𬭎", "买买提·吐尔逊", "José Ñandú"])
def test_rare_characters_are_printed_as_they_are(name: str) -> None:
    licence_type = load_catalogue().by_code(IDENTITY)
    agrees(face_of(licence_type, holder_name=name), licence_type, holder_name=name)


def test_a_character_that_no_font_has_is_named_with_its_field() -> None:
    with pytest.raises(CharacterNotPrintableError, match=r"U\+31350") as caught:
        face_of(load_catalogue().by_code(IDENTITY), holder_name="王\U00031350")
    assert caught.value.where == "holder_name"
    assert caught.value.next_step is not None
    assert "fonts-hanazono" in caught.value.next_step.en


@pytest.mark.parametrize(
    ("code", "changed", "pages"),
    [
        (IDENTITY, {"holder_name": "欧阳" * 20}, 2),
        (IDENTITY, {"address": "浙江省杭州市拱墅区示例路" * 16}, 2),
        (IDENTITY, {"holder_name": "A" * 200}, 3),
        (BUSINESS, {"premises": "浙" * 200, "holder_name": "公司" * 100}, 1),
        (BUSINESS, {"business_scope": "食品销售；" * 400}, 2),
        (BUSINESS, {"business_scope": "X" * 2000}, 2),
        (BUSINESS, {"business_scope": "食品销售；" * 400, "premises": "W" * 200}, 2),
    ],
)
def test_a_long_value_stands_there_whole(code: str, changed: dict[str, Any], pages: int) -> None:
    licence_type = load_catalogue().by_code(code)
    face = face_of(licence_type, **changed)
    agrees(face, licence_type, **changed)
    assert len(read(face).pages) == pages
    continued = pages > len(layout_of(licence_type).pages)
    assert (SEE_NEXT in face.manifest.fixed) is continued


def test_a_value_longer_than_a_page_is_refused_by_name() -> None:
    with pytest.raises(FaceDoesNotFitError) as caught:
        face_of(load_catalogue().by_code(BUSINESS), business_scope="食" * 6000)
    assert caught.value.where == "business_scope"


def test_without_fonts_the_package_is_named(tmp_path: Any) -> None:
    with pytest.raises(FontsMissingError) as caught:
        FaceRenderer([tmp_path]).render(face_input(TYPES[0]))
    assert caught.value.next_step is not None
    assert "fonts-noto-cjk" in caught.value.next_step.en
    assert set(fonts.RARE_FAMILIES) <= set(fonts.fonts_of(fonts.FONT_DIRECTORIES).families())


def test_the_seal_is_where_the_layout_says() -> None:
    licence_type = load_catalogue().by_code(BUSINESS)
    page = layout_of(licence_type).pages[0]
    block = next(one for one in page.blocks if one.kind == "seal")
    (place,) = face_of(licence_type).seals
    left, bottom, right, top = place.box
    assert (place.field_name, place.page) == ("Seal1", 0)
    assert (left, right) == pytest.approx((block.x * MM, (block.x + block.width) * MM))
    assert (page.height * MM - top, top - bottom) == pytest.approx((block.y * MM, block.height * MM))


def _structure(root: Any) -> set[str]:
    kinds: set[str] = set()
    waiting = [root]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Array):
            waiting += list(one)
        elif isinstance(one, pikepdf.Dictionary):
            if "/S" in one:
                kinds.add(str(one.S)[1:])
                assert pikepdf.Name.Figure != one.S or str(one.get("/Alt", ""))
            waiting += [one[key] for key in ("/K",) if key in one]
    return kinds


def _fonts(page: Any) -> list[tuple[str, bool]]:
    found = []
    for font in page.resources.get("/Font", {}).values():
        described = font.DescendantFonts[0] if "/DescendantFonts" in font else font
        descriptor = described.FontDescriptor
        embedded = any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
        found.append((str(font.BaseFont), embedded))
    return found
