"""What a time-stamp authority answered, read with distrust (RFC 3161 sections 2.2 and 2.4.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from asn1crypto import cms, core, tsp

from keys.errors import TimeStampError
from keys.timestamp.question import TimeStampQuestion
from standards.text import Text


@dataclass(frozen=True, slots=True)
class TimeStampToken:
    """A token whose form was read; its signature is not checked here.

    Attributes:
        der: the ContentInfo, as it is embedded into a signature or a document.
        at: the instant it claims, aware UTC.
        policy: OID of the policy.
        certificates: DER, as sent along.
    """

    der: bytes = field(repr=False)
    at: datetime
    policy: str
    certificates: tuple[bytes, ...] = field(repr=False)


class TimeStampAnswer(core.Sequence):  # type: ignore[misc]
    """TimeStampResp as section 2.4.2 has it; the library forgot that a rejection comes without a token."""

    _fields: ClassVar = [
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


def parse_answer(answer_der: bytes, question: TimeStampQuestion) -> TimeStampToken:
    """The token of an answer to this very question.

    Raises:
        TimeStampError: a rejection (with the authority's words), an answer to another question, or no answer at all.
    """
    try:
        answer = TimeStampAnswer.load(answer_der, strict=True)
        status = str(answer["status"]["status"].native)
        if status not in {"granted", "granted_with_mods"}:
            raise _refused(answer["status"])
        token_der = answer["time_stamp_token"].dump()
        info, token = _read(token_der)
        same = (
            info["message_imprint"]["hash_algorithm"]["algorithm"].native == "sha256"
            and info["message_imprint"]["hashed_message"].native == question.digest
            and info["nonce"].native == question.nonce
        )
    except (ValueError, TypeError, KeyError) as cause:
        raise _unreadable() from cause
    if not same:
        raise TimeStampError(
            "时间戳服务答复的不是所问的内容。", "The time-stamp service answered another question."
        )
    return token


def parse_token(token_der: bytes) -> TimeStampToken:
    """Read a token as embedded somewhere.

    Raises:
        TimeStampError: it is none.
    """
    try:
        return _read(token_der)[1]
    except (ValueError, TypeError, KeyError) as cause:
        raise _unreadable() from cause


def _read(token_der: bytes) -> tuple[tsp.TSTInfo, TimeStampToken]:
    signed = cms.ContentInfo.load(token_der, strict=True)["content"]
    if signed["encap_content_info"]["content_type"].native != "tst_info":
        raise ValueError("no TSTInfo")
    info = signed["encap_content_info"]["content"].parsed
    certificates = tuple(one.chosen.dump() for one in signed["certificates"] or ())
    return info, TimeStampToken(token_der, info["gen_time"].native, str(info["policy"].native), certificates)


def _refused(status: Any) -> TimeStampError:
    words = "; ".join(str(line) for line in status["status_string"].native or ())[:200]
    return TimeStampError(
        "时间戳服务拒绝了请求。",
        "The time-stamp service refused.",
        next_step=Text(words, words) if words else None,
    )


def _unreadable() -> TimeStampError:
    return TimeStampError(
        "时间戳服务的答复无法读取。", "What the time-stamp service answered cannot be read."
    )
