"""A presentation: a closed set of states, from the request to what became of it.

    pending ──answer──▶ received
       ├─────refusal──▶ refused
       └──time passes─▶ expired

Each transition takes the state before and returns the one after. The store makes a transition happen once, however
many answers arrive at the same moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from standards.dcql import DcqlQuery
from standards.jwe import EphemeralKey
from standards.licence_types.described_type import DescribedType
from standards.text import Text
from verifier.checking.scanned_code import is_code
from verifier.checking.shown_by import ShownBy

LIFETIME: Final = timedelta(minutes=5)
"""How long a wallet may answer a request."""

RETENTION: Final = timedelta(hours=24)
"""How long a presentation is kept; what was decided on is kept by the acceptance record."""


class State(StrEnum):
    """The states by name, as the interface says them."""

    PENDING = "pending"
    RECEIVED = "received"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, of whom it will be judged, and how the answer may come back; the same in every state.

    Attributes:
        id: random, 128 bits; also the last part of the request and response addresses.
        department: USCC of the department that asks.
        item: code of the service item, or ``None`` for a query of the department's own.
        query: the DCQL query.
        response_mode: ``direct_post`` or ``direct_post.jwt``.
        client_id: the client identifier with its prefix; a key binding must name it as audience.
        nonce: a key binding must carry it.
        state: must come back with the answer.
        redirect_uri: where the wallet sends the person back on the same device, or ``None``.
        browser: hash of the browser session that started it on the same device, or ``None``.
        asked_by: the system, or the id of the member of staff.
        asked_at: when.
        expires_at: when it is too late to answer.
        case: the case that it is asked in, or ``None``.
    """

    id: str
    department: str
    item: str | None
    query: DcqlQuery
    response_mode: str
    client_id: str
    nonce: str
    state: str
    redirect_uri: str | None
    browser: str | None
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    case: str | None = None


@dataclass(frozen=True, slots=True)
class ShownLicence:
    """One licence as verified; personal data.

    Attributes:
        type_code: code of the licence type, or ``None`` for a type that the catalogue does not know.
        vct: credential type.
        claims: what was shown.
        issuer: who issued it.
        issuer_uscc: the issuer's code, or ``None``.
        described: how it is shown, for a type that does not ship with this software.
        shown_by: who showed it for its holder, or ``None`` when the holder did.
        issuer_division: the issuer's division code, or ``None``.
    """

    type_code: str | None
    vct: str
    claims: Mapping[str, Any] = field(repr=False)
    issuer: Text
    issuer_uscc: str | None
    described: DescribedType | None = field(default=None, repr=False)
    shown_by: ShownBy | None = field(default=None, repr=False)
    issuer_division: str | None = None


def shown_by_json(
    licences: Mapping[str, tuple[ShownLicence, ...]],
) -> dict[str, list[dict[str, Any] | None]]:
    """Query id → who showed each licence for its holder; empty where every holder came himself."""
    if not any(licence.shown_by for shown in licences.values() for licence in shown):
        return {}
    return {
        query: [licence.shown_by.to_json() if licence.shown_by else None for licence in shown]
        for query, shown in licences.items()
    }


@dataclass(frozen=True, slots=True)
class Answer:
    """What a wallet showed and what the verification said.

    Attributes:
        report: the verification report in its wire shape.
        lists: the trust lists and status lists that it stands on: kind, uri, sequence, issued_at, age.
        licences: query id → licences whose proof holds.
        vp_token: query id → presentations as received, for the record.
        response_code: brought back by the browser on the same device (OpenID4VP 1.0 section 13.3), or ``None``.
        received_at: when.
        fetched: same-device: whether the browser that started it has brought the response code back.
    """

    report: Mapping[str, Any]
    lists: tuple[Mapping[str, Any], ...]
    licences: Mapping[str, tuple[ShownLicence, ...]] = field(repr=False)
    vp_token: Mapping[str, tuple[str, ...]] = field(repr=False)
    response_code: str | None = field(repr=False)
    received_at: datetime
    fetched: bool = False

    @property
    def short(self) -> frozenset[str]:
        """Query ids of the licences of which only a code was shown, because nobody could be asked for more."""
        return frozenset(query for query, texts in self.vp_token.items() if any(map(is_code, texts)))

    @property
    def indication(self) -> str:
        """PASSED, FAILED or INDETERMINATE."""
        return str(self.report["indication"])

    def shown_by(self) -> dict[str, list[dict[str, Any] | None]]:
        """Query id → who showed each licence for its holder; empty where every holder came himself."""
        return shown_by_json(self.licences)

    def claims(self) -> dict[str, list[dict[str, Any]]]:
        """Query id → claims of each licence, as the interface says them."""
        return {
            query: [dict(licence.claims) for licence in licences] for query, licences in self.licences.items()
        }


@dataclass(frozen=True, slots=True)
class Pending:
    """Waiting for a wallet."""

    asked: Asked
    key: EphemeralKey | None
    """Opens the answer of ``direct_post.jwt``; made for this request alone."""

    name = State.PENDING

    def receive(self, answer: Answer) -> Received:
        """The wallet showed something."""
        return Received(self.asked, answer)

    def refuse(self, error: str, at: datetime) -> Refused:
        """The wallet answered with an error; ``access_denied`` when the person said no."""
        return Refused(self.asked, error, at)

    def expire(self) -> Expired:
        """Nobody answered in time."""
        return Expired(self.asked)


@dataclass(frozen=True, slots=True)
class Received:
    """Answered; the report says how well."""

    asked: Asked
    answer: Answer
    record: str | None = None
    """Id of the acceptance record, once it is decided on; so in every state that can be decided on."""

    name = State.RECEIVED

    @property
    def held_back(self) -> bool:
        """Whether pages keep the answer back, because it may have come from another browser than asked (13.3)."""
        return self.asked.browser is not None and not self.answer.fetched


@dataclass(frozen=True, slots=True)
class Refused:
    """The wallet declined."""

    asked: Asked
    error: str
    refused_at: datetime
    record: str | None = None

    name = State.REFUSED


@dataclass(frozen=True, slots=True)
class Expired:
    """Too late."""

    asked: Asked
    record: str | None = None

    name = State.EXPIRED


Presentation = Pending | Received | Refused | Expired


def at_instant(presentation: Presentation, at: datetime) -> Presentation:
    """The presentation as it is at ``at``: a pending one whose time is over has expired, whatever the store says."""
    if isinstance(presentation, Pending) and at >= presentation.asked.expires_at:
        return presentation.expire()
    return presentation
