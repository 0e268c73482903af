"""Reads an exported record with distrust: every digest in it is compared with what it is of."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from keys.trust_list.bundle import TrustBundle, parse_trust_bundle
from service.record_chain import link_hash
from standards.errors import InvalidInputError
from standards.json_reader import Reader, parse_json
from verifier.acceptance.errors import InvalidRecordFileError
from verifier.acceptance.kept_evidence import digest_of_content, digests_named
from verifier.acceptance.seal import RecordSeal, parse_seal

MARK: Final = b'"elicence_record"'
"""A member of every exported record; programs that pass one on may order members anew."""

_MAX_PART_CHARS: Final = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RecordFile:
    """The parts of a file; what they claim about each other was compared, signatures were not."""

    body: bytes
    facts: Mapping[str, Any]
    sequence: int
    hash: str
    has_shown: bool
    """Whether the sealed part is in the file: it may say that nothing was shown, or have been erased."""
    vp_token: Mapping[str, tuple[str, ...]]
    seal: RecordSeal | None
    bundle: TrustBundle | None


def is_record_file(content: bytes) -> bool:
    """Whether a file says that it is an exported record."""
    return content.lstrip()[:1] == b"{" and MARK in content


def parse_record_file(content: bytes) -> RecordFile:
    """Read a file, and compare every digest in it with what it is of.

    Raises:
        InvalidRecordFileError: it cannot be read, or a part is not the one that the record names: ``where`` says which.
    """
    reader = Reader(parse_json(content, error=InvalidRecordFileError), error=InvalidRecordFileError)
    body = _base64(reader, "body")
    sequence, previous = reader.integer("sequence", minimum=1, maximum=2**53), reader.text("previous")
    record_hash = reader.text("hash", max_chars=64)
    if link_hash(body, sequence, previous) != record_hash:
        raise _altered("body", "记录正文、序号或前一散列被改动", "the body, its place or the hash before")
    facts = Reader(parse_json(body, error=InvalidRecordFileError), error=InvalidRecordFileError)
    shown = _base64(reader, "shown")
    if shown and digest_of_content(shown) != facts.text("shown_digest", max_chars=64):
        raise _altered("shown", "出示内容被改动", "what was shown")
    value: dict[str, Any] = orjson.loads(body)
    bundle = _bundle(reader, value) if reader.any("trust") is not None else None
    if bundle is None and digests_named(value.get("lists", ())):
        raise _altered("trust", "缺少记录所依据的名单", "the lists that the record stands on are missing")
    seal = reader.text("seal", max_chars=256 * 1024) if reader.any("seal") is not None else None
    vp_token = _shown_presentations(shown)
    return RecordFile(
        body,
        value,
        sequence,
        record_hash,
        bool(shown),
        {query: tuple(texts) for query, texts in vp_token.items()},
        parse_seal(seal) if seal is not None else None,
        bundle,
    )


def _shown_presentations(shown: bytes) -> dict[str, list[str]]:
    try:
        value: dict[str, list[str]] = orjson.loads(shown)["vp_token"] if shown else {}
        return {query: list(texts) for query, texts in value.items()}
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as cause:
        raise InvalidRecordFileError(
            "出示内容无法读取。", "What was shown cannot be read.", where="shown"
        ) from cause


def _bundle(reader: Reader, facts: Mapping[str, Any]) -> TrustBundle:
    """The lists of the file, each of which the record must name by its digest."""
    try:
        bundle = parse_trust_bundle(orjson.dumps(reader.any("trust")))
    except InvalidInputError as cause:
        raise InvalidRecordFileError(cause.message.zh, cause.message.en, where="trust") from cause
    named = {one["digest"] for one in facts.get("lists", ()) if one.get("digest")}
    parts: dict[str, bytes] = {"trust/lists/nation": bundle.nation_list.encode()}
    parts |= {f"trust/lists/regions/{name}": text.encode() for name, text in bundle.region_lists.items()}
    parts |= {f"trust/revocation_lists/{n}": content for n, content in enumerate(bundle.revocation_lists)}
    parts |= {f"trust/issuer_certificates/{n}": der for n, der in enumerate(bundle.issuer_certificates)}
    parts |= {f"trust/status_lists/{uri}": text.encode() for uri, text in (bundle.status_lists or {}).items()}
    there = {where: digest_of_content(content) for where, content in parts.items()}
    for where, digest in there.items():
        if digest not in named:
            raise _altered(where, "名单不是记录所依据的那一份", "a list that the record does not stand on")
    if named - set(there.values()):
        raise _altered("trust", "缺少记录所依据的名单", "a list that the record stands on is missing")
    return bundle


def _base64(reader: Reader, name: str) -> bytes:
    try:
        return b64decode(reader.text(name, min_chars=0, max_chars=_MAX_PART_CHARS), validate=True)
    except (binascii.Error, ValueError) as cause:
        raise InvalidRecordFileError("编码不正确。", "The encoding is not base64.", where=name) from cause


def _altered(where: str, zh: str, en: str) -> InvalidRecordFileError:
    return InvalidRecordFileError(f"文件被改动：{zh}。", f"The file was altered: {en}.", where=where)
