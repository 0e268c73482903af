"""The published attack families on signed PDF documents: each forged file shows something else, and none of them holds.

Where PDFium, as in browsers, shows the forged text, the test says so: an attack that would not work proves nothing.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from functools import cache
from typing import Any

import pikepdf
import pytest

from keys.path_validation import PathReason
from keys.pdf_check import (
    Changes,
    CheckedPdf,
    UnreadablePdfError,
    check_pdf,
    read_sealed,
)
from keys.pdf_check.page_text import printed
from keys.sealing import Seal, Sealer, SealLevel, VisibleSeal
from tests.support import pdf_attacks as attack
from tests.support.sealing_world import RED_SEAL, SealingWorld
from tests.support.trust_world import AT

FORGED = attack.FORGED_TEXT.replace(" ", "")
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)


@cache
def world() -> SealingWorld:
    return SealingWorld.create()


def seal(pdf: bytes | None = None, by: SealingWorld | None = None, **changes: Any) -> bytes:
    sealing = by or world()
    made = Seal(**{"field_name": "Seal1", "level": SealLevel.BASIC, "reason": "签发", **changes})
    return Sealer(sealing.authority).seal(
        attack.document() if pdf is None else pdf,
        made,
        at=AT,
        time_stamper=sealing.stamp,
        evidence=sealing.evidence(),
    )


def check(pdf: bytes, at: Any = AT) -> CheckedPdf:
    return check_pdf(pdf, world().trust.validator(), at)


def shown(pdf: bytes) -> str:
    """What a viewer writes on the first page."""
    return printed(pdf, ()).pages[0]


def holds(pdf: bytes) -> bool:
    """Whether anything would be taken for sealed and untouched."""
    try:
        checked = check(pdf)
    except UnreadablePdfError:
        return False
    return (
        bool(checked.seals)
        and all(one.holds for one in checked.seals)
        and not checked.facts.odd
        and not checked.facts.looks_changed
    )


CERTIFIED = {"certify": True}
PREPARED = {"certify": True, "changes_allowed": True}
APPROVED = {"certify": False}
UPDATES: dict[str, Callable[[Any], None]] = {
    "replace-text": attack.replace_text,
    "shadow-hide-and-replace": attack.use_spare,
    "shadow-hide": attack.cover,
    "shadow-replace-font": attack.swap_font,
    "shadow-replace-form": attack.fill_field,
    "pages-swapped": attack.swap_pages,
    "page-dropped": attack.drop_page,
    "attachment-swapped": attack.swap_attachment,
    "script-added": attack.add_script,
    "page-rotated": attack.rotate,
    "page-cropped": attack.crop,
    "evil-free-text": attack.annotation("/FreeText"),
    "evil-stamp": attack.annotation("/Stamp"),
    "evil-redaction": attack.annotation("/Redact"),
    "evil-highlight": attack.annotation("/Highlight"),
    "seal-moved": attack.move_seal_picture,
    "seal-forgotten": attack.forget_seal,
}


@pytest.mark.parametrize(
    "options", [CERTIFIED, PREPARED, APPROVED], ids=["certified", "prepared", "approved"]
)
def test_the_genuine_one_holds(options: dict[str, bool]) -> None:
    assert holds(seal(**options))


@pytest.mark.parametrize(
    "options", [CERTIFIED, PREPARED, APPROVED], ids=["certified", "prepared", "approved"]
)
@pytest.mark.parametrize("name", UPDATES)
def test_whatever_comes_after_a_seal_is_forbidden(name: str, options: dict[str, bool]) -> None:
    sealed = seal(attack.document(spare=True, form=True), **options)
    assert holds(sealed)
    assert not holds(attack.updated(sealed, UPDATES[name]))


@pytest.mark.parametrize("name", ["replace-text", "shadow-hide-and-replace"])
def test_viewers_do_show_the_forgery(name: str) -> None:
    forged = attack.updated(seal(attack.document(spare=True)), UPDATES[name])
    assert FORGED in shown(forged)
    (one,) = check(forged).seals
    assert one.problem is None, "the signature itself is as it was"
    assert one.changes is Changes.FORBIDDEN
    assert check(forged).facts.looks_changed, "drawing both versions tells it too"


def test_shadow_that_was_sealed_with_its_cover() -> None:
    sealed = seal(attack.document(overlay=True))
    assert holds(sealed)
    assert not holds(attack.updated(sealed, attack.uncover))


@pytest.mark.parametrize("build", [attack.incremental_body_only, attack.incremental_old_references])
def test_incremental_saving_without_references(build: Callable[[bytes], bytes]) -> None:
    (one,) = check(build(seal())).seals
    assert one.changes is Changes.FORBIDDEN


@pytest.mark.parametrize("tail", [b"\n", b"%", b" " * 2000, b"%%EOF\n", b"<script>"])
def test_bytes_after_the_end(tail: bytes) -> None:
    assert not holds(seal() + tail)


@pytest.mark.parametrize("head", [b"\n", b"GIF89a;", b"%PDF-1.4\n"])
def test_bytes_before_the_beginning(head: bytes) -> None:
    assert not holds(head + seal())


def test_signature_wrapping() -> None:
    forged = attack.wrap(seal())
    assert FORGED in shown(forged)
    (one,) = check(forged).seals
    assert one.problem == "byte-range-leaves-room"
    assert not one.holds


UNIVERSAL = {
    "no-contents": (b"/Contents <", b"/Xontents <"),
    "no-byte-range": (b"/ByteRange [", b"/XyteRange ["),
    "no-sub-filter": (b"/SubFilter /", b"/XubFilter /"),
    "other-sub-filter": (b"/ETSI.CAdES.detached", b"/adbe.x509.rsa_sha1"),
    "other-type": (b"/Type /Sig\n", b"/Type /Sug\n"),
    "no-filter": (b"/Filter /Adobe.PPKLite", b""),
    "no-value": (b"/FT /Sig", b"/FT /Tx"),
}


@pytest.mark.parametrize("name", UNIVERSAL)
def test_universal_forgery(name: str) -> None:
    what, instead = UNIVERSAL[name]
    assert not holds(attack.hollow(seal(), what, instead))


@pytest.mark.parametrize(
    "stretches",
    ["[]", "null", "[0 0 0 0]", "[0 1]", "[-1 2 3 4]", "[0 {a} {b} 0]", "[0 {a} {b} -5]", "(0 1 2 3)", "[1 {a} {b} {c}]",
     "[0 {a} {b} 99999999]", "[0 {a} {a} {c}]", "[0 {a} {b} {c} 0 0]", "[0.0 {a} {b} {c}]", "[0 {a} {b} true]"],
)  # fmt: skip
def test_universal_forgery_by_stretches(stretches: str) -> None:
    sealed = seal()
    before, after, length = attack.stretches(sealed)
    at = sealed.index(b"/ByteRange [")
    old = sealed[at : sealed.index(b"]", at) + 1]
    new = b"/ByteRange " + stretches.format(a=before, b=after, c=length).encode()
    room = len(old) + 40
    forged = sealed.replace(old + b" " * (room - len(old)), new.ljust(room))
    assert forged != sealed
    assert not holds(forged)


@pytest.mark.parametrize("value", [b"", b"00", b"null", b"30", b"3000", b"zz"])
def test_universal_forgery_by_value(value: bytes) -> None:
    sealed = seal()
    before, after, _ = attack.stretches(sealed)
    hollow = (b"<" + value + b">").ljust(after - before) if value != b"null" else value.ljust(after - before)
    assert not holds(sealed[:before] + hollow + sealed[after:])
    padded = b"<" + value.ljust(after - before - 2, b"0") + b">"
    assert not holds(sealed[:before] + padded + sealed[after:])


def test_data_in_the_padding_of_a_signature() -> None:
    sealed = seal()
    _, after, _ = attack.stretches(sealed)
    assert sealed[after - 9 : after - 1] == b"0" * 8
    (one,) = check(sealed[: after - 9] + b"deadbeef" + sealed[after - 1 :]).seals
    assert one.problem == "signature-padded-with-data"


def test_a_signature_of_another_document() -> None:
    mine, other = seal(), seal(attack.document(spare=True))
    before, after, _ = attack.stretches(mine)
    theirs, until, _ = attack.stretches(other)
    value = other[theirs:until]
    assert len(value) == after - before
    (one,) = check(mine[:before] + value + mine[after:]).seals
    assert one.problem == "content-changed"


@pytest.mark.parametrize("options", [PREPARED, APPROVED], ids=["prepared", "approved"])
def test_a_sneaky_signature_with_a_picture_over_the_text(options: dict[str, bool]) -> None:
    """By somebody of the nation even: a field that was not prepared does not cover what was sealed."""
    picture = VisibleSeal(0, (0.0, 20.0, 300.0, 180.0), RED_SEAL)
    forged = seal(seal(**options), field_name="Seal2", certify=False, visible=picture)
    assert not holds(forged)


def test_a_stranger_seals_again() -> None:
    stranger = SealingWorld.create()
    checked = check(seal(seal(**PREPARED), by=stranger, field_name="Seal2", certify=False))
    assert [one.holds for one in checked.seals] == [True, False]
    refused = checked.seals[1].path_problem
    assert refused is not None
    assert refused.reason in {PathReason.UNKNOWN_ANCHOR, PathReason.NOT_CERTIFIED}


def test_a_strangers_own_seal_over_his_own_text() -> None:
    (one,) = check(seal(by=SealingWorld.create())).seals
    assert one.problem is None
    assert not one.holds


def test_a_second_authority_where_the_first_allowed_it() -> None:
    checked = check(seal(seal(**PREPARED), field_name="Seal2", certify=False))
    assert [one.changes for one in checked.seals] == [Changes.SEALED_AGAIN, Changes.NONE]
    assert all(one.holds for one in checked.seals)


def test_every_altered_byte_of_what_was_sealed() -> None:
    """A flipped bit in some two hundred places; the signature's own value aside, whose wrapping nobody signs."""
    sealed = seal()
    before, after, _ = attack.stretches(sealed)
    for place in (*range(0, before, before // 150), *range(after, len(sealed), 15)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        assert not holds(bytes(altered)), place


def test_scripts_are_named_and_never_run() -> None:
    assert check(seal(attack.document(script=True))).facts.active == ("open-action",)


ACTIONS = ["/JavaScript", "/Launch", "/URI", "/SubmitForm", "/GoToR", "/ImportData", "/Named", "/Rendition"]


@pytest.mark.parametrize("kind", ACTIONS)
@pytest.mark.parametrize("place", ["opening", "page", "link", "field", "outline", "chained"])
def test_actions_are_named_wherever_they_stand(kind: str, place: str) -> None:
    """Sealed with the document, so that nothing came after: they are reported all the same."""
    action = pikepdf.Dictionary(S=pikepdf.Name(kind), F="//example.invalid/x", URI="http://example.invalid/")
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(attack.document())) as pdf:
        page = pdf.pages[0].obj
        match place:
            case "opening":
                pdf.Root.OpenAction = action
            case "page":
                page.AA = pikepdf.Dictionary(O=action)
            case "link":
                link = pikepdf.Dictionary(
                    Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action
                )
                page.Annots = pikepdf.Array([pdf.make_indirect(link)])
            case "field":
                hidden = pdf.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Tx, T="a", AA=action))
                pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[hidden])
            case "outline":
                line = pdf.make_indirect(pikepdf.Dictionary(Title="a", A=action))
                pdf.Root.Outlines = pdf.make_indirect(pikepdf.Dictionary(First=line, Last=line, Count=1))
            case "chained":
                pdf.Root.OpenAction = pikepdf.Dictionary(
                    S=pikepdf.Name.GoTo, D=[page, pikepdf.Name.Fit], Next=action
                )
        pdf.save(out)
    assert set(read_sealed(out.getvalue()).active) & {"action", "open-action"}
