"""The pages on which a wallet is moved out, put back, and moved in."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from standards.text import Text
from wallet.accounts.acting import Deed
from wallet.accounts.current import require_deed
from wallet.moving.errors import MovingError
from wallet.moving.export_wallet import export_wallet, undo_export
from wallet.moving.import_wallet import import_wallet
from wallet.moving.sealed_file import LEAST_CHARS, MAX_BYTES
from wallet.node import current_node
from wallet.passkeys.errors import StepUpRequiredError
from wallet.passkeys.step_up import require_step_up

blueprint = Blueprint("moving", __name__, template_folder="templates")

_FILE_NAME: Final = "wallet.elicence"


@blueprint.get("/move")
def move() -> str:
    """What moving means, the form to move out, and the form to move in."""
    return _page()


@blueprint.post("/move")
def move_out() -> BaseResponse:
    """The file."""
    node, holder = current_node(), require_deed(Deed.EXPORT)
    require_step_up(url_for("moving.move"))
    try:
        file = export_wallet(node, holder, request.form.get("passphrase", ""), request.form.get("again", ""))
    except MovingError as error:
        return Response(_page(out_error=error.message), 422, mimetype="text/html")
    headers = {"Content-Disposition": f'attachment; filename="{_FILE_NAME}"'}
    return Response(file, mimetype="application/octet-stream", headers=headers)


@blueprint.post("/move/undo")
def undo() -> BaseResponse:
    """Put back what was moved out."""
    undo_export(current_node(), require_deed(Deed.EXPORT))
    return redirect(url_for("licences.home"), code=303)


@blueprint.post("/move/in")
def move_in() -> BaseResponse | str:
    """Take in a file; the page tells what came of each licence."""
    node, holder = current_node(), require_deed(Deed.RECEIVE)
    upload = request.files.get("file")
    data = b"" if upload is None else upload.stream.read(MAX_BYTES + 1)
    try:
        imported = import_wallet(node, holder, data, request.form.get("opening", ""))
    except MovingError as error:
        return Response(_page(in_error=error.message), 422, mimetype="text/html")
    return render_template("wallet/moving/moved_in.html", imported=imported)


def _page(out_error: Text | None = None, in_error: Text | None = None) -> str:
    node, holder = current_node(), require_deed(Deed.VIEW)
    return render_template(
        "wallet/moving/move.html",
        out_error=out_error,
        in_error=in_error,
        count=len(node.holdings.all_of(holder)),
        moved=node.holdings.count_moved(holder, node.clock.now()),
        may_export=holder.acting.is_self and holder.acting.may(Deed.EXPORT),
        least=LEAST_CHARS,
        proved=_has_proved(),
    )


def _has_proved() -> bool:
    """Whether the form to move out would be taken now: a passphrase that was typed is not carried past a sign-in."""
    try:
        require_step_up(url_for("moving.move"))
    except StepUpRequiredError:
        return False
    return True
