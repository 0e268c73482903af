"""Commands with which an operator makes this wallet service a listed wallet provider."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.command_line import settings_option

if TYPE_CHECKING:
    from keys.software_store import SoftwareKeyStore
    from service.settings import Settings

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("request-certificate")
@click.option("--uscc", required=True, help="Unified social credit code of the wallet's operator.")
@click.option("--name-zh", required=True, help="Its Chinese name, as it shall stand in the certificate.")
@click.option("--division", required=True, help="Division code of its region, 6 digits.")
@click.option("--out", required=True, type=_FILE, help="Where to write the certificate request (PEM).")
@settings_option
def request_certificate(*, settings: Settings, uscc: str, name_zh: str, division: str, out: Path) -> None:
    """Make this wallet service's own key, and write a certificate request for its region's registrar.

    The registrar answers with: elicence issuer trust certify REQUEST --role wallet_provider …
    """
    from wallet.provider.enrol_provider import request_certificate as request

    pem = request(
        _keys(settings), name_zh=name_zh, uscc=uscc, division=division, wallet_url=settings.wallet_url
    )
    out.write_text(pem, "ascii")
    click.echo(f"{uscc}: 证书请求已写入 {out} · certificate request in {out}; next: install-certificate")


@click.command("install-certificate")
@click.option(
    "--certificate",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificate chain (PEM), leaf first.",
)
@settings_option
def install_certificate(settings: Settings, certificate: Path) -> None:
    """Install the certificate that the registrar issued; takes effect at once, also in running processes."""
    from wallet.provider.enrol_provider import install_certificate as install

    subject = install(_keys(settings), certificate.read_bytes())
    click.echo(f"{subject.uscc} {subject.name}: 证书已安装 · certificate installed")


@click.command("new-status-lists")
@settings_option
def new_status_lists(settings: Settings) -> None:
    """Give entries out of new status lists from now on: after the store was restored with its own tools.

    `elicence restore` does this by itself. Run it while the wallet is stopped.
    """
    from wallet.provider.after_restore import begin_new_lists

    closed = begin_new_lists(settings)
    click.echo(f"已关闭 {closed} 个状态列表 · {closed} lists closed; new entries come out of new ones")


def _keys(settings: Settings) -> SoftwareKeyStore:
    from keys.master_key import MasterKey
    from keys.software_store import SoftwareKeyStore

    return SoftwareKeyStore(settings.keys_directory, MasterKey.load(settings.master_key_file))
