"""The published attack families on signed PDF documents: each forged file shows something else, and none of them holds.

Where PDFium, as in browsers, shows the forged text, the test says so: an attack that would not work proves nothing.
"""

from __future__ import annotations

import io
import logging
import shutil
import subprocess
import zlib
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from keys.path_validation import PathReason
from keys.pdf_check import (
    Changes,
    CheckedPdf,
    PdfFacts,
    Unreadable,
    UnreadablePdfError,
    check_pdf,
    read_sealed,
)
from keys.pdf_check.page_text import printed
from keys.sealing import Seal, Sealer, SealLevel, VisibleSeal, renew_archive_time_stamp
from tests.support import pdf_attacks as attack
from tests.support.sealing_world import RED_SEAL, SealingWorld, plain_pdf
from tests.support.trust_world import AT, UNTIL

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


# -- files that are made to hurt ------------------------------------------------------------------------------------------


def unreadable(pdf: bytes) -> Unreadable:
    with pytest.raises(UnreadablePdfError) as refused:
        read_sealed(pdf)
    return refused.value.why


def test_encrypted() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(attack.document())) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(user="a", owner="b"))
    assert unreadable(out.getvalue()) is Unreadable.ENCRYPTED


def test_too_large() -> None:
    assert unreadable(b"%PDF-1.7\n" + bytes(17 * 1024 * 1024)) is Unreadable.TOO_LARGE


@pytest.mark.parametrize(
    "garbage",
    [b"", b"%PDF-", b"%PDF-1.7\n%%EOF", b"%PDF-1.7\nstartxref\n9\n%%EOF\n", attack.document()[:700]],
)
def test_damaged(garbage: bytes) -> None:
    assert unreadable(garbage) is Unreadable.DAMAGED


def test_a_page_tree_in_a_circle() -> None:
    def bend(writer: Any) -> None:
        pages = writer.root["/Pages"]
        pages["/Kids"].append(writer.root.raw_get("/Pages"))
        writer.update_container(pages)

    try:
        facts = read_sealed(attack.updated(attack.document(), bend))
    except UnreadablePdfError:
        return
    assert facts.pages <= 64


def test_a_bomb_in_an_attachment() -> None:
    def swell(writer: Any) -> None:
        from pyhanko.pdf_utils import generic

        bomb = generic.StreamObject(
            {generic.pdf_name("/Filter"): generic.pdf_name("/FlateDecode")},
            encoded_data=zlib.compress(bytes(60 * 1024 * 1024), 9),
        )
        tree = writer.root["/Names"]["/EmbeddedFiles"]
        while "/Names" not in tree:
            tree = tree["/Kids"][0]
        specification = tree["/Names"][1]
        stream = writer.add_object(bomb)
        specification["/EF"] = generic.DictionaryObject(
            {generic.pdf_name("/F"): stream, generic.pdf_name("/UF"): stream}
        )
        writer.update_container(specification)

    facts = read_sealed(attack.updated(attack.document(), swell))
    assert [len(one.data) for one in facts.attachments] == [0]


# -- long life ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", list(SealLevel))
def test_levels(level: SealLevel) -> None:
    (one,) = check(seal(level=level)).seals
    assert one.level is level
    assert one.proven_at == (AT if level.is_timestamped else None)
    assert one.stated_at == AT


def test_nothing_is_proven_once_the_newest_time_stamp_has_ended() -> None:
    (one,) = check(seal(level=SealLevel.ARCHIVED), UNTIL + timedelta(days=1)).seals
    assert not one.holds
    assert one.proven_at is None


def test_a_time_stamp_of_the_future_proves_nothing() -> None:
    (one,) = check(seal(level=SealLevel.TIMESTAMPED), AT - timedelta(days=1)).seals
    assert one.time_stamp_problem == "time-stamp-of-later"
    assert one.proven_at is None


def test_renewals_stay_provable() -> None:
    renewed = seal(level=SealLevel.ARCHIVED)
    for years in (1, 2, 3):
        then = AT + timedelta(days=365 * years)
        renewed = renew_archive_time_stamp(
            renewed, lambda digest, then=then: world().stamp(digest, then), world().evidence(then)
        )
    checked = check(renewed, AT + timedelta(days=365 * 3 + 1))
    assert len(checked.time_stamps) == 4
    assert all(one.holds for one in (*checked.seals, *checked.time_stamps))
    assert checked.seals[0].proven_at == AT
    assert not checked.facts.looks_changed


def test_what_crosses_between_processes_comes_back_as_it_was() -> None:
    facts = read_sealed(seal(level=SealLevel.ARCHIVED))
    assert PdfFacts.of_json(facts.to_json()) == facts


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed")
@pytest.mark.parametrize("level", list(SealLevel))
def test_qpdf_finds_nothing_to_complain_of(level: SealLevel, tmp_path: Path) -> None:
    path = tmp_path / "sealed.pdf"
    path.write_bytes(seal(plain_pdf(), level=level))
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler's pdfsig is not installed")
@pytest.mark.parametrize("name", ["replace-text", "evil-stamp"])
def test_poppler_sees_that_something_came_after(name: str, tmp_path: Path) -> None:
    path = tmp_path / "forged.pdf"
    path.write_bytes(attack.updated(seal(), UPDATES[name]))
    said = subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False, timeout=30).stdout
    assert "Total document signed" not in said
    assert not holds(path.read_bytes())
