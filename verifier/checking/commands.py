"""``elicence verify FILE``: the same pipeline on the command line, without a network."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import click

from service.clock import SystemClock
from service.command_line.settings_option import settings_of
from standards.errors import ElicenceError
from standards.verification_report import VerificationReport
from verifier.acceptance.check_record import check_record_file
from verifier.acceptance.record_file import is_record_file, parse_record_file
from verifier.archive.check_package import check_zipped_package, is_package
from verifier.checking.offline_trust import with_status_lists
from verifier.checking.policy import VerificationPolicy
from verifier.checking.print_report import answer, evidence_for
from verifier.checking.read_file import recognise_file
from verifier.documents import check_document, is_document, read_document
from verifier.identity_codes.register import DIRECTORY, IdentityTrust, read_identity_trust
from verifier.items import ITEMS_DIRECTORY, ItemRegister, load_items_with
from verifier.print_codes.print_lines import answer_print
from verifier.scanning.check_alone import check_alone
from verifier.scanning.recognise import MAX_FILE_BYTES
from verifier.scanning.recognised import DocumentCode


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option("--at", "instant", metavar="INSTANT", help="Check as of this instant (RFC 3339). 核验时刻。")
@click.option(
    "--trust",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Trust anchor (PEM) or bundle (JSON of /trust/bundle). Default: what this node kept. 信任根或信任包。",
)
@click.option(
    "--status-lists",
    "status_files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Further status lists (JSON of a wallet's /status-lists), for grants; repeatable. 授权状态列表。",
)
@click.option(
    "--identity-issuers",
    "identity_path",
    type=click.Path(exists=True, path_type=Path),
    help="File or directory about issuers of identity codes (Claim 169). Default: this node's. 身份码签发方。",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON. 输出 JSON。")
def verify(
    *,
    file: BinaryIO,
    instant: str | None,
    trust: Path | None,
    status_files: tuple[Path, ...],
    identity_path: Path | None,
    as_json: bool,
) -> int:
    """Check without a network: the text of a licence or a code, a picture of its QR code, a PDF with one on it, a
    sealed PDF (seals, what came after them, the licence attached, the page), an exported acceptance record (its seal, and the check of that day over again), an archive package (ZIP).

    离线核验证照。Exit status 退出码: 0 passed 通过, 1 failed 未通过, 2 indeterminate 无法判断, 64 wrong usage 用法错误.
    """
    at = _parse_instant(instant) if instant else SystemClock().now()
    content = file.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise click.UsageError(f"The file is larger than {MAX_FILE_BYTES} bytes. 文件过大。")
    try:
        if is_record_file(content):
            anchors = evidence_for(trust, at).trust.validator.anchors
            return answer(check_record_file(parse_record_file(content), anchors, _items()), as_json=as_json)
        if is_package(content):
            anchors = evidence_for(trust, at).trust.validator.anchors
            return answer(check_zipped_package(content, anchors, _items()), as_json=as_json)
        if is_document(content):
            return answer(_document(content, trust, status_files, at), as_json=as_json)
        found = recognise_file(content)
        identities = _identities(identity_path)
        evidence = with_status_lists(evidence_for(trust, at), (path.read_bytes() for path in status_files))
    except ElicenceError as cause:
        # Not a verdict: exit status 1 would say that the licence failed.
        place = f" ({cause.where})" if cause.where else ""
        raise click.UsageError(f"{cause.message.zh} {cause.message.en}{place}") from cause
    if isinstance(found, DocumentCode):
        return answer_print(found, evidence, at, as_json=as_json)
    return answer(
        check_alone(found, evidence, identities, policy=VerificationPolicy(), at=at), as_json=as_json
    )


def _document(
    content: bytes, trust: Path | None, status_files: tuple[Path, ...], at: datetime
) -> VerificationReport:
    evidence = with_status_lists(evidence_for(trust, at), (path.read_bytes() for path in status_files))
    read = read_document(content)
    return check_document(read, evidence, policy=VerificationPolicy(), at=at).report


def _items() -> ItemRegister:
    """Of this node: a record is checked against its item in the version of its day."""
    return load_items_with(settings_of(None).data / ITEMS_DIRECTORY)


def _identities(path: Path | None) -> IdentityTrust:
    return read_identity_trust(path or settings_of(None).data / DIRECTORY)


def _parse_instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as cause:
        raise click.BadParameter("not an RFC 3339 instant", param_hint="--at") from cause
    if at.tzinfo is None:
        raise click.BadParameter("needs a time zone, for example 2026-11-22T08:00:00Z", param_hint="--at")
    return at.astimezone(UTC)
