"""A request on its way to an answer: a closed set of states, each change a compare-and-set.

    waiting ──consent──▶ sending ──▶ sent
       │                    └──────▶ unsent
       └──refuse──▶ refused

A request leaves ``waiting`` once. Whoever comes second finds it decided, so a double click sends once. A process that
dies while it sends leaves ``sending``: it is not known whether the answer arrived, and nobody tries again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from standards.json_reader import Reader
from standards.openid4vp import RequestReference, parse_client_id
from standards.text import Text

LIFETIME = timedelta(minutes=10)
"""How long a request that names no end of its own can be answered."""

KEPT = timedelta(days=1)
"""How long the row of a request is kept, for its receipt; the use log keeps the rest."""


class RequestState(StrEnum):
    """Where a request stands."""

    WAITING = "waiting"
    """Shown; the person has not decided."""
    SENDING = "sending"
    """The person consented; the answer is under way."""
    SENT = "sent"
    """The verifier confirmed the answer."""
    UNSENT = "unsent"
    """The verifier did not take the answer, or it is not known that it did."""
    REFUSED = "refused"
    """The person said no."""


@dataclass(frozen=True, slots=True)
class SignedText:
    """What was received, exactly: enough to verify it again at the moment of consent.

    Attributes:
        request_object: the signed JWT.
        reference: the link that led there.
        wallet_nonce: the nonce that was posted, or ``None``.
    """

    request_object: str = field(repr=False)
    reference: RequestReference
    wallet_nonce: str | None

    def to_json(self) -> dict[str, Any]:
        """What is sealed."""
        return {
            "request_object": self.request_object,
            "client_id": str(self.reference.client_id),
            "request_uri": self.reference.unverified_request_uri,
            "method": self.reference.method,
            "wallet_nonce": self.wallet_nonce,
        }


@dataclass(frozen=True, slots=True)
class AnswerOfVerifier:
    """How it ended.

    Attributes:
        redirect_uri: where the verifier wants the person on the same device to return to, or ``None``.
        reason: why it was not delivered, or ``None``.
    """

    redirect_uri: str | None = None
    reason: Text | None = None
    at_same_origin: bool = False
    """Whether ``redirect_uri`` is at the origin that took the answer; told once, not stored."""

    def to_json(self) -> dict[str, Any]:
        """What is sealed."""
        return {
            "redirect_uri": self.redirect_uri,
            "reason": None if self.reason is None else self.reason.to_json(),
        }


@dataclass(frozen=True, slots=True)
class PendingRequest:
    """A request in the wallet.

    Attributes:
        request_id: random.
        state: where it stands.
        signed: what was received.
        expires_at: from then on it cannot be answered any more.
        answer: how it ended, once it has.
    """

    request_id: str
    state: RequestState
    signed: SignedText
    expires_at: datetime
    answer: AnswerOfVerifier | None = None


def parse_signed_text(document: Any) -> SignedText:
    """Read back what :meth:`SignedText.to_json` wrote."""
    reader = Reader(document)
    wallet_nonce = reader.any("wallet_nonce")
    return SignedText(
        request_object=reader.text("request_object", max_chars=512 * 1024),
        reference=RequestReference(
            parse_client_id(reader.text("client_id")),
            reader.text("request_uri"),
            "post" if reader.choice("method", ("get", "post")) == "post" else "get",
        ),
        wallet_nonce=None if wallet_nonce is None else str(wallet_nonce),
    )


def parse_answer(document: Any) -> AnswerOfVerifier:
    """Read back what :meth:`AnswerOfVerifier.to_json` wrote."""
    reader = Reader(document)
    redirect_uri, reason = reader.any("redirect_uri"), reader.any("reason")
    told = None if reason is None else Reader(reason)
    return AnswerOfVerifier(
        redirect_uri=None if redirect_uri is None else str(redirect_uri),
        reason=None if told is None else Text(told.text("zh"), told.text("en")),
    )
