"""Whose identity codes are believed: ``elicence verifier identity-issuers check|add|list|remove``."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from keys.private_files import make_private_directory, replace_private_file
from service.clock import SystemClock
from service.command_line import settings_option
from service.settings import Settings
from standards.errors import InvalidInputError
from verifier.identity_codes.errors import UnknownIdentityIssuerError
from verifier.identity_codes.register import DIRECTORY, issuer_files
from verifier.identity_codes.trusted_issuer import MAX_FILE_BYTES, TrustedIssuer, parse_trusted_issuer

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("identity-issuers")
def identity_issuers() -> None:
    """Issuers of identity codes (CWT Claim 169) whose codes are believed at this node's windows. 身份码签发方。"""


@identity_issuers.command("check")
@click.argument("file", type=_FILE)
def check(file: Path) -> None:
    """Say what a file would make this node believe, without taking it."""
    _print(_read(file))


@identity_issuers.command("add")
@click.argument("file", type=_FILE)
@settings_option
def add(*, settings: Settings, file: Path) -> None:
    """Take a file into this node, in the place of the one about the same issuer. Windows know it at the next scan."""
    issuer = _read(file)
    directory = settings.data / DIRECTORY
    make_private_directory(directory)
    # By the issuer's name: one file for each issuer, whatever the file was called.
    target = directory / f"{hashlib.sha256(issuer.issuer.encode()).hexdigest()[:24]}.json"
    for other in _files_of(directory, issuer.issuer):
        if other != target:
            other.unlink()
    replace_private_file(target, file.read_bytes())
    _print(issuer)


@identity_issuers.command("list")
@settings_option
def list_issuers(*, settings: Settings) -> None:
    """Print the issuers, their keys, and until when each entry was checked; a wrong file says what is wrong in it."""
    for file in issuer_files(settings.data / DIRECTORY):
        try:
            _print(_read(file))
        except InvalidInputError as cause:
            click.secho(f"{file.name}: {cause.message.zh} {cause.message.en} {cause.where or ''}", fg="red")


@identity_issuers.command("remove")
@click.argument("issuer")
@settings_option
def remove(*, settings: Settings, issuer: str) -> None:
    """Believe an issuer no longer. ISSUER as `list` prints it."""
    files = _files_of(settings.data / DIRECTORY, issuer)
    if not files:
        raise UnknownIdentityIssuerError("没有登记这个签发方。", "There is no entry about this issuer.")
    for file in files:
        file.unlink()


def _files_of(directory: Path, issuer: str) -> list[Path]:
    found = []
    for file in issuer_files(directory):
        try:
            if _read(file).issuer == issuer:
                found.append(file)
        except InvalidInputError:
            continue
    return found


def _read(file: Path) -> TrustedIssuer:
    with file.open("rb") as opened:
        return parse_trusted_issuer(opened.read(MAX_FILE_BYTES + 1))


def _print(issuer: TrustedIssuer) -> None:
    at = SystemClock().now()
    stale = "" if at < issuer.checked_until else "（已过期 overdue）"
    click.echo(
        f"{issuer.issuer}  {issuer.name.zh} · {issuer.name.en}  → {issuer.checked_until.date()}{stale}"
    )
    for key in issuer.keys:
        kid = "–" if key.key_id is None else key.key_id.decode("utf-8", "backslashreplace")
        until = key.until.date() if key.until else "–"
        sign = "✓" if key.serves(at) else "✗"
        click.echo(f"  {sign} kid {kid}  {type(key.key).__name__.strip('_')}  {key.since.date()} → {until}")
