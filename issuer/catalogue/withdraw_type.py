"""Use cases: to end the issuing of a type. Licences that there are stay, and can be changed, offered and shown."""

from __future__ import annotations

from datetime import datetime

from issuer.catalogue.errors import NotDefinedHereError, NoWithdrawalError, TypeVersionNotFoundError
from issuer.catalogue.make_type import CatalogueDesk, may_define
from issuer.catalogue.type_version import Withdrawal
from issuer.library.event import Actor
from issuer.registrar.authority import Authority


def propose_withdrawal(
    desk: CatalogueDesk,
    authority: Authority,
    code: str,
    reason: str,
    *,
    enrolled: frozenset[str],
    by: Actor,
    at: datetime,
) -> Withdrawal:
    """Ask for the withdrawal of a type that the authority defines.

    Raises:
        TypeVersionNotFoundError, NotDefinedHereError: there is no such type, or it is another authority's.
        AlreadyWithdrawnError: it was asked for before.
    """
    if desk.catalogue.find(code) is None:
        raise TypeVersionNotFoundError
    if not may_define(desk, authority, code, enrolled):
        raise NotDefinedHereError
    withdrawal = Withdrawal(code, authority.uscc, reason, by, at)
    desk.store.propose_withdrawal(withdrawal)
    return withdrawal


def decide_withdrawal(
    desk: CatalogueDesk, authority: Authority, code: str, *, approved: bool, by: Actor, at: datetime
) -> Withdrawal:
    """Put a withdrawal in force, or refuse it.

    Raises:
        NoWithdrawalError: none of this authority waits.
        ApproverIsAuthorError: whoever asked for it does not approve it.
    """
    waiting = desk.store.withdrawal(code)
    if waiting is None or waiting.in_force or waiting.owner != authority.uscc:
        raise NoWithdrawalError
    if not approved:
        desk.store.drop_withdrawal(code)
        return waiting
    done = waiting.approved(by, at)
    desk.store.approve_withdrawal(done)
    desk.catalogue.refresh()
    return done
