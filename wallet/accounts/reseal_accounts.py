"""A change of the node's keys: every account under the new ones, found by the new lookup values."""

from __future__ import annotations

from dataclasses import dataclass

from keys.envelope import Envelope
from keys.lookup import LookupKey
from wallet.accounts.account import identity_of, reseal_account
from wallet.accounts.store import AccountStore


@dataclass(frozen=True, slots=True)
class Resealed:
    """What a walk over the accounts changed.

    Attributes:
        accounts: how many there are.
        resealed: how many were sealed under an older key.
        lookups: how many had no lookup value of the current key.
    """

    accounts: int
    resealed: int
    lookups: int


def reseal_accounts(store: AccountStore, lookup_key: LookupKey, envelope: Envelope) -> Resealed:
    """Bring every account under the current keys; a repeat changes nothing, so a walk that stopped is begun again.

    Run it between the two ends of a rotation (``keys.rotation``), while both keys are loaded: afterwards the account
    of somebody who did not sign in meanwhile could be neither found nor opened.

    Raises:
        SealedDataError: an account is sealed under keys that are not loaded.
    """
    accounts = resealed = lookups = 0
    for account in store.all():
        current = reseal_account(account, envelope)
        if current != account:
            store.reseal(current)
            resealed += 1
        code_type, number = identity_of(current, envelope)
        lookups += store.add_lookup(lookup_key.lookup(code_type, number), account.account_id)
        accounts += 1
    return Resealed(accounts, resealed, lookups)
