"""Giving an enrolled authority the right to issue one more licence type, and telling its region's trust list."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from issuer.registrar.errors import PublicationBusyError, RegistrationNotFoundError
from issuer.registrar.publish import publish
from issuer.registrar.registrar import Registrar
from issuer.registrar.registration import changed_grants
from keys.trust_list import Role

_ATTEMPTS = 8


def grant_type(registrar: Registrar, uscc: str, type_code: str, *, at: datetime) -> None:
    """Let the authority issue the type from the day of ``at`` on; a right that stands is left as it is.

    Wallets and windows learn of it with the next list of the region, which is signed at once.

    Args:
        registrar: of the node at which the authority is enrolled.
        uscc: of the authority.
        type_code: of the catalogue.
        at: now.

    Raises:
        RegistrationNotFoundError: no such authority is enrolled here, or it was withdrawn.
        PublicationBusyError: the entry changed again and again meanwhile.
    """
    for _ in range(_ATTEMPTS):
        before = registrar.store.registration(Role.ISSUER, uscc)
        if before is None or not before.entry.covers(at):
            raise RegistrationNotFoundError(
                f"机构 {uscc} 未在本节点登记。", f"No authority {uscc} is enrolled on this node."
            )
        running = {grant.code for grant in before.entry.licence_types if grant.until is None}
        if type_code not in running:
            grants = changed_grants(before.entry.licence_types, frozenset({*running, type_code}), at)
            now = replace(before, entry=replace(before.entry, licence_types=grants))
            if not registrar.store.put_registration(before, now):
                continue
        publish(registrar, before.region, at=at)
        return
    raise PublicationBusyError(
        f"机构 {uscc} 正被另一进程修改，请重试。", f"Authority {uscc} is being changed elsewhere; try again."
    )
