"""Reads an exported record with distrust, and repeats the check that it tells of."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from cryptography import x509

from keys.path_validation import PathError, PathValidator
from keys.trust_list import TrustStore
from keys.trust_list.bundle import TrustBundle, parse_trust_bundle
from service.record_chain import link_hash
from standards.dcql import parse_dcql
from standards.errors import ElicenceError, InvalidInputError
from standards.json_reader import Reader, parse_json
from standards.text import Text
from standards.verification_report import Finding, Outcome, Step, VerificationReport
from verifier.acceptance.circumstances import LICENCE
from verifier.acceptance.errors import InvalidRecordFileError
from verifier.acceptance.kept_evidence import digest_of_content, digests_named
from verifier.acceptance.seal import RecordSeal, parse_seal, verify_seal
from verifier.checking import VerificationPolicy
from verifier.checking.check_presentation import check_presentation
from verifier.checking.checked import ExpectedPresentation
from verifier.checking.evidence import Evidence
from verifier.checking.scanned_code import is_code
from verifier.items import ItemRegister, ServiceItem
from verifier.window.material_rule_of import material_rule_of

MARK: Final = b'"elicence_record"'
"""Stands near the beginning of every exported record."""

CASE_AGE: Final = timedelta(hours=25)
"""Longest that something shown in a case may have been shown before it was judged."""

_MAX_PART_CHARS: Final = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RecordFile:
    """The parts of a file; what they claim about each other was compared, signatures were not."""

    body: bytes
    facts: Mapping[str, Any]
    sequence: int
    hash: str
    vp_token: Mapping[str, tuple[str, ...]]
    seal: RecordSeal | None
    bundle: TrustBundle | None


def is_record_file(content: bytes) -> bool:
    """Whether a file says that it is an exported record."""
    return content.lstrip()[:1] == b"{" and MARK in content[:200]


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


def check_record_file(
    file: RecordFile, anchors: tuple[x509.Certificate, ...], items: ItemRegister
) -> VerificationReport:
    """The report on the record: its seal, then steps 1 to 9 as they were on that day, then whether the verdict is the same.

    Args:
        file: as read.
        anchors: whom the caller trusts; the file's own anchor counts for nothing.
        items: knows the item in the version of that day, or step 9 is left out.
    """
    findings = [_INTACT, _sealed(file, anchors)]
    codes = any(is_code(text) for texts in file.vp_token.values() for text in texts)
    if file.facts.get("report") is not None and file.bundle is not None and file.vp_token and not codes:
        try:
            again = _repeat(file, anchors, items)
        except (KeyError, TypeError, ValueError) as cause:
            raise InvalidRecordFileError(
                "记录正文缺少应有的内容。", "The record's body lacks what belongs there.", where="body"
            ) from cause
        findings += [*again.findings, _compared(file, again)]
    elif file.facts.get("report") is not None and not file.vp_token:
        findings.append(_ERASED)
    else:
        findings.append(_NOT_REPEATED)
    return VerificationReport.of(findings)


def _repeat(
    file: RecordFile, anchors: tuple[x509.Certificate, ...], items: ItemRegister
) -> VerificationReport:
    facts, asked = file.facts, file.facts["asked"]
    # What was shown before a visit was judged again at it: with the lists of then, and as fresh as the case allows.
    at = max(datetime.fromisoformat(facts["received_at"]), datetime.fromisoformat(asked["asked_at"]))
    policy = VerificationPolicy(key_binding_max_age=CASE_AGE) if facts.get("case") else VerificationPolicy()
    assert file.bundle is not None
    evidence = Evidence(file.bundle.trust_store(at, anchors), dict(file.bundle.status_lists or {}))
    code = facts.get("service_item")
    item = items.find(code, version=facts.get("item_version")) if code else None
    return check_presentation(
        file.vp_token,
        ExpectedPresentation(
            nonce=asked["nonce"],
            audience=asked["client_id"],
            query=parse_dcql(asked["dcql_query"]),
            item=code,
            division=facts.get("division"),
        ),
        evidence,
        policy=policy,
        at=at,
        material_rule=material_rule_of(item if _stands_alone(file, item) else None),
    ).report


def _stands_alone(file: RecordFile, item: ServiceItem | None) -> bool:
    """Whether all licences that the decision counted are in this record; in a case some may be in one before."""
    counted = {one["id"] for one in file.facts.get("materials", ()) if one["satisfied_by"] == LICENCE}
    return item is not None and all(
        any(accepted.query in file.vp_token for accepted in material.accepts)
        for material in item.materials
        if material.id in counted
    )


def _sealed(file: RecordFile, anchors: tuple[x509.Certificate, ...]) -> Finding:
    if file.seal is None:
        return _NO_SEAL
    if not file.seal.covers(file.sequence, file.hash) or file.seal.department != file.facts.get("department"):
        return _failed(
            "record-not-under-seal", "封存签名不包含此记录。", "The seal does not cover this record."
        )
    try:
        path = verify_seal(file.seal, _trust(file, anchors))
    except PathError as error:
        return _failed(
            "record-seal-path",
            f"封存签名的证书不受信任：{error.message.zh}",
            f"The seal's certificate is not trusted: {error.message.en}",
        )
    except ElicenceError as error:
        return _failed("record-seal-invalid", error.message.zh, error.message.en)
    moment = file.seal.sealed_at.isoformat(timespec="seconds")
    return Finding(
        Step.SIGNATURE,
        "record-sealed",
        Outcome.PASSED,
        Text(
            f"记录由{path.subject.name}于 {moment} 封存。",
            f"The record was sealed by {path.subject.name} at {moment}.",
        ),
    )


def _trust(file: RecordFile, anchors: tuple[x509.Certificate, ...]) -> TrustStore:
    """The lists of that day; the anchors alone where nothing was shown and so none were kept."""
    if file.bundle is None or file.seal is None:
        return TrustStore(PathValidator(anchors))
    return file.bundle.trust_store(file.seal.sealed_at, anchors)


def _compared(file: RecordFile, again: VerificationReport) -> Finding:
    before, now = file.facts["report"]["indication"], again.indication.value
    if before == now:
        return Finding(
            Step.FORM,
            "record-verdict-repeated",
            Outcome.PASSED,
            Text(
                f"按当日名单重新核验，结论一致：{before}。",
                f"Checked again with the lists of that day, the verdict is the same: {before}.",
            ),
        )
    return _failed(
        "record-verdict-differs",
        f"重新核验的结论为 {now}，记录为 {before}。",
        f"Checked again the verdict is {now}; the record says {before}.",
    )


def _failed(code: str, zh: str, en: str) -> Finding:
    return Finding(Step.SIGNATURE, code, Outcome.FAILED, Text(zh, en), sub_indication="SIG_CRYPTO_FAILURE")


_INTACT: Final = Finding(
    Step.FORM,
    "record-intact",
    Outcome.PASSED,
    Text("记录各部分与其散列一致。", "Every part of the record is what its hash names."),
)
_NO_SEAL: Final = Finding(
    Step.SIGNATURE,
    "record-not-sealed",
    Outcome.INDETERMINATE,
    Text("记录没有封存签名，无法证明来源。", "The record has no seal, so nothing proves where it is from."),
    Text("请向作出决定的部门重新索取导出文件。", "Ask the department that decided for the file again."),
    sub_indication="SIGNED_DATA_NOT_FOUND",
)
_ERASED: Final = Finding(
    Step.FORM,
    "record-shown-missing",
    Outcome.INDETERMINATE,
    Text(
        "出示内容不在文件中（可能已按期删除），无法重新核验。",
        "What was shown is not in the file (it may have been erased after its time), so the check cannot be repeated.",
    ),
    Text(
        "决定本身由封存签名证明；如需出示内容，请向作出决定的部门索取。",
        "The seal proves the decision; ask the department that decided for what was shown.",
    ),
    sub_indication="SIGNED_DATA_NOT_FOUND",
)
_NOT_REPEATED: Final = Finding(
    Step.FORM,
    "record-nothing-shown",
    Outcome.NEUTRAL,
    Text(
        "当时只出示了证照码或没有出示，或未保存名单，因此不重复核验。",
        "Nothing was shown but a code, or no lists were kept, so no check is repeated.",
    ),
)


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
