"""An offer and what became of it: offered → redeemed (a token was issued) → issued from, a limited number of times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

OFFER_LIFETIME: Final = timedelta(minutes=30)
"""How long a pre-authorised code waits for its wallet; short, because whoever holds it gets the licence."""

TOKEN_LIFETIME: Final = timedelta(minutes=10)
"""How long an access token serves; a wallet fetches at once."""

TX_CODE_DIGITS: Final = 6
TX_CODE_TRIES: Final = 5
"""Wrong transaction codes until the offer is dead: one chance in 200,000 to guess it."""

BATCH_SIZE: Final = 20
"""Most copies in one credential request."""

REQUESTS_PER_TOKEN: Final = 3
"""Credential requests that one token serves: an answer may be lost on its way, and the wallet asks again."""


@dataclass(frozen=True, slots=True)
class NewOffer:
    """An offer as it is made.

    Attributes:
        reference: names it; the code is a handle on the reference.
        authority: USCC of the issuing authority.
        licence: identifier of the licence version.
        configuration_id: credential configuration offered.
        holder: keyed hash of the holder's code type and number.
        tx_code_hash: keyed hash of the transaction code, or ``None`` without one.
        expires_at: when the code ends.
    """

    reference: str
    authority: str
    licence: str
    configuration_id: str
    holder: str
    tx_code_hash: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token allows: made when its offer was redeemed.

    Attributes:
        reference: of the offer.
        authority, licence, configuration_id, holder: as in the offer.
        jkt: thumbprint of the key to which the token is bound (RFC 9449), or ``None`` for a bearer token.
        expires_at: when the token ends.
        by_identifier: whether it is asked for by ``credential_identifier``, which is the reference: the token reaches
            several licences (OpenID4VCI 1.0 section 6.2).
    """

    reference: str
    authority: str
    licence: str
    configuration_id: str
    holder: str
    jkt: str | None
    expires_at: datetime
    by_identifier: bool = False


@dataclass(frozen=True, slots=True)
class GrantedLicence:
    """One licence that the person let go to the wallet.

    Attributes:
        reference: names the grant; the wallet's ``credential_identifier``.
        authority: USCC of the issuing authority.
        issuer: its credential issuer identifier.
        licence: identifier of the licence version.
        configuration_id: as what it is issued.
        holder: keyed hash of the holder whose copy it is.
    """

    reference: str
    authority: str
    issuer: str
    licence: str
    configuration_id: str
    holder: str

    def to_row(self) -> list[str]:
        """For the sealed part of the store's row."""
        return [
            self.reference,
            self.authority,
            self.issuer,
            self.licence,
            self.configuration_id,
            self.holder,
        ]
