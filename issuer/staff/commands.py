"""``elicence issuer staff …``: who may act for an authority."""

from __future__ import annotations

import click

from issuer.registrar.store import AuthorityStore
from issuer.staff.enrol import enrol_staff, remove_staff
from issuer.staff.member import ROLE_NAMES, StaffRole
from issuer.staff.store import StaffStore
from keys.master_key import MasterKey
from service.clock import SystemClock
from service.command_line.settings_option import settings_option
from service.settings import Settings
from service.store import connect


@click.group()
def staff() -> None:
    """Staff of the issuing authorities."""


@staff.command("enrol")
@click.option("--authority", required=True, help="Unified social credit code of the authority.")
@click.option(
    "--code-type", default="111", show_default=True, help="Code type of the person (GB/T 36903 annex A)."
)
@click.option(
    "--number",
    prompt=True,
    help="The person's number; asked for when not given, so that it stays out of history.",
)
@click.option("--name", required=True, help="The person's name.")
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice([r.value for r in StaffRole])
)
@settings_option
def enrol(
    *, settings: Settings, authority: str, code_type: str, number: str, name: str, roles: tuple[str, ...]
) -> None:
    """Enrol a person, or set the roles of one who is enrolled."""
    database = connect(settings, "issuer")
    StaffStore.ensure_indexes()
    member = enrol_staff(
        StaffStore(database, MasterKey.load(settings.master_key_file)),
        AuthorityStore(database),
        authority=authority,
        code_type=code_type,
        number=number,
        name=name,
        roles=[StaffRole(role) for role in roles],
        at=SystemClock().now(),
    )
    click.echo(f"已登记 / Enrolled: {member.id}  {member.name}")


@staff.command("list")
@click.option("--authority", required=True, help="Unified social credit code of the authority.")
@settings_option
def list_command(settings: Settings, authority: str) -> None:
    """The staff of an authority: id, name, roles."""
    for member in _store(settings).staff_of(authority):
        roles = "、".join(ROLE_NAMES[role].zh for role in sorted(member.roles))
        click.echo(f"{member.id}  {member.name}  {roles}")


@staff.command("remove")
@click.option("--authority", required=True, help="Unified social credit code of the authority.")
@click.argument("member_id")
@settings_option
def remove(settings: Settings, authority: str, member_id: str) -> None:
    """Take a person off the staff; sessions lose their rights with the next request."""
    remove_staff(_store(settings), authority=authority, member_id=member_id)
    click.echo("已移除 / Removed.")


def _store(settings: Settings) -> StaffStore:
    return StaffStore(connect(settings, "issuer"), MasterKey.load(settings.master_key_file))
