"""Documents that cannot be read, that live long, and what other readers say: qpdf, poppler, PDFium."""

from __future__ import annotations

import io
import logging
import shutil
import subprocess
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from keys.pdf_check import (
    PdfFacts,
    Unreadable,
    UnreadablePdfError,
    read_sealed,
)
from keys.sealing import SealLevel, renew_archive_time_stamp
from tests.support import pdf_attacks as attack
from tests.support.sealing_world import plain_pdf
from tests.support.trust_world import AT, UNTIL
from tests.unit.keys.test_pdf_attacks import UNIVERSAL, UPDATES, check, holds, seal, shown, world

logging.getLogger("pyhanko").setLevel(logging.CRITICAL)


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


def said_by_poppler(pdf: bytes, path: Path) -> str:
    path.write_bytes(pdf)
    return subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False, timeout=30).stdout


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler's pdfsig is not installed")
@pytest.mark.parametrize("level", list(SealLevel))
def test_poppler_agrees_about_the_genuine_ones(level: SealLevel, tmp_path: Path) -> None:
    said = said_by_poppler(seal(plain_pdf(), level=level), tmp_path / "sealed.pdf")
    signatures = 2 if level is SealLevel.ARCHIVED else 1
    assert said.count("Signature Field Name") == signatures
    assert "Signature is Invalid" not in said
    assert said.count("Signature is Valid") >= 1


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler's pdfsig is not installed")
def test_what_poppler_refuses_is_never_held_here(tmp_path: Path) -> None:
    """The other way round it may differ: poppler does not judge what came after, and we do."""
    sealed = seal()
    before, after, _ = attack.stretches(sealed)
    forged = {
        "wrapped": attack.wrap(sealed),
        "body-only": attack.incremental_body_only(sealed),
        "old-references": attack.incremental_old_references(sealed),
        "empty": sealed[:before] + b"<" + b"0" * (after - before - 2) + b">" + sealed[after:],
        **{
            name: attack.updated(seal(attack.document(spare=True, form=True)), UPDATES[name])
            for name in UPDATES
        },
        **{name: attack.hollow(sealed, *UNIVERSAL[name]) for name in UNIVERSAL},
    }
    fooled = set()
    for name, pdf in forged.items():
        said = said_by_poppler(pdf, tmp_path / "forged.pdf")
        if "Signature is Valid" in said and "Not total document signed" not in said:
            fooled.add(name)
        assert not holds(pdf), name
    assert "replace-text" not in fooled
    assert "empty" not in fooled


HIDDEN = {
    "white": b"1 1 1 rg BT /F1 9 Tf 40 40 Td (HIDDEN) Tj ET",
    "invisible": b"BT 3 Tr /F1 9 Tf 40 40 Td (HIDDEN) Tj ET",
    "tiny": b"BT /F1 0.4 Tf 40 40 Td (HIDDEN) Tj ET",
    "clipped": b"q 0 0 1 1 re W n BT /F1 9 Tf 40 40 Td (HIDDEN) Tj ET Q",
    "covered": b"BT /F1 9 Tf 40 40 Td (HIDDEN) Tj ET 1 1 1 rg 0 30 300 30 re f",
}


@pytest.mark.parametrize("how", HIDDEN)
def test_hidden_text_counts_as_printed(how: str) -> None:
    """So that a page cannot carry, unseen, what its comparison with the licence would need to be there or to be absent."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(attack.document())) as pdf:
        pdf.pages[0].contents_add(pdf.make_stream(HIDDEN[how]))
        pdf.save(out)
    assert "HIDDEN" in shown(out.getvalue())
