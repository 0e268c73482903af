"""The pages of printed sheets: the list, the form, and the sheet itself as it goes to the printer."""

from __future__ import annotations

from datetime import date, timedelta, timezone
from typing import Any, Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from standards.qr import build_qr, write_svg
from wallet.accounts.acting import Deed
from wallet.accounts.current import require_deed
from wallet.node import WalletNode, current_node
from wallet.passkeys.step_up import require_step_up
from wallet.sheets.errors import InvalidSheetError, SheetNotFoundError
from wallet.sheets.make_sheet import SheetWish, items_on_lists, make_sheet, withdraw_sheet
from wallet.showing.show_state import show_state

_CHINA: Final = timezone(timedelta(hours=8))
_USUAL: Final = timedelta(days=7)
"""How long a sheet lasts unless another day is chosen."""

blueprint = Blueprint("sheets", __name__, template_folder="templates")


@blueprint.get("/sheets")
def sheets() -> str:
    """All sheets of the wallet acted for."""
    node, holder = current_node(), require_deed(Deed.MANAGE_AGENTS)
    return render_template(
        "wallet/sheets/sheets.html", sheets=node.sheets.all_of(holder), at=node.clock.now()
    )


@blueprint.get("/sheets/new")
def ask() -> str:
    """The form."""
    return _form(request.args.to_dict(flat=False), None)


@blueprint.post("/sheets/new")
def make() -> BaseResponse:
    """Make a sheet; what was typed comes back with the error."""
    node, holder = current_node(), require_deed(Deed.MANAGE_AGENTS)
    require_step_up(_form_path())
    try:
        sheet = make_sheet(node, holder, _wish())
    except InvalidSheetError as error:
        return Response(_form(request.form.to_dict(flat=False), error), 422, mimetype="text/html")
    return redirect(url_for("sheets.sheet", sheet_id=sheet.sheet_id), code=303)


@blueprint.get("/sheets/<sheet_id>")
def sheet(sheet_id: str) -> str:
    """One sheet, made to be printed."""
    node, holder = current_node(), require_deed(Deed.MANAGE_AGENTS)
    found = node.sheets.get(holder, sheet_id)
    if found is None:
        raise SheetNotFoundError
    picture = Markup(write_svg(build_qr(found.text)))  # noqa: S704 -- drawn by us, holds no text
    return render_template("wallet/sheets/sheet.html", sheet=found, picture=picture, at=node.clock.now())


@blueprint.post("/sheets/<sheet_id>/withdrawal")
def withdraw(sheet_id: str) -> BaseResponse:
    """Withdraw a sheet at once."""
    withdraw_sheet(current_node(), require_deed(Deed.MANAGE_AGENTS), sheet_id)
    return redirect(url_for("sheets.sheet", sheet_id=sheet_id), code=303)


def _form(given: dict[str, list[str]], error: InvalidSheetError | None) -> str:
    node, holder = current_node(), require_deed(Deed.MANAGE_AGENTS)
    today = _today(node)
    return render_template(
        "wallet/sheets/new.html",
        licences=[one for one in show_state(node, holder) if one.can_show],
        items=items_on_lists(node),
        chosen=set(given.get("item", ())),
        holding_id=given.get("licence", [""])[0],
        first=given.get("first", [today.isoformat()])[0],
        last=given.get("last", [(today + _USUAL).isoformat()])[0],
        bearer_name=given.get("bearer_name", [""])[0],
        bearer_end=given.get("bearer_end", [""])[0],
        today=today.isoformat(),
        error=error,
    )


def _form_path() -> str:
    """The form with what was chosen, so that it comes back; who the bearer is never goes into an address."""
    kept: dict[str, Any] = {name: request.form.getlist(name) for name in ("licence", "item", "first", "last")}
    return url_for("sheets.ask", **kept)


def _wish() -> SheetWish:
    form = request.form
    return SheetWish(
        holding_id=form.get("licence", ""),
        items=tuple(form.getlist("item")),
        first=_day(form.get("first", ""), "/first"),
        last=_day(form.get("last", ""), "/last"),
        bearer_name=form.get("bearer_name", ""),
        bearer_end=form.get("bearer_end", ""),
    )


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidSheetError("请填写日期。", "Give a day.", where=where) from error


def _today(node: WalletNode) -> date:
    return node.clock.now().astimezone(_CHINA).date()
