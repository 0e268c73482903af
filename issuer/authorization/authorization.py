"""One authorisation from the pushed request to the token: what was asked, who decided, what was granted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from issuer.issuance.offer import GrantedLicence
from standards.text import Text

REQUEST_LIFETIME: Final = timedelta(minutes=10)
"""From the pushed request to the decision: a person signs in and reads a page meanwhile."""

CODE_LIFETIME: Final = timedelta(seconds=60)
"""How long a code waits for its wallet (HAIP 1.0: as short as can be)."""

USES_SCOPE: Final = "uses"
"""Scope that also tells who looked at the person's licences."""


class AuthorizationState(StrEnum):
    """Where it stands; each step is one compare-and-set, and none goes back."""

    PUSHED = "pushed"
    OPENED = "opened"
    GRANTED = "granted"
    REFUSED = "refused"
    REDEEMED = "redeemed"


@dataclass(frozen=True, slots=True)
class WalletClient:
    """The wallet that asks.

    Attributes:
        client_id: as its provider attested.
        provider: the provider's name, from the trust list.
        instance: thumbprint of the attested key of this one wallet.
    """

    client_id: str
    provider: Text
    instance: str


@dataclass(frozen=True, slots=True)
class AskedFor:
    """What a wallet asks for.

    Attributes:
        configurations: ids of credential configurations; those that nobody here issues are left out.
        uses: whether it asks who looked at the licences.
        redirect_uri: where the browser goes afterwards, word for word.
        state: echoed.
        code_challenge: S256.
        jkt: thumbprint of the DPoP key to which the code is bound, or ``None``.
    """

    configurations: frozenset[str]
    uses: bool
    redirect_uri: str
    state: str
    code_challenge: str
    jkt: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Claimant:
    """The signed-in person, as far as licences are found by it."""

    code_type: str
    number: str
    name: str


@dataclass(frozen=True, slots=True, repr=False)
class Authorization:
    """An authorisation as it stands.

    Attributes:
        reference: names it.
        state: where it stands.
        client, asked: the wallet and its wish.
        expires_at: end of the request, then of the code, then of the token.
        claimant: who signed in, once somebody did.
        browser: hash of the secret of the browser that opened it.
        licences: what was granted.
        waits: whether one of them gives copies only later.
    """

    reference: str
    state: AuthorizationState
    client: WalletClient
    asked: AskedFor
    expires_at: datetime
    claimant: Claimant | None = None
    browser: str | None = None
    licences: tuple[GrantedLicence, ...] = ()
    waits: bool = False


def claimant_of(row: list[Any]) -> Claimant:
    """Read back what the store sealed."""
    return Claimant(*row)
