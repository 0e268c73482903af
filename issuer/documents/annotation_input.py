"""What somebody who asks for a per-use copy has to say: for what, for whom, until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from issuer.documents.errors import InvalidAnnotationError
from issuer.documents.policy import SealPolicy
from issuer.library.licence import CHINA_TIME
from standards.documents.annotation import MAX_PURPOSE_CHARS, MAX_RECIPIENT_CHARS
from standards.single_line import is_single_line
from standards.text import Text


@dataclass(frozen=True, slots=True)
class AnnotationInput:
    """Purpose, recipient and end of a per-use copy, checked."""

    purpose: str
    recipient: str
    expires_at: datetime


def parse_annotation_input(given: Mapping[str, str], policy: SealPolicy, *, at: datetime) -> AnnotationInput:
    """Read ``purpose``, ``recipient`` and ``expires_at`` (an instant with its zone, or a day; as the policy says unless given).

    Raises:
        InvalidAnnotationError: something is missing, too long, past, or further ahead than the policy lets it be.
    """
    return AnnotationInput(
        _line(given, "purpose", Text("用途", "purpose"), MAX_PURPOSE_CHARS),
        _line(given, "recipient", Text("使用方", "recipient"), MAX_RECIPIENT_CHARS),
        _end(given.get("expires_at", "").strip(), policy, at),
    )


def _line(given: Mapping[str, str], name: str, label: Text, longest: int) -> str:
    text = given.get(name, "").strip()
    if not text:
        raise InvalidAnnotationError(
            f"加注件应写明{label.zh}。", f"A copy says its {label.en}; it is missing.", where=name
        )
    if len(text) > longest or not is_single_line(text):
        raise InvalidAnnotationError(
            f"{label.zh}应为一行文字，不超过 {longest} 个字符。",
            f"The {label.en} is one line of at most {longest} characters.",
            where=name,
        )
    return text


def _end(text: str, policy: SealPolicy, at: datetime) -> datetime:
    if not text:
        return at + timedelta(days=policy.copy_days)
    end = _instant(text)
    if end is None:
        raise InvalidAnnotationError(
            "截止时间应为日期（YYYY-MM-DD）或带时区的时刻。",
            "The end is a day, YYYY-MM-DD, or an instant with its zone.",
            where="expires_at",
        )
    if not at < end <= at + policy.longest_copy:
        raise InvalidAnnotationError(
            f"截止时间应在今后 {policy.longest_copy_days} 天之内。",
            f"The end lies in the future, within {policy.longest_copy_days} days.",
            where="expires_at",
        )
    return end


def _instant(text: str) -> datetime | None:
    try:
        end = datetime.fromisoformat(text)
        if len(text) == len("2026-01-01"):
            # The last day counts in full, by the country's time; the page prints the day of this instant.
            end = datetime.combine(end.date(), time(23, 59, 59), CHINA_TIME)
        return end.astimezone(UTC) if end.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
