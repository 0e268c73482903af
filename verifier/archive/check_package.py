"""Checks an archive package with distrust: every file, the signature, and each record's check of its day over again."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Final

from cryptography import x509

from keys.path_validation import PathError, PathValidator
from keys.trust_list import TrustStore
from standards.bagit import Bag, BagProblem, BagProblemKind, InvalidBagError, read_zip
from standards.errors import ElicenceError
from standards.text import Text
from standards.verification_report import Finding, Outcome, Step, VerificationReport
from verifier.acceptance.check_record import check_record_file
from verifier.acceptance.record_file import RecordFile, parse_record_file
from verifier.archive.package import credential_path
from verifier.archive.signature import SIGNATURE_FILE, PackageSignature
from verifier.archive.time_stamp import check_time_stamp
from verifier.items import ItemRegister

_RECORDS: Final = "records/"
_RECORD_FILE: Final = "/record.json"
_MOST_PROBLEMS: Final = 20
"""Named one by one; who broke more than that broke the package."""

_PROBLEMS: Final = {
    BagProblemKind.MISSING: ("package-file-missing", "缺少文件", "is missing"),
    BagProblemKind.ALTERED: ("package-file-altered", "文件被改动", "was altered"),
    BagProblemKind.UNLISTED: ("package-file-unlisted", "文件不在清单中", "is on no manifest"),
    BagProblemKind.OUTSIDE: (
        "package-incomplete",
        "归档包不完整，须另行下载",
        "names parts that are elsewhere",
    ),
}


def is_package(content: bytes) -> bool:
    """Whether a file begins as a ZIP does."""
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def check_zipped_package(
    content: bytes,
    anchors: tuple[x509.Certificate, ...],
    items: ItemRegister,
    stamp_anchors: tuple[x509.Certificate, ...] = (),
) -> VerificationReport:
    """Check a package as one file; raises ``InvalidBagError`` for what is none."""
    return check_package(read_zip(content), anchors, items, stamp_anchors)


def check_package(
    bag: Bag,
    anchors: tuple[x509.Certificate, ...],
    items: ItemRegister,
    stamp_anchors: tuple[x509.Certificate, ...] = (),
) -> VerificationReport:
    """The report on a package: its files, its signature, then each record's own report, with the place in the words.

    Args:
        bag: as read.
        anchors: whom the caller trusts; anchors in the package count for nothing.
        items: knows the items in the versions of their days, or step 9 is left out.
        stamp_anchors: whom the caller trusts for the time alone, besides ``anchors``.

    Raises:
        InvalidBagError: a manifest that cannot be read.
    """
    problems = bag.problems()
    findings = [_differs(problem) for problem in problems[:_MOST_PROBLEMS]] or [_WHOLE]
    paths = sorted(path for path in bag.payload if path.startswith(_RECORDS) and path.endswith(_RECORD_FILE))
    files: list[RecordFile] = []
    for path in paths:
        try:
            file = parse_record_file(bag.payload[path])
            report = check_record_file(file, anchors, items)
        except ElicenceError as cause:
            findings.append(_broken(path, cause))
            continue
        files.append(file)
        findings += [_placed(path, finding) for finding in report.findings]
        findings += _credentials(bag, path.removesuffix(_RECORD_FILE), file)
    if not paths:
        findings.append(_NO_RECORDS)
    findings += _signed(bag, files, anchors, stamp_anchors)
    return VerificationReport.of(findings)


def _signed(
    bag: Bag,
    files: list[RecordFile],
    anchors: tuple[x509.Certificate, ...],
    stamp_anchors: tuple[x509.Certificate, ...],
) -> list[Finding]:
    try:
        signature = PackageSignature(bag)
        bundle = next((file.bundle for file in reversed(files) if file.bundle is not None), None)
        trust = (
            TrustStore(PathValidator(anchors))
            if bundle is None
            else bundle.trust_store(signature.signed_at, anchors)
        )
        path = signature.verify(trust)
        if any(file.facts.get("department") != signature.department for file in files):
            raise InvalidBagError(
                "归档包含有其他部门的记录。",
                "The package holds records of another department.",
                where=_RECORDS,
            )
    except PathError as error:
        return [
            _failed(
                "package-signature-path",
                f"归档包签名的证书不受信任：{error.message.zh}",
                f"The certificate of the package's signature is not trusted: {error.message.en}",
            )
        ]
    except ElicenceError as error:
        return [_failed("package-signature-invalid", error.message.zh, error.message.en)]
    moment = signature.signed_at.isoformat(timespec="seconds")
    signed = Finding(
        Step.SIGNATURE,
        "package-signed",
        Outcome.PASSED,
        Text(
            f"归档包由{path.subject.name}于 {moment} 签名。",
            f"The package was signed by {path.subject.name} at {moment}.",
        ),
    )
    clock = PathValidator((*anchors, *stamp_anchors)) if stamp_anchors else trust.validator
    return [signed, check_time_stamp(bag, signature, clock)]


def _credentials(bag: Bag, directory: str, file: RecordFile) -> list[Finding]:
    """Copies of what was shown, beside the record that holds them: the same, or the package speaks with two tongues."""
    expected = {
        f"{directory}/{credential_path(query, number)}": hashlib.sha256(text.encode()).digest()
        for query, texts in file.vp_token.items()
        for number, text in enumerate(texts, start=1)
    }
    there = {
        path: hashlib.sha256(content).digest()
        for path, content in bag.payload.items()
        if path.startswith(f"{directory}/credentials/")
    }
    return [
        _failed(
            "package-credential-differs",
            f"{path}：与记录中的出示内容不一致。",
            f"{path}: not what the record says was shown.",
        )
        for path in sorted(expected.keys() | there.keys())
        if expected.get(path) != there.get(path)
    ]


def _placed(path: str, finding: Finding) -> Finding:
    where = path.removesuffix(_RECORD_FILE)
    return replace(finding, message=Text(f"{where}：{finding.message.zh}", f"{where}: {finding.message.en}"))


def _differs(problem: BagProblem) -> Finding:
    code, zh, en = _PROBLEMS[problem.kind]
    return _failed(code, f"{problem.path}：{zh}。", f"{problem.path} {en}.")


def _broken(path: str, error: ElicenceError) -> Finding:
    where = f"{path}#{error.where}" if error.where else path
    return _failed("package-record-invalid", f"{where}：{error.message.zh}", f"{where}: {error.message.en}")


def _failed(code: str, zh: str, en: str) -> Finding:
    return Finding(
        Step.SIGNATURE if "signature" in code else Step.FORM,
        code,
        Outcome.FAILED,
        Text(zh, en),
        Text("请从归档单位重新取得归档包。", "Have the package sent again by the archive that holds it."),
        sub_indication="HASH_FAILURE" if "signature" not in code else "SIG_CRYPTO_FAILURE",
    )


_WHOLE: Final = Finding(
    Step.FORM,
    "package-whole",
    Outcome.PASSED,
    Text("归档包各文件齐全，与清单一致。", "Every file of the package is there and as its manifests say."),
)
_NO_RECORDS: Final = Finding(
    Step.FORM,
    "package-without-records",
    Outcome.INDETERMINATE,
    Text("归档包中没有受理记录。", "The package holds no acceptance record."),
    Text(f"请核对是否取错了归档包；应含 {_RECORDS} 与 {SIGNATURE_FILE}。", "This may be the wrong package."),
    sub_indication="SIGNED_DATA_NOT_FOUND",
)
