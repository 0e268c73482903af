"""Everything in the wallet's store that names the master key; what a holder key sealed stays as it is."""

from __future__ import annotations

from keys.master_key import MasterKey
from service.clock import Clock
from service.settings import Settings
from service.store import connect
from service.store.sealed_rows import RowsUnderKey
from service.web.sign_in.store import PURPOSE, SessionStore
from wallet.accounts.store import AccountsUnderKey
from wallet.app import ACCOUNT_PURPOSE


def sealed_rows(settings: Settings, clock: Clock) -> tuple[RowsUnderKey, ...]:  # noqa: ARG001  # nothing here passes
    """The entry point ``elicence.sealed_rows``.

    Raises:
        SettingsError, StoreUnavailableError, StoreUnsuitableError: the store cannot be used.
        MasterKeyError: the master key file cannot be used.
    """
    database = connect(settings, "wallet")
    master = MasterKey.load(settings.master_key_file)
    accounts = AccountsUnderKey(database, master.lookup_key(), master.custody_envelope(ACCOUNT_PURPOSE))
    return (
        *accounts.sealed_rows(),
        SessionStore(database, master.envelope(PURPOSE), master.lookup_key(purpose=PURPOSE)).sealed_rows(),
    )
