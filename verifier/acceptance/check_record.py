"""Checks an exported record: its seal, and the check that it tells of, gone through again."""

from __future__ import annotations

from typing import Final

from cryptography import x509

from keys.path_validation import PathError, PathValidator
from keys.trust_list import TrustStore
from standards.errors import ElicenceError
from standards.text import Text
from standards.verification_report import Finding, Outcome, Step, VerificationReport
from verifier.acceptance.errors import InvalidRecordFileError
from verifier.acceptance.record_file import RecordFile
from verifier.acceptance.repeat_check import can_be_repeated, repeated_checks, shows_codes
from verifier.acceptance.seal import verify_seal
from verifier.items import ItemRegister

SEALED: Final = "record-sealed"
"""Code of the finding that the department's seal holds."""


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
    if can_be_repeated(file):
        try:
            findings += _repeated(file, anchors, items)
        except (KeyError, TypeError, ValueError) as cause:
            raise InvalidRecordFileError(
                "记录正文缺少应有的内容。", "The record's body lacks what belongs there.", where="body"
            ) from cause
    elif file.facts.get("report") is not None and not file.has_shown:
        findings.append(_ERASED)
    else:
        findings.append(_CODE_NOT_REPEATED if shows_codes(file) else _NOT_REPEATED)
    return VerificationReport.of(findings)


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
        SEALED,
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


def _repeated(file: RecordFile, anchors: tuple[x509.Certificate, ...], items: ItemRegister) -> list[Finding]:
    """The findings of the check as it was, and whether its verdict is the record's."""
    before = file.facts["report"]["indication"]
    first: VerificationReport | None = None
    for cut_off, again in repeated_checks(file, anchors, items):
        if again.indication.value == before:
            return [*again.findings, _same(before, cut_off=cut_off)]
        first = first or again
    assert first is not None
    now = first.indication.value
    differs = _failed(
        "record-verdict-differs",
        f"重新核验的结论为 {now}，记录为 {before}。",
        f"Checked again the verdict is {now}; the record says {before}.",
    )
    return [*first.findings, differs]


def _same(verdict: str, *, cut_off: bool) -> Finding:
    limits = (
        Text("（按断网窗口的限度）", " (under the limits of a window that is cut off)")
        if cut_off
        else Text("", "")
    )
    return Finding(
        Step.FORM,
        "record-verdict-repeated",
        Outcome.PASSED,
        Text(
            f"按当日名单重新核验{limits.zh}，结论一致：{verdict}。",
            f"Checked again with the lists of that day{limits.en}, the verdict is the same: {verdict}.",
        ),
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
        "当时没有出示，或未保存名单，因此不重复核验。",
        "Nothing was shown, or no lists were kept, so no check is repeated.",
    ),
)
_CODE_NOT_REPEATED: Final = Finding(
    Step.FORM,
    "record-code-not-repeated",
    Outcome.NEUTRAL,
    Text(
        "当时出示的是证照码，记录中没有签发者证书（较早的版本不保存），因此不重复核验。",
        "A code was shown, and the record lacks its issuer's certificate (earlier versions kept none), so no check is repeated.",
    ),
)
