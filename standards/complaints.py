"""Complaints about a use of a licence, between a wallet and a department's desk (R38): our own small protocol.

``POST {desk}`` files one, ``GET {desk}/{id}`` tells how it stands, ``POST {desk}/{id}/withdrawal`` and ``…/closure``
end it. The wallet makes the token that it later shows as a bearer token, so that filing may be repeated safely. Who
complains need not say who they are: that they know the request's own word (``proof``) shows that they were party to it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from standards.errors import InvalidInputError
from standards.jose import b64url_encode
from standards.json_reader import Reader
from standards.single_line import is_paragraph, is_single_line
from standards.text import Text

MAX_WORDS: Final = 2_000
"""Longest complaint or answer, in characters."""


class InvalidComplaintError(InvalidInputError):
    """A complaint, or a desk's answer, that is not of the shape."""

    code = "invalid-complaint"


class Cause(StrEnum):
    """What a complaint is about."""

    NOT_ME = "not-me"
    TOO_MUCH = "too-much"
    NO_CONSENT = "no-consent"
    OTHER_USE = "other-use"
    NOT_ACCEPTED = "not-accepted"
    WRONG_DATA = "wrong-data"
    OTHER = "other"


CAUSE_NAMES: Final[Mapping[Cause, Text]] = {
    Cause.NOT_ME: Text("不是我本人操作的", "It was not me"),
    Cause.TOO_MUCH: Text("索取的信息超出需要", "They asked for more than needed"),
    Cause.NO_CONSENT: Text("未经同意或没有依据", "Without consent or ground"),
    Cause.OTHER_USE: Text("信息被用于其他目的", "Used for something else"),
    Cause.NOT_ACCEPTED: Text("不认电子证照，仍要求纸质材料", "They wanted paper all the same"),
    Cause.WRONG_DATA: Text("证照信息有误", "What the licence says is wrong"),
    Cause.OTHER: Text("其他", "Something else"),
}


class ComplaintState(StrEnum):
    """Where a complaint stands at the desk."""

    RECEIVED = "received"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


STATE_NAMES: Final[Mapping[ComplaintState, Text]] = {
    ComplaintState.RECEIVED: Text("已受理，等待答复", "Received, answer awaited"),
    ComplaintState.ANSWERED: Text("已答复", "Answered"),
    ComplaintState.CLOSED: Text("已办结", "Closed"),
    ComplaintState.WITHDRAWN: Text("已撤回", "Withdrawn"),
}


class Finding(StrEnum):
    """What the department found."""

    UPHELD = "upheld"
    PARTLY = "partly"
    NOT_UPHELD = "not-upheld"


FINDING_NAMES: Final[Mapping[Finding, Text]] = {
    Finding.UPHELD: Text("投诉成立，已纠正", "Upheld and put right"),
    Finding.PARTLY: Text("部分成立", "Upheld in part"),
    Finding.NOT_UPHELD: Text("投诉不成立", "Not upheld"),
}


@dataclass(frozen=True, slots=True)
class Filing:
    """A complaint as it is sent.

    Attributes:
        department: unified social credit code of who is complained about.
        reference: the department's own name of the request or the use.
        proof: the word that only the two sides know; empty where there is none.
        token: bearer token for later, made by the wallet.
        number: receipt number at the wallet.
        cause: what it is about.
        words: in the complainant's words; may be empty.
        contact: how to reach them, or empty.
        used_at: when the use was.
    """

    department: str
    reference: str
    proof: str = field(repr=False)
    token: str = field(repr=False)
    number: str
    cause: Cause
    words: str
    contact: str
    used_at: datetime

    def to_json(self) -> dict[str, Any]:
        """The body of the request."""
        return {
            "department": self.department,
            "reference": self.reference,
            "proof": self.proof,
            "token": self.token,
            "number": self.number,
            "cause": self.cause.value,
            "words": self.words,
            "contact": self.contact,
            "used_at": self.used_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """How a complaint stands, as its desk tells it.

    Attributes:
        complaint_id: at the desk.
        state: where it stands.
        received_at: when it came.
        answer_by: until when the desk answers.
        finding: what was found; ``None`` before the answer.
        answer: the department's words; empty before.
        answered_at: when, or ``None``.
    """

    complaint_id: str
    state: ComplaintState
    received_at: datetime
    answer_by: datetime
    finding: Finding | None = None
    answer: str = ""
    answered_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """The desk's answer."""
        return {
            "id": self.complaint_id,
            "state": self.state.value,
            "received_at": self.received_at.isoformat(),
            "answer_by": self.answer_by.isoformat(),
            **({} if self.finding is None else {"finding": self.finding.value}),
            **({} if self.answered_at is None else {"answered_at": self.answered_at.isoformat()}),
            "answer": self.answer,
        }


def parse_filing(body: Any) -> Filing:
    """Read a complaint.

    Raises:
        InvalidComplaintError: with the place of the first rule that is broken.
    """
    reader = Reader(body, error=InvalidComplaintError)
    return Filing(
        department=reader.text("department", max_chars=18),
        reference=reader.text("reference", max_chars=500),
        proof=reader.text("proof", min_chars=0, max_chars=500),
        token=reader.text("token", min_chars=32, max_chars=100),
        number=_line(reader, "number", 40),
        cause=Cause(reader.choice("cause", tuple(Cause))),
        words=check_words(reader, "words", min_chars=0),
        contact=_line(reader, "contact", 100, min_chars=0),
        used_at=reader.iso_instant("used_at"),
    )


def parse_standing(body: Any) -> Standing:
    """Read what a desk tells; untrusted.

    Raises:
        InvalidComplaintError: it is not of the shape.
    """
    reader = Reader(body, error=InvalidComplaintError)
    finding = reader.optional_choice("finding", tuple(Finding))
    state = ComplaintState(reader.choice("state", tuple(ComplaintState)))
    answered_at = reader.optional_iso_instant("answered_at")
    if state is ComplaintState.ANSWERED and (finding is None or answered_at is None):
        raise reader.fail("finding", "答复缺少结论。", "An answer says what was found.")
    return Standing(
        complaint_id=reader.text("id", max_chars=100),
        state=state,
        received_at=reader.iso_instant("received_at"),
        answer_by=reader.iso_instant("answer_by"),
        finding=None if finding is None else Finding(finding),
        answer=check_words(reader, "answer", min_chars=0),
        answered_at=answered_at,
    )


def check_words(reader: Reader, name: str, *, min_chars: int = 1) -> str:
    """Somebody's words: paragraphs without control or direction characters, without blanks around them."""
    words = reader.text(name, min_chars=0, max_chars=MAX_WORDS).replace("\r\n", "\n").strip()
    if not is_paragraph(words):
        raise reader.fail(name, "含有不可打印的字符。", "It has characters that cannot be printed.")
    if len(words) < min_chars:
        raise reader.fail(name, "请填写内容。", "Something has to be written here.")
    return words


def token_digest(token: str) -> str:
    """What a desk keeps of a token."""
    return b64url_encode(hashlib.sha256(token.encode()).digest())


def _line(reader: Reader, name: str, max_chars: int, *, min_chars: int = 1) -> str:
    text = reader.text(name, min_chars=min_chars, max_chars=max_chars)
    if not is_single_line(text):
        raise reader.fail(name, "含有不可打印的字符。", "It has characters that cannot be printed.")
    return text
