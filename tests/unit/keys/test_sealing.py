"""Seals of all four levels, judged by validators that are not ours: pyHanko's and, where installed, poppler's."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from keys.errors import SealingError, SigningKeyError, TimeStampError
from keys.sealing import Seal, Sealer, SealLevel, VisibleSeal, renew_archive_time_stamp
from tests.support.sealing_world import RED_SEAL, SealingWorld, plain_pdf
from tests.support.trust_world import AT, new_signer

SEAL = Seal("Seal1", SealLevel.BASIC, "签发")


@pytest.fixture(scope="module")
def world() -> SealingWorld:
    return SealingWorld.create()


def seal_as(world: SealingWorld, level: SealLevel, pdf: bytes | None = None, **changes: Any) -> bytes:
    seal = Seal(**{"field_name": "Seal1", "level": level, "reason": "签发", **changes})
    return Sealer(world.authority).seal(
        plain_pdf() if pdf is None else pdf,
        seal,
        at=AT,
        time_stamper=world.stamp,
        evidence=world.evidence(),
    )


def judge(world: SealingWorld, sealed: bytes, number: int = 0) -> Any:
    reader = PdfFileReader(io.BytesIO(sealed))
    context = ValidationContext(
        trust_roots=[world.oracle_anchor()], crls=list(world.evidence().revocation_lists), moment=AT
    )
    return in_a_thread(lambda: validate_pdf_signature(reader.embedded_regular_signatures[number], context))


def in_a_thread(call: Callable[[], Any]) -> Any:
    """pyHanko's validators start a loop; the browser tests may have one in the thread that runs the tests."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


@pytest.mark.parametrize("level", list(SealLevel))
def test_every_level_is_what_it_says(world: SealingWorld, level: SealLevel) -> None:
    sealed = seal_as(world, level)
    verdict = judge(world, sealed)
    assert verdict.bottom_line, verdict.summary()
    assert verdict.signer_reported_dt == AT
    assert (verdict.timestamp_validity is not None) == level.is_timestamped
    reader = PdfFileReader(io.BytesIO(sealed))
    signature = reader.embedded_regular_signatures[0]
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.docmdp_level is MDPPerm.NO_CHANGES
    names = {str(one["type"].native) for one in signature.signer_info["signed_attrs"]}
    assert names == {"content_type", "message_digest", "signing_certificate_v2"}, (
        "PAdES wants no signing-time"
    )
    assert ("/DSS" in reader.root) == level.carries_evidence
    assert len(reader.embedded_timestamp_signatures) == (level is SealLevel.ARCHIVED)


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler's pdfsig is not installed")
@pytest.mark.parametrize("level", list(SealLevel))
def test_poppler_agrees(world: SealingWorld, level: SealLevel, tmp_path: Path) -> None:
    path = tmp_path / "sealed.pdf"
    path.write_bytes(seal_as(world, level))
    said = subprocess.run(["pdfsig", path], capture_output=True, text=True, check=True, timeout=30).stdout
    assert "Signature is Valid" in said
    assert "杭州示例公安局" in said


def test_what_was_there_stays_byte_for_byte(world: SealingWorld) -> None:
    before = plain_pdf()
    assert seal_as(world, SealLevel.ARCHIVED, before).startswith(before)


def test_the_picture_of_the_seal_stands_in_its_box(world: SealingWorld) -> None:
    sealed = seal_as(world, SealLevel.BASIC, visible=VisibleSeal(-1, (50.0, 60.0, 150.4, 160.0), RED_SEAL))
    assert judge(world, sealed).bottom_line
    widget = PdfFileReader(io.BytesIO(sealed)).root["/Pages"]["/Kids"][0]["/Annots"][0]
    assert [int(corner) for corner in widget["/Rect"]] == [50, 60, 150, 160]
    assert widget["/AP"]["/N"]["/Subtype"] == "/Form"


def test_a_second_authority_seals_where_the_first_allowed_it(world: SealingWorld) -> None:
    first = seal_as(world, SealLevel.BASIC, changes_allowed=True)
    both = seal_as(world, SealLevel.BASIC, first, field_name="Seal2", certify=False)
    assert [judge(world, both, number).bottom_line for number in (0, 1)] == [True, True]
    closed = seal_as(world, SealLevel.BASIC)
    broken = seal_as(world, SealLevel.BASIC, closed, field_name="Seal2", certify=False)
    assert not judge(world, broken, 0).bottom_line, "DocMDP 1: nothing may be added"


@pytest.mark.parametrize("place", [0.1, 0.3, 0.5])
def test_an_altered_byte_is_seen(world: SealingWorld, place: float) -> None:
    """A byte of the page's picture: pyHanko's verdict, which the product's own stands on."""
    sealed = bytearray(seal_as(world, SealLevel.BASIC, plain_pdf()))
    start = sealed.index(b"stream") + 10
    end = sealed.index(b"endstream")
    sealed[start + int(place * (end - start))] ^= 1
    verdict = judge(world, bytes(sealed))
    assert not verdict.intact
    assert not verdict.bottom_line


def test_an_archive_stamp_is_renewed(world: SealingWorld) -> None:
    """Each renewal covers the one before; nothing that was sealed changes."""
    archived = seal_as(world, SealLevel.ARCHIVED)
    later = AT + timedelta(days=300)
    renewed = renew_archive_time_stamp(
        archived, lambda digest: world.stamp(digest, later), world.evidence(later)
    )
    assert renewed.startswith(archived)
    reader = PdfFileReader(io.BytesIO(renewed))
    stamps = reader.embedded_timestamp_signatures
    assert len(stamps) == 2
    context = ValidationContext(
        trust_roots=[world.oracle_anchor()], crls=list(world.evidence(later).revocation_lists), moment=later
    )
    newest = in_a_thread(lambda: validate_pdf_timestamp(stamps[1], context))
    assert newest.intact
    assert newest.valid
    assert newest.trusted
    assert newest.timestamp == later
    assert judge(world, renewed).modification_level is ModificationLevel.LTA_UPDATES


@pytest.mark.parametrize("garbage", [b"", b"%PDF-1.7\n", b"PK\x03\x04", plain_pdf()[:300]])
def test_what_is_no_pdf(world: SealingWorld, garbage: bytes) -> None:
    with pytest.raises(SealingError, match="cannot be sealed"):
        seal_as(world, SealLevel.BASIC, garbage)


def test_a_field_is_sealed_once(world: SealingWorld) -> None:
    with pytest.raises(SealingError):
        seal_as(world, SealLevel.BASIC, seal_as(world, SealLevel.BASIC))


def test_a_level_without_its_means(world: SealingWorld) -> None:
    sealer = Sealer(world.authority)
    with pytest.raises(SealingError, match="time-stamp authority"):
        sealer.seal(plain_pdf(), Seal("Seal1", SealLevel.TIMESTAMPED, "签发"), at=AT)
    with pytest.raises(SealingError, match="revocation lists"):
        sealer.seal(plain_pdf(), Seal("Seal1", SealLevel.LONG_TERM, "签发"), at=AT, time_stamper=world.stamp)
    with pytest.raises(SigningKeyError):
        Sealer(new_signer())


def test_a_silent_time_stamp_authority_leaves_nothing(world: SealingWorld) -> None:
    def silent(_digest: bytes) -> bytes:
        raise TimeStampError("时间戳服务没有应答。", "The time-stamp service does not answer.")

    with pytest.raises(TimeStampError):
        Sealer(world.authority).seal(
            plain_pdf(), Seal("Seal1", SealLevel.TIMESTAMPED, "签发"), at=AT, time_stamper=silent
        )
