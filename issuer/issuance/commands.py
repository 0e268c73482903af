"""``elicence issuer refresh …``: which licence types an authority lets wallets refresh by themselves."""

from __future__ import annotations

from typing import Any

import click
from pymongo.database import Database

from issuer.issuance.errors import AuthorityCannotIssueError
from issuer.issuance.refresh_rules import RefreshRules
from issuer.registrar.store import AuthorityStore
from service.command_line.settings_option import settings_option
from service.settings import Settings
from service.store import connect

_AUTHORITY = click.option("--authority", "uscc", required=True, help="Unified social credit code.")
_TYPE = click.option("--type", "type_code", required=True, help="Code of a licence type that it may issue.")


@click.group()
def refresh() -> None:
    """Whether wallets fetch new versions and further copies of a licence by themselves."""


@refresh.command("forbid")
@_AUTHORITY
@_TYPE
@settings_option
def forbid(settings: Settings, uscc: str, type_code: str) -> None:
    """Let holders come by for every copy of this type; in force within two seconds."""
    RefreshRules(_database(settings, uscc, type_code)).forbid(uscc, type_code)
    click.echo(f"{type_code} 不再自动更新 / is not refreshed any more.")


@refresh.command("allow")
@_AUTHORITY
@_TYPE
@settings_option
def allow(settings: Settings, uscc: str, type_code: str) -> None:
    """Let wallets refresh this type again; those that still keep their token go on by themselves."""
    RefreshRules(_database(settings, uscc, type_code)).allow(uscc, type_code)
    click.echo(f"{type_code} 可自动更新 / is refreshed.")


def _database(settings: Settings, uscc: str, type_code: str) -> Database[dict[str, Any]]:
    database = connect(settings, "issuer")
    authority = AuthorityStore(database).find(uscc)
    if authority is None or type_code not in authority.licence_types:
        raise AuthorityCannotIssueError(
            "没有此机构，或它不能签发此类型。", "There is no such authority, or it may not issue this type."
        )
    return database
