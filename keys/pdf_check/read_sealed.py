"""Taking a document apart: signatures, what each covers, what came after, what is attached, what it prints.

For strangers' files this runs in a process with bounds on memory and time (``verifier.documents.reading``): parsers of a format
this large are where attackers look first.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from typing import Any, Final

from asn1crypto import cms
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from keys.pdf_check.active_content import look
from keys.pdf_check.attachments import attachments_of
from keys.pdf_check.entries import entry
from keys.pdf_check.facts import (
    Changes,
    PdfFacts,
    SealFacts,
    SealKind,
    Unreadable,
    UnreadablePdfError,
)
from keys.pdf_check.page_text import Box, PageUnreadableError, looks_changed, printed
from keys.pdf_check.raw_layout import WrongStretchError, covered_bytes, oddities, value_of
from keys.pdf_check.security_store import security_store

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_SEALS: Final = 80
"""An original that is stamped anew each year for half a century has that many."""
MAX_REVISIONS: Final = 200
_MAX_WORDS: Final = 300


def read_sealed(pdf: bytes, boxes: Sequence[Box] = (), *, with_text: bool = True) -> PdfFacts:
    """What stands in a document.

    Args:
        pdf: the file, untrusted.
        boxes: places on pages whose text is wanted; none means: those that an attached ``face.json`` names.
        with_text: whether its pages are read and compared at all.

    Raises:
        UnreadablePdfError: it cannot be read, or be read in several ways.
    """
    if len(pdf) > MAX_BYTES:
        raise UnreadablePdfError(Unreadable.TOO_LARGE)
    try:
        facts = _taken_apart(pdf)
    except UnreadablePdfError:
        raise
    except (
        Exception
    ) as cause:  # a parser of what strangers wrote raises what it likes, decimal.InvalidOperation say
        raise UnreadablePdfError(Unreadable.DAMAGED) from cause
    return _with_pages(pdf, facts, boxes) if with_text else facts


def _taken_apart(pdf: bytes) -> PdfFacts:
    reader = PdfFileReader(io.BytesIO(pdf), strict=True)
    if reader.encrypt_dict is not None:
        raise UnreadablePdfError(Unreadable.ENCRYPTED)
    if reader.xrefs.hybrid_xrefs_present:
        raise UnreadablePdfError(Unreadable.AMBIGUOUS)
    revisions = int(reader.total_revisions)
    if revisions > MAX_REVISIONS:
        raise UnreadablePdfError(Unreadable.TOO_LARGE)
    seals = _seals(pdf, reader)
    found = look(reader)
    certificates, lists = security_store(reader.root)
    return PdfFacts(
        size=len(pdf),
        pages=found.pages,
        revisions=revisions,
        seals=seals,
        attachments=attachments_of(reader),
        certificates=certificates,
        revocation_lists=lists,
        active=tuple(sorted(found.active)),
        notes=found.notes,
        odd=_odd(pdf, seals),
    )


def _with_pages(pdf: bytes, facts: PdfFacts, boxes: Sequence[Box]) -> PdfFacts:
    try:
        text = printed(pdf, boxes or boxes_of(facts))
        changed = _looks_changed(pdf, facts)
    except PageUnreadableError as cause:
        # A second reader does not see the document that the first one saw.
        raise UnreadablePdfError(Unreadable.AMBIGUOUS) from cause
    return PdfFacts(
        **{name: getattr(facts, name) for name in PdfFacts.__slots__}
        | {"printed": text, "looks_changed": changed}
    )


def boxes_of(facts: PdfFacts) -> tuple[Box, ...]:
    """Where an attached manifest says that values stand."""
    from standards.documents import FACE, InvalidDocumentPartError, parse_manifest

    attached = facts.attached(FACE.name)
    if len(attached) != 1:
        return ()
    try:
        return tuple(Box(one.page, *one.box) for one in parse_manifest(attached[0]).fields)
    except InvalidDocumentPartError:
        return ()


def _looks_changed(pdf: bytes, facts: PdfFacts) -> bool:
    """Drawn twice only where something came after a seal: as it was sealed, and as it is."""
    ends = [seal.covered for seal in facts.seals if seal.kind is SealKind.SEAL and seal.problem is None]
    if not ends or min(ends) >= len(pdf) - 2:
        return False
    again = any(seal.changes is Changes.SEALED_AGAIN for seal in facts.seals)
    return looks_changed(pdf[: min(ends)], pdf, but_for_fields=again)


def _odd(pdf: bytes, seals: tuple[SealFacts, ...]) -> tuple[str, ...]:
    found = list(oddities(pdf))
    if not seals and b"/ByteRange" in pdf:
        found.append("signature-out-of-reach")
    return tuple(found)


def _seals(pdf: bytes, reader: PdfFileReader) -> tuple[SealFacts, ...]:
    fields = list(_filled_fields(reader))
    if len(fields) > MAX_SEALS:
        raise UnreadablePdfError(Unreadable.TOO_LARGE)
    names = {name for name, _ in fields}
    read = [_seal(pdf, reader, name, field, names) for name, field in fields]
    return tuple(sorted(read, key=lambda seal: (seal.covered == 0, seal.covered)))


def _filled_fields(reader: PdfFileReader) -> Iterator[tuple[str, generic.DictionaryObject]]:
    for name, value, reference in enumerate_sig_fields(reader):
        if value is not None and not isinstance(value, generic.NullObject):
            yield str(name), reference.get_object()


def _seal(
    pdf: bytes,
    reader: PdfFileReader,
    name: str,
    field: generic.DictionaryObject,
    names: set[str],
) -> SealFacts:
    """One signature; whatever is wrong with it is an answer, so that a broken one cannot pass for none."""
    try:
        found = EmbeddedPdfSignature(reader, field, name)
        value = found.sig_object
        kind = SealKind.TIME_STAMP if entry(value, "/Type") == "/DocTimeStamp" else SealKind.SEAL
    except Exception:  # noqa: BLE001 - as in read_sealed
        problem = "several-signers-in-one" if _has_several_signers(field) else "signature-unreadable"
        return SealFacts(name, SealKind.SEAL, problem=problem, changes=Changes.FORBIDDEN)
    try:
        covered = covered_bytes(pdf, list(found.byte_range), found.pkcs7_content)
        der = value_of(found.pkcs7_content)
        cms.ContentInfo.load(der, strict=True)
        changes, what = _changes(pdf, found, covered, names)
        certifies = found.docmdp_level
        return SealFacts(
            name=name,
            kind=kind,
            sub_filter=str(entry(value, "/SubFilter") or "")[:60],
            cms=der,
            digest=_digest(pdf, found, covered),
            gap=(int(found.byte_range[1]), int(found.byte_range[2])),
            covered=covered,
            changes=changes,
            what=what[:_MAX_WORDS],
            certifies=None if certifies is None else int(certifies.value),
            stated_at=_stated(found),
            reason=str(entry(value, "/Reason") or "")[:_MAX_WORDS],
        )
    except WrongStretchError as wrong:
        return SealFacts(name, kind, problem=str(wrong), changes=Changes.FORBIDDEN)
    except Exception:  # noqa: BLE001 - as in read_sealed
        return SealFacts(name, kind, problem="signature-unreadable", changes=Changes.FORBIDDEN)


def _has_several_signers(field: generic.DictionaryObject) -> bool:
    """Allowed elsewhere (RFC 5652) and not in PAdES: readers disagree about who signed. Not the same as forged."""
    try:
        envelope = cms.ContentInfo.load(value_of(bytes(field["/V"]["/Contents"])), strict=True)
        return len(envelope["content"]["signer_infos"]) > 1
    except Exception:  # noqa: BLE001 - as in read_sealed
        return False


def _digest(pdf: bytes, found: EmbeddedPdfSignature, covered: int) -> bytes:
    """Over the very stretches that were held against the bytes, not those that a parser would take."""
    algorithm = str(found.external_md_algorithm)
    if algorithm not in {"sha256", "sha384", "sha512"}:
        return b""
    digest = hashlib.new(algorithm)
    view = memoryview(pdf)
    digest.update(view[: int(found.byte_range[1])])
    digest.update(view[int(found.byte_range[2]) : covered])
    return digest.digest()


def _changes(pdf: bytes, found: EmbeddedPdfSignature, covered: int, names: set[str]) -> tuple[Changes, str]:
    """What came after a signature: all that is not on a short list is forbidden."""
    found.compute_integrity_info()  # type: ignore[no-untyped-call]
    if found.evaluate_signature_coverage() < SignatureCoverageLevel.ENTIRE_REVISION:
        raise WrongStretchError("revision-not-whole")
    if covered == len(pdf):
        return Changes.NONE, ""
    if found.signed_revision + 1 >= found.reader.total_revisions:
        # Incremental saving without cross references of its own: some readers rebuild what the file does not say.
        return Changes.FORBIDDEN, "bytes after the last revision"
    result: Any = found.diff_result
    if not isinstance(result, DiffResult):
        return Changes.FORBIDDEN, str(result)
    level = result.modification_level
    if level <= ModificationLevel.LTA_UPDATES:
        return Changes.LONG_TERM, ""
    certifies = found.docmdp_level
    if certifies is not None and level.value > certifies.value:
        return Changes.FORBIDDEN, f"changes of level {level.name}, allowed up to {certifies.name}"
    if level is ModificationLevel.FORM_FILLING and result.changed_form_fields <= names:
        return Changes.SEALED_AGAIN, ""
    return Changes.FORBIDDEN, f"changed: {', '.join(sorted(result.changed_form_fields))}"


def _stated(found: EmbeddedPdfSignature) -> str:
    try:
        stated = found.self_reported_timestamp
    except Exception:  # noqa: BLE001 - as in read_sealed
        return ""
    return "" if stated is None or stated.tzinfo is None else stated.isoformat()
