"""Taking an organisation off the list: its entry ends and its certificates are revoked, from this instant on."""

from __future__ import annotations

from datetime import datetime

from issuer.registrar.errors import PublicationBusyError, RegistrationNotFoundError
from issuer.registrar.publish import publish
from issuer.registrar.registrar import Registrar
from issuer.registrar.registration import Registration
from keys.certificates import RevocationReason, RevokedSerial
from keys.trust_list import Role


def withdraw(
    registrar: Registrar, role: Role, uscc: str, reason: RevocationReason, *, at: datetime
) -> Registration:
    """Withdraw an organisation in a role, and publish it at once. Repeating it changes nothing.

    What it signed before is refused as well: an entry that has ended vouches for nobody, because whoever holds the
    key could date back what it signs. With an issuing authority its seal goes.

    Raises ``RegistrationNotFoundError`` when it is not registered, ``PublicationBusyError``.
    """
    before = registrar.store.registration(role, uscc)
    if before is None:
        raise RegistrationNotFoundError(
            f"没有以该身份登记的机构 {uscc}。",
            f"No organisation {uscc} is registered in this role.",
            where=uscc,
        )
    if role is Role.ISSUER and registrar.store.registration(Role.SEAL, uscc) is not None:
        withdraw(registrar, Role.SEAL, uscc, reason, at=at)
    now = before.withdrawn(at)
    # Revoked first: if the second write is lost, the certificates are refused already.
    registrar.store.revoke(before.region, (RevokedSerial(serial, at, reason) for serial in before.serials))
    if now != before and not registrar.store.put_registration(before, now):
        raise PublicationBusyError(
            f"机构 {uscc} 正被另一进程修改，请重试。",
            f"Organisation {uscc} is being changed elsewhere; try again.",
        )
    publish(registrar, before.region, at=at)
    return now
