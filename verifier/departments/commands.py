"""Commands with which an administrator enrols departments and staff: ``elicence verifier department|staff …``."""

from __future__ import annotations

from pathlib import Path

import click

from service.clock import SystemClock
from service.command_line import settings_option
from service.settings import Settings
from standards.text import Text
from verifier.app import open_node
from verifier.departments.department import (
    Role,
    UnknownDepartmentError,
    new_department,
)
from verifier.departments.enrol_department import enrol_department, install_certificate
from verifier.departments.enrol_staff import enrol_staff

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def department() -> None:
    """Departments at whose windows licences are accepted."""


@department.command("enrol")
@click.option("--uscc", required=True, help="Unified social credit code of the department.")
@click.option("--name-zh", required=True, help="Name, as it shall stand in the certificate.")
@click.option("--name-en", required=True, help="Name on English pages.")
@click.option("--division", required=True, help="Division code, 6 digits.")
@click.option(
    "--service-item",
    "service_items",
    multiple=True,
    required=True,
    help="Code of an item it handles; repeat.",
)
@click.option(
    "--request-out", required=True, type=_FILE, help="Where to write the certificate request (PEM)."
)
@settings_option
def enrol(
    *,
    settings: Settings,
    uscc: str,
    name_zh: str,
    name_en: str,
    division: str,
    service_items: tuple[str, ...],
    request_out: Path,
) -> None:
    """Enrol a department, make its key, and write a certificate request for its region's registrar."""
    wanted = new_department(uscc, Text(name_zh, name_en), division, service_items)
    node = open_node(settings, SystemClock())
    enrolment = enrol_department(
        wanted,
        items=node.items,
        departments=node.departments,
        keys=node.keys,
        public_url=node.public_url,
        at=node.clock.now(),
    )
    request_out.write_text(enrolment.certificate_request)
    click.echo(f"{wanted.uscc}: certificate request in {request_out}; next: install-certificate")


@department.command("install-certificate")
@click.option("--uscc", required=True, help="Unified social credit code of the department.")
@click.option(
    "--certificate",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificate chain (PEM), leaf first.",
)
@settings_option
def install(settings: Settings, uscc: str, certificate: Path) -> None:
    """Install the certificate that the registrar issued for a department."""
    node = open_node(settings, SystemClock())
    install_certificate(
        uscc, certificate.read_bytes(), departments=node.departments, keys=node.keys, at=node.clock.now()
    )
    click.echo(f"{uscc}: certificate installed")


@department.command("list")
@settings_option
def list_departments(settings: Settings) -> None:
    """Print the departments, their division and whether they have a certificate."""
    node = open_node(settings, SystemClock())
    for entry in node.departments.all():
        certified = entry.key_id in node.keys and bool(node.keys.signer(entry.key_id).certificate_chain)
        state = "certified" if certified else "no certificate yet"
        click.echo(
            f"{entry.uscc}  {entry.division}  {entry.name.zh}  ({state}; {len(entry.service_items)} items)"
        )


@click.group()
def staff() -> None:
    """The people who work at the windows."""


@staff.command("enrol")
@click.option("--department", "uscc", required=True, help="Unified social credit code of the department.")
@click.option(
    "--code-type", default="111", show_default=True, help="Type of the identity document (GB/T 36903)."
)
@click.option(
    "--number",
    prompt="Number of the identity document",
    hide_input=True,
    help="Asked for when not given; kept as a keyed hash, and sealed.",
)
@click.option("--name", required=True, help="Name on the name plate.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="Repeat for several.",
)
@settings_option
def enrol_member(
    *, settings: Settings, uscc: str, code_type: str, number: str, name: str, roles: tuple[str, ...]
) -> None:
    """Enrol a person at a department's window, or change name and roles."""
    node = open_node(settings, SystemClock())
    member = enrol_staff(
        department=uscc,
        code_type=code_type,
        number=number,
        name=name,
        roles=(Role(role) for role in roles),
        departments=node.departments,
        staff=node.staff,
        at=node.clock.now(),
    )
    click.echo(f"{member.id}  {member.name}: {', '.join(sorted(member.roles))}")


@staff.command("list")
@click.option("--department", "uscc", required=True, help="Unified social credit code of the department.")
@settings_option
def list_staff(settings: Settings, uscc: str) -> None:
    """Print the staff of a department."""
    for member in open_node(settings, SystemClock()).staff.of_department(uscc):
        click.echo(f"{member.id}  {member.name}: {', '.join(sorted(member.roles))}")


@staff.command("remove")
@click.argument("staff_id")
@settings_option
def remove_member(settings: Settings, staff_id: str) -> None:
    """End a person's post; records keep the name that the person had."""
    if not open_node(settings, SystemClock()).staff.remove(staff_id):
        raise UnknownDepartmentError(
            "没有此人员。", "There is no member of staff of this id.", where=staff_id
        )
    click.echo(f"{staff_id}: removed")
