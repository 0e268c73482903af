"""``elicence issuer trust …`` and ``elicence issuer authority …``: what an operator of the registrar types."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from cryptography.hazmat.primitives.hashes import SHA256

from issuer.catalogue.store import CatalogueStore
from issuer.catalogue.type_version import VersionState
from issuer.registrar.certify_directory import certify_directory
from issuer.registrar.certify_relying_party import certify_relying_party
from issuer.registrar.ensure_authority import ensure_authority
from issuer.registrar.ensure_publishers import ensure_nation, ensure_region
from issuer.registrar.ensure_seal import ensure_sealing_key, ensure_time_stamp_authority
from issuer.registrar.errors import InvalidRegistrationError
from issuer.registrar.publish import publish, publish_all
from issuer.registrar.registrar import Registrar, authority_key, list_key, open_registrar
from issuer.registrar.store import RegistrarStore
from issuer.registrar.withdraw import withdraw
from keys.certificates import RevocationReason, load_certificate
from keys.master_key import MasterKey
from keys.software_store import SoftwareKeyStore
from keys.trust_list import NATION, Role, ServiceItem
from service.clock import SystemClock
from service.command_line.settings_option import settings_option
from service.settings import Settings
from service.store import connect
from standards.licence_types import load_catalogue
from standards.text import Text

_LEVELS = ("nation", "province", "city", "county", "township", "other")
_KEPT_BY_OTHERS = [role.value for role in Role if role not in {Role.ISSUER, Role.SEAL}]


@click.group()
def trust() -> None:
    """Nation, regions, relying parties and their signed lists."""


@trust.command("nation")
@click.option("--name-zh", required=True, help="Chinese name; goes into the root certificate.")
@click.option("--name-en", required=True, help="English name.")
@settings_option
def nation(settings: Settings, name_zh: str, name_en: str) -> None:
    """Found the nation: root key and certificate, list signer, first list. A repeat changes nothing."""
    registrar, at = _open(settings)
    root = ensure_nation(registrar, Text(name_zh, name_en), at=at)
    publish(registrar, NATION, at=at)
    click.echo(f"国家信任根已就绪 / The nation's root is ready: {settings.trust_anchor_file}")
    # The form that openssl x509 -fingerprint prints, to be compared by eye where the file is carried to.
    click.echo(f"SHA-256 {root.fingerprint(SHA256()).hex(':').upper()}")


@trust.command("region")
@click.option("--division", required=True, help="Division code of the region, 6 digits (GB/T 2260).")
@click.option("--name-zh", required=True, help="Chinese name; goes into its certificate.")
@click.option("--name-en", required=True, help="English name.")
@settings_option
def region(settings: Settings, division: str, name_zh: str, name_en: str) -> None:
    """Found a region under this node's nation, and publish both lists. A repeat changes nothing."""
    registrar, at = _open(settings)
    ensure_region(registrar, division, Text(name_zh, name_en), at=at)
    publish_all(registrar, at=at)
    click.echo(f"地区 {division} 已就绪 / Region {division} is ready.")


@trust.command("certify")
@click.argument("request_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--name-zh", help="Chinese name; must be the request's.")
@click.option("--name-en", help="English name.")
@click.option("--division", help="Division code of the organisation's area.")
@click.option(
    "--service-item",
    "service_items",
    multiple=True,
    metavar="CODE=ZH=EN",
    help="What it may ask for; repeatable.",
)
@click.option("--role", type=click.Choice(_KEPT_BY_OTHERS), default=Role.VERIFIER.value, show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where the chain goes (PEM).")
@click.option(
    "--requests-dir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Certify every NAME.csr.pem with its NAME.json in a directory instead; writes NAME.chain.pem.",
)
@settings_option
def certify(
    *,
    settings: Settings,
    request_file: Path | None,
    name_zh: str | None,
    name_en: str | None,
    division: str | None,
    service_items: tuple[str, ...],
    role: str,
    out: Path | None,
    requests_dir: Path | None,
) -> None:
    """Certify an organisation that keeps its own key, from its request, and enter it into its region's list.

    Before you run this, make sure by other means that the request comes from that organisation.
    """
    registrar, at = _open(settings)
    if requests_dir is not None:
        certified = certify_directory(registrar, requests_dir, at=at)
        publish_all(registrar, at=at)
        click.echo(f"已认证 {len(certified)} 个机构 / Certified: {', '.join(certified) or 'none'}")
        return
    if request_file is None or name_zh is None or name_en is None or division is None:
        raise click.UsageError("Give REQUEST_FILE, --name-zh, --name-en and --division, or --requests-dir.")
    chain = certify_relying_party(
        registrar,
        request_file.read_text("utf-8"),
        name=Text(name_zh, name_en),
        division=division,
        service_items=[_service_item(text) for text in service_items],
        role=Role(role),
        at=at,
    )
    publish_all(registrar, at=at)
    if out is None:
        click.echo(chain, nl=False)
    else:
        out.write_text(chain, "ascii")
        click.echo(f"证书链已写入 {out} / The chain is in {out}.")


@trust.command("withdraw")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--uscc", required=True, help="Unified social credit code of the organisation.")
@click.option(
    "--reason",
    type=click.Choice([reason.value for reason in RevocationReason]),
    default=RevocationReason.CESSATION_OF_OPERATION.value,
    show_default=True,
    help="keyCompromise when its key may be in other hands.",
)
@settings_option
def withdraw_command(settings: Settings, role: str, uscc: str, reason: str) -> None:
    """Take an organisation off the list and revoke its certificates, at once."""
    registrar, at = _open(settings)
    withdraw(registrar, Role(role), uscc, RevocationReason(reason), at=at)
    click.echo(
        f"已撤下 {uscc}；各窗口将在一分钟内得知 / {uscc} is withdrawn; windows learn of it within a minute."
    )


@trust.command("publish")
@settings_option
def publish_command(settings: Settings) -> None:
    """Sign anew what changed or grew old. The running service does so by itself; this is for a stopped one."""
    registrar, at = _open(settings)
    _show(registrar, at)


@trust.command("show")
@settings_option
def show(settings: Settings) -> None:
    """Publishers with the numbers and dates of their lists, the end of their certificates, and the organisations."""
    registrar, at = _open(settings)
    _show(registrar, at)
    for row in registrar.store.registrations():
        state = "有效 / stands" if row.entry.covers(at) else "已撤下 / withdrawn"
        click.echo(f"  {row.entry.role.value}  {row.entry.uscc}  {row.entry.name.zh}  {state}")


@click.group()
def authority() -> None:
    """Issuing authorities of this node."""


@authority.command("enrol")
@click.option("--uscc", required=True, help="Unified social credit code.")
@click.option("--name-zh", required=True, help="Chinese name; goes into the certificate.")
@click.option("--name-en", required=True, help="English name.")
@click.option("--division", required=True, help="Division code of its area, 6 digits.")
@click.option("--level", type=click.Choice(_LEVELS), required=True)
@click.option(
    "--type", "types", multiple=True, required=True, help="Code of a licence type it may issue; repeatable."
)
@click.option(
    "--identifier", help="Credential issuer identifier.  [default: {ELICENCE_ISSUER_URL}/authorities/{USCC}]"
)
@settings_option
def enrol(
    *,
    settings: Settings,
    uscc: str,
    name_zh: str,
    name_en: str,
    division: str,
    level: str,
    types: tuple[str, ...],
    identifier: str | None,
) -> None:
    """Enrol an authority, or set what it may issue: key, certificate, entry, list. A repeat changes nothing."""
    made_here = CatalogueStore(connect(settings, "issuer"))
    unknown = [
        code
        for code in types
        if load_catalogue().find(code) is None
        and all(one.state is not VersionState.PUBLISHED for one in made_here.of_type(code))
    ]
    if unknown:
        raise InvalidRegistrationError(
            f"目录中没有证照类型 {unknown[0]}。",
            f"The catalogue has no licence type {unknown[0]}.",
            where="--type",
        )
    registrar, at = _open(settings)
    enrolled = ensure_authority(
        registrar,
        uscc=uscc,
        name=Text(name_zh, name_en),
        division=division,
        level=level,
        issuer_identifier=identifier or f"{settings.issuer_url}/authorities/{uscc}",
        licence_types=types,
        at=at,
    )
    ensure_sealing_key(registrar, enrolled, at=at)
    ensure_time_stamp_authority(registrar, at=at)
    publish_all(registrar, at=at)
    click.echo(f"已登记 / Enrolled: {enrolled.name.zh}  {enrolled.issuer_identifier}")


@authority.command("list")
@settings_option
def list_command(settings: Settings) -> None:
    """The authorities of this node with what they may issue."""
    registrar, at = _open(settings)
    for row in registrar.store.registrations(role=Role.ISSUER):
        enrolled = row.to_authority(at)
        if enrolled is not None:
            click.echo(f"{enrolled.uscc}  {enrolled.name.zh}  {' '.join(enrolled.licence_types)}")


def _open(settings: Settings) -> tuple[Registrar, datetime]:
    database = connect(settings, "issuer")
    RegistrarStore.ensure_indexes()
    master = MasterKey.load(settings.master_key_file)
    keys = SoftwareKeyStore(settings.keys_directory, master)
    return open_registrar(settings, database, keys), SystemClock().now()


def _show(registrar: Registrar, at: datetime) -> None:
    for publisher in publish_all(registrar, at=at):
        signed = publisher.trust_list
        number = "-" if signed is None else str(signed.number)
        issued = "-" if signed is None else signed.issued_at.isoformat(timespec="seconds")
        click.echo(f"{publisher.division}  {publisher.name.zh}  {number}  {issued}")
        for key_id in (authority_key(publisher.division), list_key(publisher.division)):
            held = load_certificate(registrar.keys.signer(key_id).certificate_chain[0])
            click.echo(
                f"  {key_id}  证书至 / certificate until {held.not_valid_after_utc.date().isoformat()}"
            )


def _service_item(text: str) -> ServiceItem:
    code, _, names = text.partition("=")
    zh, _, en = names.partition("=")
    if not code or not zh:
        raise click.BadParameter("Write CODE=ZH=EN.", param_hint="--service-item")
    return ServiceItem(code, Text(zh, en or zh))
