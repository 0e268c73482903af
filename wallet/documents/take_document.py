"""The person has a licence made into a sealed PDF for one use: for whom, what for, until when, stands on every page of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from service.outbound import OutboundError, OutboundResponse
from standards.documents.annotation import MAX_PURPOSE_CHARS, MAX_RECIPIENT_CHARS
from standards.errors import InvalidInputError
from standards.json_reader import Reader
from standards.legal_basis import parse_plain_text
from standards.single_line import is_single_line
from standards.text import Text
from wallet.accounts.account import Holder
from wallet.accounts.acting import Deed
from wallet.documents.errors import DocumentRefusedError, InvalidDocumentOrderError, NoDocumentsError
from wallet.history.entry import Entry, EntryKind, new_entry_id
from wallet.history.log_filter import CHINA_TIME
from wallet.holdings.holding import Face
from wallet.node import WalletNode
from wallet.receiving.errors import IssuerAnswerError
from wallet.receiving.issuer_exchange import talking_to
from wallet.refreshing.licence_access import licence_access

LONGEST: Final = timedelta(days=365)
USUAL: Final = timedelta(days=30)

_PDF: Final = b"%PDF-"
_FAILED: Final = Text("没有说明原因。", "It gave no reason.")


@dataclass(frozen=True, slots=True)
class DocumentOrder:
    """What the document is for.

    Attributes:
        purpose: what for, one line.
        recipient: for whom, one line.
        last_day: on which it is good, in the country's time.
    """

    purpose: str
    recipient: str
    last_day: date


@dataclass(frozen=True, slots=True)
class TakenDocument:
    """A document as the issuer made it.

    Attributes:
        pdf: the file.
        document_id: as it stands on its page, or empty.
        type_name: of the licence.
    """

    pdf: bytes
    document_id: str
    type_name: Text


def parse_document_order(given: Mapping[str, str], at: datetime) -> DocumentOrder:
    """Read ``purpose``, ``recipient`` and ``last_day`` (YYYY-MM-DD).

    Raises:
        InvalidDocumentOrderError: names the field.
    """
    return DocumentOrder(
        _line(given, "purpose", Text("用途", "purpose"), MAX_PURPOSE_CHARS),
        _line(given, "recipient", Text("使用单位", "recipient"), MAX_RECIPIENT_CHARS),
        _last_day(given.get("last_day", "").strip(), at.astimezone(CHINA_TIME).date()),
    )


def take_document(node: WalletNode, holder: Holder, holding_id: str, order: DocumentOrder) -> TakenDocument:
    """Ask the issuer, and note it in the log (four durable writes). Nothing of the document is kept.

    Raises:
        DeedNotAllowedError: who acts shows licences only as far as a grant says; a file would go further.
        LicenceNotFoundError, NoAccessError, LicenceBusyError: no access to the issuer.
        NoDocumentsError, DocumentRefusedError: it makes none, or not this one.
        IssuerUnreachableError, IssuerAnswerError, IssuerAddressError: try again later.
    """
    holder.require(Deed.TAKE_DOCUMENT)
    access = licence_access(node, holder, holding_id)
    endpoint = access.server.document_endpoint
    if endpoint is None:
        raise NoDocumentsError
    body = {
        "purpose": order.purpose,
        "recipient": order.recipient,
        "expires_at": order.last_day.isoformat(),
    }
    with talking_to(endpoint):
        answer = node.issuer_client.post_with_token(endpoint, body, access.token)
    if answer.status != 200:
        raise _refused(answer)
    if answer.media_type != "application/pdf" or not answer.body.startswith(_PDF):
        raise IssuerAnswerError(
            "发证机构返回的不是 PDF 文件。", "What the issuer answered is no PDF document."
        )
    taken = TakenDocument(answer.body, _document_id(answer), access.holding.face.type_name)
    node.use_log.append(holder, _entry(access.holding.face, holding_id, order, node.clock.now()))
    return taken


def _line(given: Mapping[str, str], name: str, label: Text, longest: int) -> str:
    text = given.get(name, "").strip()
    if not text:
        raise InvalidDocumentOrderError(
            f"请填写{label.zh}。", f"Say the {label.en}: it is missing.", where=name
        )
    if len(text) > longest or not is_single_line(text):
        raise InvalidDocumentOrderError(
            f"{label.zh}应为一行文字，不超过 {longest} 个字。",
            f"The {label.en} is one line of at most {longest} characters.",
            where=name,
        )
    return text


def _last_day(text: str, today: date) -> date:
    if not text:
        return today + USUAL
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not today <= day <= today + LONGEST:
        raise InvalidDocumentOrderError(
            "最后有效日应在今天和一年之内。",
            "The last day lies between today and a year from now.",
            where="last_day",
        )
    return day


def _refused(answer: OutboundResponse) -> DocumentRefusedError:
    """What our issuers say for the person to read (RFC 9457 with both languages); anything else says nothing."""
    try:
        reader = Reader(answer.json())
        told, further = parse_plain_text(reader, "message"), _optional(reader, "next")
    except (OutboundError, InvalidInputError):
        told, further = None, None
    return DocumentRefusedError(told or _FAILED, further)


def _optional(reader: Reader, name: str) -> Text | None:
    present: Any = reader.any(name) if name in reader else None
    return None if present is None else parse_plain_text(reader, name)


def _document_id(answer: OutboundResponse) -> str:
    text = answer.headers.get("document-id", "")
    return text if text.isascii() and text.isprintable() and len(text) <= 80 else ""


def _entry(face: Face, holding_id: str, order: DocumentOrder, at: datetime) -> Entry:
    until, name = order.last_day.isoformat(), face.type_name
    return Entry(
        entry_id=new_entry_id(),
        at=at,
        kind=EntryKind.DOCUMENT_TAKEN,
        about=holding_id,
        party=face.issuer_name,
        licences=(name,),
        holdings=(holding_id,),
        purpose=Text(order.purpose, order.purpose),
        told=Text(
            f"制作了{name.zh}的 PDF 加注件，给“{order.recipient}”，用途“{order.purpose}”，有效至 {until}。",
            f"You had a PDF copy of your {name.en} made for “{order.recipient}”, purpose “{order.purpose}”, good until {until}.",
        ),
    )
