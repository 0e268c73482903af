"""An offer on its way into the wallet: a closed set of states, each change a compare-and-set.

    waiting ──claim──▶ receiving ──complete──▶ received
       ▲                  │   │
       └────release───────┘   └──end──▶ ended

``receiving`` is a lease: when the process that held it dies, another may claim the offer once it has run out. The
access token survives in the row, so that a lost credential response can be asked for again with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from standards.jose import b64url_decode, b64url_encode
from standards.json_reader import Reader
from standards.openid4vci.offer import CredentialOffer, parse_credential_offer
from standards.text import Text

LIFETIME = timedelta(days=1)
"""How long an offer waits in the wallet; the issuer's own limit is usually shorter."""

LEASE = timedelta(minutes=2)
"""How long one attempt may talk to the issuer; longer than all of its time-outs together."""


class OfferState(StrEnum):
    """Where an offer stands."""

    WAITING = "waiting"
    """Read and shown; the person has not decided."""
    RECEIVING = "receiving"
    """One request is talking to the issuer."""
    RECEIVED = "received"
    """Its licences are in the wallet."""
    ENDED = "ended"
    """The issuer will not honour it any more."""


@dataclass(frozen=True, slots=True)
class IssuerIdentity:
    """Who offers.

    Attributes:
        identifier: credential issuer identifier.
        name: from the trust list.
        region: name of its division.
        foreign: whether no trust list knows it: then the name is merely its host.
    """

    identifier: str
    name: Text
    region: Text
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class OfferedLicence:
    """One licence of an offer: the issuer's configuration, its credential type, its name for people."""

    configuration_id: str
    vct: str
    name: Text


@dataclass(frozen=True, slots=True)
class Grant:
    """An access token that was got for an offer, with the key to which it is bound.

    Attributes:
        access_token: of the issuer.
        token_type: ``DPoP`` or ``Bearer``.
        expires_at: when the issuer stops taking it.
        sealed_dpop_key: the DPoP key (RFC 9449), sealed under the holder key.
        refresh_token: to get further copies with later, or ``None``.
    """

    access_token: str = field(repr=False)
    token_type: str
    expires_at: datetime
    sealed_dpop_key: bytes = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)

    def to_json(self) -> dict[str, Any]:
        """What is sealed."""
        return {
            "access_token": self.access_token,
            "token_type": self.token_type,
            "expires_at": int(self.expires_at.timestamp()),
            "sealed_dpop_key": b64url_encode(self.sealed_dpop_key),
            "refresh_token": self.refresh_token,
        }


@dataclass(frozen=True, slots=True)
class PendingOffer:
    """An offer in the wallet.

    Attributes:
        offer_id: random.
        state: where it stands.
        offer: as the issuer made it.
        issuer: who offers.
        licences: what is offered, at least one.
        expires_at: when the wallet forgets it.
        grant: the access token, once there is one.
        holding_ids: the licences that came of it.
    """

    offer_id: str
    state: OfferState
    offer: CredentialOffer = field(repr=False)
    issuer: IssuerIdentity
    licences: tuple[OfferedLicence, ...]
    expires_at: datetime
    grant: Grant | None = None
    holding_ids: tuple[str, ...] = ()

    def sealed_json(self) -> dict[str, Any]:
        """What is sealed of it: the offer holds a code that is worth a licence."""
        return {
            "offer": self.offer.to_json(),
            "issuer": {
                "identifier": self.issuer.identifier,
                "name": self.issuer.name.to_json(),
                "region": self.issuer.region.to_json(),
                **({"foreign": True} if self.issuer.foreign else {}),
            },
            "licences": [[one.configuration_id, one.vct, one.name.to_json()] for one in self.licences],
        }


@dataclass(frozen=True, slots=True)
class OfferContent:
    """The sealed part of a stored offer, opened."""

    offer: CredentialOffer = field(repr=False)
    issuer: IssuerIdentity
    licences: tuple[OfferedLicence, ...]


def parse_offer_content(document: Any) -> OfferContent:
    """Read back what :meth:`PendingOffer.sealed_json` wrote."""
    reader = Reader(document)
    issuer = reader.object("issuer")
    return OfferContent(
        offer=parse_credential_offer(reader.any("offer")),
        issuer=IssuerIdentity(
            issuer.text("identifier"),
            _text(issuer.any("name")),
            _text(issuer.any("region")),
            foreign="foreign" in issuer,
        ),
        licences=tuple(
            OfferedLicence(configuration_id, vct, _text(name))
            for configuration_id, vct, name in reader.list("licences")
        ),
    )


def parse_grant(document: Any) -> Grant:
    """Read back what :meth:`Grant.to_json` wrote."""
    reader = Reader(document)
    return Grant(
        access_token=reader.text("access_token", max_chars=16_384),
        token_type=reader.text("token_type"),
        expires_at=datetime.fromtimestamp(reader.integer("expires_at"), UTC),
        sealed_dpop_key=b64url_decode(reader.text("sealed_dpop_key")),
        # Absent in what was written before tokens were refreshed.
        refresh_token=reader.any("refresh_token") if "refresh_token" in reader else None,
    )


def _text(value: Any) -> Text:
    reader = Reader(value)
    return Text(reader.text("zh", min_chars=0), reader.text("en", min_chars=0))
