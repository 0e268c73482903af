"""One search at one library: a closed set of states, each change a compare-and-set.

    sent ──answered──▶ fetching ──▶ done
      └──────refused──────────────▶ done

``sent`` is the browser at the library's own page. Its answer is taken once. ``fetching`` goes on in steps, each under a
lease, so that many licences do not hold up one request, and what is left after a failure can be asked for again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from standards.jose import b64url_decode, b64url_encode
from standards.json_reader import Reader
from standards.text import Text
from wallet.claiming.libraries import ListedIssuer

ANSWER_WITHIN: Final = timedelta(minutes=15)
"""How long the person may take at the library's page."""

KEPT_FOR: Final = timedelta(days=1)
"""How long results are kept, counted from the start; what came is in the wallet anyway."""

PREPARING: Final = Text(
    "发证机构正在准备，好了会自动存入。", "The issuer is preparing it; it arrives by itself."
)

_A_LICENCE: Final = Text("证照", "Licence")

DEFERRED_FOR: Final = timedelta(days=90)
"""How long an offer's licences are waited for that the issuer delivers later."""

LEASE: Final = timedelta(minutes=2)
"""How long one step may talk to the library; longer than all of its time-outs together."""


class SearchState(StrEnum):
    """Where a search stands."""

    SENT = "sent"
    """The person is at the library's page."""
    FETCHING = "fetching"
    """The library gave access; licences are being fetched."""
    DONE = "done"
    """Nothing more will come of it."""


class Fate(StrEnum):
    """What came of one licence."""

    WAITING = "waiting"
    """Not asked for yet."""
    RECEIVED = "received"
    """It is in the wallet now."""
    RENEWED = "renewed"
    """It was there already and has fresh copies now."""
    LATER = "later"
    """The issuer is not ready yet (OpenID4VCI 1.0 section 9)."""
    REFUSED = "refused"
    """It did not pass the checks, or the issuer does not give it."""
    FAILED = "failed"
    """It could not be had just now; it can be tried again."""
    GIVEN_UP = "given_up"
    """The person does not wait for it any more."""


@dataclass(frozen=True, slots=True)
class Find:
    """One licence that the library granted, and what came of it.

    Attributes:
        issuer: identifier of its issuer.
        configuration_id: credential configuration.
        identifier: credential identifier, or ``None``: the configuration alone names it.
        fate: what came of it.
        name: of the licence, once known; else of its kind.
        whose: name of the holder in whose wallet it is, or empty.
        holding_id: in the person's own wallet, or ``None``.
        told: why not, or when.
        transaction_id: of a deferred answer.
        sealed_keys: the keys proved for a deferred answer, each with its data key.
        not_before: before this instant it is not asked for again.
    """

    issuer: str
    configuration_id: str
    identifier: str | None = None
    fate: Fate = Fate.WAITING
    name: Text = _A_LICENCE
    whose: str = ""
    holding_id: str | None = None
    told: Text | None = None
    transaction_id: str | None = field(default=None, repr=False)
    sealed_keys: tuple[bytes, ...] = field(default=(), repr=False)
    not_before: datetime | None = None

    def open_at(self, at: datetime) -> bool:
        """Whether a step at ``at`` asks for it."""
        due = self.not_before is None or self.not_before <= at
        return self.fate is Fate.WAITING or (self.fate is Fate.LATER and due)

    def to_json(self) -> dict[str, Any]:
        """What is sealed."""
        return {
            "issuer": self.issuer,
            "configuration_id": self.configuration_id,
            "identifier": self.identifier,
            "fate": self.fate.value,
            "name": self.name.to_json(),
            "whose": self.whose,
            "holding_id": self.holding_id,
            "told": None if self.told is None else self.told.to_json(),
            "transaction_id": self.transaction_id,
            "sealed_keys": [b64url_encode(one) for one in self.sealed_keys],
            "not_before": None if self.not_before is None else self.not_before.timestamp(),
        }


@dataclass(frozen=True, slots=True)
class Connection:
    """How the library is spoken to.

    Attributes:
        server: identifier of the authorisation server.
        issuers: the credential issuers that it serves and the trust lists name.
        state: ties the answer to this search.
        code_verifier: PKCE.
        sealed_key: the key of this search, for DPoP and for the client attestation, sealed under the holder key.
        scope: what was asked for; a token response that names none grants just this (RFC 6749 section 5.1).
        foreign: whether the issuer is on no trust list (``wallet.foreign``).
        place: of this server among those of the library.
        others: further authorisation servers of the same library, asked afterwards.
        access_token: once there is one.
        token_type: ``DPoP`` or ``Bearer``.
        expires_at: of the access token.
        uses: whether the token also tells uses.
        refresh_token: for a further access token, or ``None``; only an offer's grant has one.
    """

    server: str
    issuers: tuple[ListedIssuer, ...]
    state: str = field(repr=False)
    code_verifier: str = field(repr=False)
    sealed_key: bytes = field(repr=False)
    scope: str = ""
    foreign: bool = False
    place: int = 0
    others: int = 0
    access_token: str | None = field(default=None, repr=False)
    token_type: str = "DPoP"
    expires_at: datetime | None = None
    uses: bool = False
    refresh_token: str | None = field(default=None, repr=False)

    def issuer(self, identifier: str) -> ListedIssuer | None:
        """The issuer of this connection with this identifier."""
        return next((one for one in self.issuers if one.identifier == identifier), None)

    def to_json(self) -> dict[str, Any]:
        """What is sealed."""
        return {
            "server": self.server,
            "issuers": [[one.identifier, one.name.to_json()] for one in self.issuers],
            "state": self.state,
            "code_verifier": self.code_verifier,
            "sealed_key": b64url_encode(self.sealed_key),
            "scope": self.scope,
            "foreign": self.foreign,
            "place": self.place,
            "others": self.others,
            "access_token": self.access_token,
            "token_type": self.token_type,
            "expires_at": None if self.expires_at is None else self.expires_at.timestamp(),
            "uses": self.uses,
            "refresh_token": self.refresh_token,
        }


@dataclass(frozen=True, slots=True)
class Search:
    """A search of one person at one library, or an offer of which something comes later.

    Attributes:
        search_id: random.
        state: where it stands.
        library_key: which library.
        library_name: for people.
        started_at: when.
        connection: how the library is spoken to.
        finds: what it granted.
        told: why it ended without any, or ``None``.
        uses_noted: how many uses without the holder it told.
        of_offer: whether it goes on where the receipt of an offer ended; it bears the offer's id.
    """

    search_id: str
    state: SearchState
    library_key: str
    library_name: Text
    started_at: datetime
    connection: Connection = field(repr=False)
    finds: tuple[Find, ...] = ()
    told: Text | None = None
    uses_noted: int = 0
    of_offer: bool = False

    @property
    def expires_at(self) -> datetime:
        """When the wallet forgets it."""
        return self.started_at + (DEFERRED_FOR if self.of_offer else KEPT_FOR)

    @property
    def key_context(self) -> str:
        """The context under which its key is sealed; an offer's key goes on being sealed as it was."""
        return f"offer {self.search_id} dpop" if self.of_offer else f"search {self.search_id} key"

    @property
    def next_at(self) -> datetime | None:
        """When to ask for what the issuer promised for later; ``None`` when it promised nothing."""
        if self.state is not SearchState.FETCHING:
            return None
        return min(
            (one.not_before or self.started_at for one in self.finds if one.fate is Fate.LATER), default=None
        )

    def may_answer(self, at: datetime) -> bool:
        """Whether an answer of the library is still taken."""
        return self.state is SearchState.SENT and at < self.started_at + ANSWER_WITHIN

    def count(self, *fates: Fate) -> int:
        """How many licences met one of these fates."""
        return sum(one.fate in fates for one in self.finds)

    def open_finds(self, at: datetime) -> tuple[int, ...]:
        """Places of what the next step asks for."""
        return tuple(place for place, one in enumerate(self.finds) if one.open_at(at))

    def with_find(self, place: int, found: Find) -> Search:
        """The search with one fate changed."""
        finds: Sequence[Find] = (*self.finds[:place], found, *self.finds[place + 1 :])
        return replace(self, finds=tuple(finds))

    def sealed_json(self) -> dict[str, Any]:
        """What is sealed of it."""
        return {
            "library_key": self.library_key,
            "library_name": self.library_name.to_json(),
            "started_at": self.started_at.timestamp(),
            "connection": self.connection.to_json(),
            "finds": [one.to_json() for one in self.finds],
            "told": None if self.told is None else self.told.to_json(),
            "uses_noted": self.uses_noted,
            "of_offer": self.of_offer,
        }


def parse_search(search_id: str, state: SearchState, document: Any) -> Search:
    """Read back what :meth:`Search.sealed_json` wrote."""
    reader = Reader(document)
    return Search(
        search_id=search_id,
        state=state,
        library_key=reader.text("library_key", min_chars=0),
        library_name=_text(reader.any("library_name")),
        started_at=_instant(reader.any("started_at")),
        connection=_connection(reader.object("connection")),
        finds=tuple(_find(one) for one in reader.objects("finds", max_items=2_000)),
        told=_optional_text(reader.any("told")),
        uses_noted=reader.integer("uses_noted"),
        of_offer="of_offer" in reader and reader.boolean("of_offer"),
    )


def _connection(reader: Reader) -> Connection:
    expires_at = reader.any("expires_at")
    return Connection(
        server=reader.text("server"),
        issuers=tuple(
            ListedIssuer(identifier, _text(name))
            for identifier, name in reader.list("issuers", max_items=1_000)
        ),
        state=reader.text("state", min_chars=0),
        code_verifier=reader.text("code_verifier", min_chars=0),
        sealed_key=b64url_decode(reader.text("sealed_key")),
        scope=reader.text("scope", min_chars=0),
        foreign=reader.boolean("foreign"),
        place=reader.integer("place"),
        others=reader.integer("others"),
        access_token=reader.any("access_token"),
        token_type=reader.text("token_type"),
        expires_at=None if expires_at is None else _instant(expires_at),
        uses=reader.boolean("uses"),
        # Absent in what was written before offers could be waited for.
        refresh_token=reader.any("refresh_token") if "refresh_token" in reader else None,
    )


def _find(reader: Reader) -> Find:
    not_before = reader.any("not_before")
    return Find(
        issuer=reader.text("issuer"),
        configuration_id=reader.text("configuration_id"),
        identifier=reader.any("identifier"),
        fate=Fate(reader.choice("fate", tuple(Fate))),
        name=_text(reader.any("name")),
        whose=reader.text("whose", min_chars=0),
        holding_id=reader.any("holding_id"),
        told=_optional_text(reader.any("told")),
        transaction_id=reader.any("transaction_id"),
        sealed_keys=tuple(b64url_decode(one) for one in reader.texts("sealed_keys", max_chars=16_384)),
        not_before=None if not_before is None else _instant(not_before),
    )


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _optional_text(value: Any) -> Text | None:
    return None if value is None else _text(value)


def _text(value: Any) -> Text:
    reader = Reader(value)
    return Text(reader.text("zh", min_chars=0), reader.text("en", min_chars=0))
