"""A scanned code or sheet, arranged for a clerk: the face, three facts, who holds it, what it is for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from service.type_feed import TypeFeed
from standards.licence_types import shown_image
from standards.licence_types.described_type import describe_vct
from standards.show_code.acting import NUMBER_END_CHARS
from standards.text import Text
from standards.verification_report import Indication
from verifier.checking.acting_findings import CAPACITY_NAMES
from verifier.checking.checked_code import CheckedCode
from verifier.checking.step_5_validity import CHINA_TIME
from verifier.items import load_items
from verifier.scanning.harmless import harmless
from verifier.window.describe_shown import with_description
from verifier.window.presentation import Answer
from verifier.window.receive_response import shown_licence
from verifier.window.shown_view import ClaimRow, LicenceView, view_licences
from verifier.window.verdict import Verdict, verdict_of

_REDEEMED = Text(
    "证照真实有效，已由持证人的钱包核销。请对照照片核对本人。",
    "The licence is genuine and valid, and its code was redeemed. Compare the face.",
)
_NO_FACE = Text(
    "证照真实有效，已由持证人的钱包核销。没有照片，请核对身份证件。",
    "The licence is genuine and valid, and its code was redeemed. There is no photograph: compare the identity document.",
)
_NOT_REDEEMED = Text(
    "证照真实有效，但未能核销：不能保证此码只使用一次。请核对持证人的身份证件。",
    "The licence is genuine and valid, but its code was not redeemed and may have been used elsewhere. Compare the "
    "person's identity document.",
)
_SHEET = Text(
    "证照真实有效，纸质凭证有效。请核对出示人的身份证件。",
    "The licence is genuine and valid, and the sheet is good. Compare the person's identity document.",
)
_MAX_NAME_CHARS = 200
_NUMBER_END = Text("证件号码末四位", "Last four of the number")


@dataclass(frozen=True, slots=True)
class CodeView:
    """What a clerk reads.

    Attributes:
        is_sheet: a printed sheet, not a phone.
        portrait: ``data:`` URI of the face, or ``None``.
        holder, licence, valid_until: the three facts; ``valid_until`` an ISO date, or ``None`` when long term.
        shown_by: who holds it when that is not the holder, or ``None``.
        number_end: last four of that person's number.
        items: names of the items that a sheet is for.
        expires_at: end of a sheet.
    """

    is_sheet: bool
    portrait: str | None
    holder: str
    licence: Text | None
    valid_until: str | None
    shown_by: Text | None
    number_end: str
    items: tuple[Text, ...]
    expires_at: datetime | None


def view_code(checked: CheckedCode) -> CodeView:
    """``checked`` in words."""
    licence, who = checked.licence, checked.shown_by
    claims = licence.claims if licence else {}
    known = describe_vct(licence.vct) if licence else None
    return CodeView(
        is_sheet=checked.kind == "sheet",
        portrait=shown_image(checked.portrait) if checked.portrait else None,
        holder=harmless(str(claims.get("holder_name", "")), max_chars=_MAX_NAME_CHARS),
        licence=known.name if known else None,
        valid_until=claims.get("valid_until"),
        shown_by=None
        if who is None
        else Text(
            f"{harmless(who.name)}（{CAPACITY_NAMES[who.capacity].zh if who.capacity else '代交人'}）",
            f"{harmless(who.name)} ({CAPACITY_NAMES[who.capacity].en if who.capacity else 'may hand it over'})",
        ),
        number_end=who.number_end if who else "",
        items=tuple(_item_name(code) for code in checked.items),
        expires_at=checked.expires_at.astimezone(CHINA_TIME) if checked.expires_at else None,
    )


def view_compact(checked: CheckedCode) -> tuple[LicenceView, ...]:
    """The compact licence under its labels. Of a person's number it holds the last four only: they are named so, and not
    masked once more.
    """
    licence = checked.licence
    if licence is None:
        return ()
    short = licence.claims.get("holder_number")
    whole = not isinstance(short, str) or len(short) > NUMBER_END_CHARS
    views = view_licences({"": (shown_licence(licence),)})
    if whole:
        return views
    return tuple(
        replace(
            view,
            rows=tuple(
                ClaimRow(_NUMBER_END, row.value, None) if row.masked and row.value == short else row
                for row in view.rows
            ),
        )
        for view in views
    )


def verdict_of_code(checked: CheckedCode) -> Verdict:
    """The verdict in one sentence."""
    if checked.report.indication is not Indication.PASSED:
        return verdict_of(checked.report.to_json())
    if checked.kind == "sheet":
        return Verdict("PASSED", _SHEET, None)
    if not checked.redeemed:
        return Verdict("PASSED", _NOT_REDEEMED, None)
    return Verdict("PASSED", _REDEEMED if checked.portrait else _NO_FACE, None)


def answer_of_code(
    checked: CheckedCode, types: TypeFeed, at: datetime, lists: tuple[dict[str, Any], ...]
) -> Answer:
    """A redeemed code as the answer to a request that waited for one; ``lists`` as noted for the record."""
    return Answer(
        report=checked.report.to_json(),
        lists=lists,
        licences={
            query: tuple(with_description(shown_licence(one), types) for one in licences)
            for query, licences in checked.presented.items()
        },
        vp_token=checked.vp_token,
        response_code=None,
        received_at=at,
    )


def _item_name(code: str) -> Text:
    known = load_items().find(code)
    return known.name if known else Text(code, code)
