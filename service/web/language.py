"""Which of the two languages a page speaks, and how it writes dates and numbers in it."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

from flask import Flask, g, has_request_context, request
from markupsafe import Markup, escape

from service.web.preference import Preference
from standards.text import Text

LANGUAGES = ("zh", "en")
LANGUAGE_COOKIE = "elicence_language"
LANGUAGE = Preference("lang", LANGUAGE_COOKIE, LANGUAGES)

BEIJING = timezone(timedelta(hours=8), "CST")
"""The one zone of the readers, without summer time; instants are kept in UTC and shown in it."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def current_language() -> str:
    """``"zh"`` or ``"en"``: by ``?lang=``, else the cookie, else ``Accept-Language``, else Chinese."""
    if not has_request_context():
        return "zh"
    chosen: str | None = g.get("language")
    if chosen is None:
        chosen = g.language = _negotiate()
    return chosen


def _negotiate() -> str:
    chosen = LANGUAGE.chosen()
    if chosen is not None:
        return chosen
    for tag in request.accept_languages.values():  # the most wanted first
        primary = tag.partition("-")[0].lower()
        if primary in LANGUAGES:
            return primary
    return "zh"


def t(zh: str, en: str) -> str:
    """The one of two sentences that the reader wants (template global and function for views)."""
    return en if current_language() == "en" else zh


def in_language(value: Text | str | None) -> str:
    """Template filter ``text``: a :class:`Text` in the reader's language; plain strings pass, ``None`` is empty."""
    if value is None:
        return ""
    return value.in_language(current_language()) if isinstance(value, Text) else value


def format_date(value: date | datetime | str | None) -> str:
    """Template filter ``date``: 2026年11月22日, or 22 Nov 2026. ISO 8601 strings are read; ``None`` is empty."""
    if value is None or value == "":
        return ""
    day = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    if isinstance(day, datetime) and day.tzinfo is not None:
        day = day.astimezone(BEIJING)
    if current_language() == "en":
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def format_moment(value: datetime | None) -> Markup:
    """Template filter ``moment``: a ``<time>`` with the day and minute in Beijing, the instant inside."""
    if value is None:
        return Markup()
    shown = value.astimezone(BEIJING)
    text = f"{format_date(shown)} {shown:%H:%M}"
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), escape(text))


def mask_number(value: str, *, first: int = 3, last: int = 4) -> str:
    """A person's number with only its ends legible; short ones show one character at each end."""
    if len(value) <= first + last:
        first = last = 1
    if len(value) <= first + last:
        return "•" * len(value)
    return value[:first] + "•" * (len(value) - first - last) + value[-last:]


def install_language(app: Flask) -> None:
    """Give every template ``t``, ``language`` and the filters ``text``, ``date``, ``moment`` and ``mask``."""
    names: dict[str, Any] = {"t": t, "current_language": current_language}
    app.jinja_env.globals.update(names)
    app.jinja_env.filters.update(
        {"text": in_language, "date": format_date, "moment": format_moment, "mask": mask_number}
    )
