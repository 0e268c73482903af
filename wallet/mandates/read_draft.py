"""What is typed into the form of a grant, or posted by a program, becomes a draft."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from service.web.language import BEIJING
from standards.json_reader import Reader
from standards.licence_types import load_catalogue
from standards.mandate import Scope
from wallet.accounts.acting import Capacity
from wallet.mandates.errors import InvalidGrantError
from wallet.mandates.give_grant import Draft

CAPACITIES: Final = (Capacity.MANAGER, Capacity.AGENT, Capacity.RELATIVE)
_DEFAULT_TYPE: Final = "111"


def draft_of_json(body: Any, at: datetime) -> Draft:
    """The draft in the body of a program's call; raises ``InvalidGrantError`` or the reader's error."""
    reader = Reader(body, error=InvalidGrantError)
    person, scope = reader.object("person"), reader.optional_object("scope")
    limits: dict[str, Sequence[str]] = {}
    for name in ("licence_types", "service_items", "divisions") if scope is not None else ():
        assert scope is not None
        limits[name] = scope.optional_texts(name, max_chars=64, min_items=1, max_items=64) or ()
    uses = None if scope is None else scope.optional_integer("uses", minimum=1, maximum=100_000)
    return _draft(
        Capacity(reader.choice("capacity", tuple(CAPACITIES))),
        name=person.text("name", max_chars=100),
        code_type=person.optional_text("code_type", max_chars=3) or _DEFAULT_TYPE,
        number=person.text("number", max_chars=40),
        limits=limits,
        uses=uses,
        first_day=reader.optional_text("from", max_chars=10) or "",
        last_day=reader.text("until", max_chars=10),
        at=at,
    )


def draft_of_form(form: MultiDict[str, str], at: datetime) -> Draft:
    """The draft in a page's form; raises ``InvalidGrantError``."""
    if form.get("capacity") not in {one.value for one in CAPACITIES}:
        raise InvalidGrantError("请选择身份。", "Choose as what the person acts.", where="/capacity")
    full = form.get("reach") != "limited"
    limits: dict[str, Sequence[str]] = {
        name: () if full else form.getlist(name) for name in ("licence_types", "service_items", "divisions")
    }
    uses = "" if full else form.get("uses", "").strip()
    if uses and not (uses.isascii() and uses.isdigit() and 1 <= int(uses[:7]) <= 100_000):
        raise InvalidGrantError("请填写次数。", "Enter a number of uses.", where="/uses")
    if not full and not uses and not any(limits.values()):
        raise InvalidGrantError(
            "请至少选择一项限制，或选择“全部”。",
            "Choose at least one limit, or “everything”.",
            where="/reach",
        )
    return _draft(
        Capacity(form["capacity"]),
        name=form.get("name", ""),
        code_type=_DEFAULT_TYPE,
        number=form.get("number", ""),
        limits=limits,
        uses=int(uses) if uses else None,
        first_day=form.get("from", ""),
        last_day=form.get("until", ""),
        at=at,
    )


def _draft(
    capacity: Capacity,
    *,
    name: str,
    code_type: str,
    number: str,
    limits: dict[str, Sequence[str]],
    uses: int | None,
    first_day: str,
    last_day: str,
    at: datetime,
) -> Draft:
    known = {kind.code for kind in load_catalogue()}
    for code in limits.get("licence_types", ()):
        if code not in known:
            raise InvalidGrantError(
                "没有这种证照类型。", "There is no such licence type.", where="/licence_types"
            )
    scope = Scope(
        frozenset(limits.get("licence_types", ())) or None,
        frozenset(limits.get("service_items", ())) or None,
        frozenset(limits.get("divisions", ())) or None,
        uses,
    )
    today = at.astimezone(BEIJING).date()
    first = _day(first_day, "/from") if first_day else today
    begins = at.replace(microsecond=0) if first == today else _midnight(first)
    # The last day counts whole, in China.
    ends = _midnight(_day(last_day, "/until") + timedelta(days=1))
    return Draft(capacity, name, code_type, number, scope, begins, ends)


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidGrantError("请填写日期。", "Enter a date.", where=where) from error


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BEIJING)
