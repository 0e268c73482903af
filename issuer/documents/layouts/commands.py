"""``elicence issuer layouts …``: look at layouts without a running node."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import click

from issuer.documents.faces.errors import InvalidLayoutError
from issuer.documents.faces.layout import Layout
from issuer.documents.faces.layouts import layout_of
from issuer.documents.faces.render import FaceRenderer
from issuer.documents.layouts.preview import sample_face
from issuer.documents.layouts.read_text import place_in_words, read_layout
from service.clock import SystemClock
from standards.errors import ElicenceError
from standards.licence_types import LicenceType, load_catalogue, vct_of

_NAME: Final = re.compile(r'"name"\s*:\s*"([0-9A-Z]{21})(?:-([0-9]{1,3}))?[/"]')
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_TYPE: Final = click.option(
    "--type",
    "code",
    help="Code of the licence type, or CODE-VERSION.  [default: as the layout's name begins]",
)


@click.group()
def layouts() -> None:
    """How documents are laid out: the layouts that ship, and files of your own."""


@layouts.command("list")
def list_layouts() -> None:
    """The layouts that ship: type, version, pages in millimetres, layout."""
    for licence_type in load_catalogue().versions():
        layout = layout_of(licence_type)
        sizes = ", ".join(f"{page.width:g}x{page.height:g}" for page in layout.pages)
        click.echo(
            f"{licence_type.code}  {licence_type.version}  {licence_type.name.zh}  {sizes} mm  {layout.name}"
        )


@layouts.command("check")
@click.argument("file", type=_FILE)
@_TYPE
def check(file: Path, code: str | None) -> None:
    """Say whether FILE is a layout, else what is wrong and where."""
    layout, licence_type = _read(file, code)
    blocks = sum(len(page.blocks) for page in layout.pages)
    click.echo(
        f"{licence_type.name.zh} {licence_type.name.en}, {licence_type.vct}: "
        f"{len(layout.pages)} page(s), {blocks} blocks, {layout.seals} seal(s). OK"
    )


@layouts.command("preview")
@click.argument("file", type=_FILE)
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A PDF.")
@click.option("--authority", default="某某机关（示例）", help="Name of the authority.")
@_TYPE
def preview(file: Path, out: Path, authority: str, code: str | None) -> None:
    """Draw FILE with a fictional licence: a sample, not sealed."""
    layout, licence_type = _read(file, code)
    try:
        drawn = FaceRenderer().render(sample_face(layout, licence_type, authority, SystemClock().now()))
    except ElicenceError as error:
        raise _in_words(error) from error
    out.write_bytes(drawn.pdf)
    click.echo(f"{out}: {len(drawn.pdf):,} bytes")


def _read(file: Path, code: str | None) -> tuple[Layout, LicenceType]:
    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not UTF-8 text / 不是 UTF-8 文本") from error
    licence_type = _type(text, code)
    try:
        return read_layout(text, licence_type), licence_type
    except InvalidLayoutError as error:
        raise _in_words(error) from error


def _type(text: str, code: str | None) -> LicenceType:
    if code is None:
        named = _NAME.search(text)
        if named is None:
            raise click.UsageError("Say the licence type: --type CODE or CODE-VERSION.")
        code = named[1] + (f"-{named[2]}" if named[2] else "")
    number, _, version = code.partition("-")
    catalogue = load_catalogue()
    found = catalogue.find_vct(vct_of(number, version)) if version else catalogue.find(number)
    if found is None:
        raise click.UsageError(
            f"No licence type {code} ships. `elicence issuer layouts list` names those that do."
        )
    return found


def _in_words(error: ElicenceError) -> click.ClickException:
    place = place_in_words(error.where)
    where = f" [{place.zh} / {place.en}]" if place else ""
    then = f"\n{error.next_step.zh} {error.next_step.en}" if error.next_step else ""
    return click.ClickException(f"{error.message.zh} {error.message.en}{where}{then}")
