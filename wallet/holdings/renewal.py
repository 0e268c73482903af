"""What lets a licence in the wallet stay current: the means to ask its issuer, what it last said, and what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from standards.jose import b64url_decode, b64url_encode
from standards.json_reader import Reader
from standards.text import Text

MAX_PAST: Final = 30
"""Earlier versions whose changes are kept; the oldest go first."""


@dataclass(frozen=True, slots=True)
class RefreshMeans:
    """What an issuer gave to ask again with.

    Attributes:
        token: the refresh token that is good now.
        sealed_dpop_key: the key to which it is bound, sealed under the holder key.
        key_context: the context under which it was.
        server: authorisation server that takes it.
        configuration_id: credential configuration last received.
    """

    token: str = field(repr=False)
    sealed_dpop_key: bytes = field(repr=False)
    key_context: str
    server: str
    configuration_id: str


@dataclass(frozen=True, slots=True)
class IssuersWord:
    """Why a licence cannot be used, as its issuer told this holder.

    Attributes:
        state: class of the reason, for example ``revoked``.
        shown: the state that the card showed then: once it shows another, the word is out of date.
        at: when it was told.
    """

    state: str
    shown: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that a new version changed; a side is ``None`` where the version did not have it."""

    label: Text
    before: Text | None
    after: Text | None


@dataclass(frozen=True, slots=True)
class PastVersion:
    """A version that was in the wallet until another took its place.

    Attributes:
        identifier: of the licence version.
        until: when the other came.
        changes: what it changed, in printed order.
    """

    identifier: str
    until: datetime
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Renewal:
    """Everything of one licence that concerns staying current; sealed like its face.

    Attributes:
        means: to ask with, or ``None``: its holder must come by for copies.
        word: what the issuer last said that a card cannot tell by itself.
        past: earlier versions, newest first.
        refreshed_at: when copies last came by themselves.
        asked_at: when the issuer was last asked and answered.
        failures: attempts in a row that brought no answer.
    """

    means: RefreshMeans | None = None
    word: IssuersWord | None = None
    past: tuple[PastVersion, ...] = ()
    refreshed_at: datetime | None = None
    asked_at: datetime | None = None
    failures: int = 0

    def to_json(self) -> dict[str, Any]:
        """What is sealed."""
        means, word = self.means, self.word
        return {
            "means": None
            if means is None
            else {
                "token": means.token,
                "sealed_dpop_key": b64url_encode(means.sealed_dpop_key),
                "key_context": means.key_context,
                "server": means.server,
                "configuration_id": means.configuration_id,
            },
            "word": None
            if word is None
            else {"state": word.state, "shown": word.shown, "at": _seconds(word.at)},
            "past": [
                {
                    "identifier": version.identifier,
                    "until": _seconds(version.until),
                    "changes": [
                        [change.label.to_json(), _text_json(change.before), _text_json(change.after)]
                        for change in version.changes
                    ],
                }
                for version in self.past
            ],
            "refreshed_at": _seconds(self.refreshed_at),
            "asked_at": _seconds(self.asked_at),
            "failures": self.failures,
        }


NOT_RENEWED: Final = Renewal()
"""Of a licence that its issuer gave without means to ask again."""


def parse_renewal(document: Any) -> Renewal:
    """Read back what :meth:`Renewal.to_json` wrote."""
    reader = Reader(document)
    means, word = reader.any("means"), reader.any("word")
    return Renewal(
        means=None if means is None else _means(Reader(means)),
        word=None if word is None else _word(Reader(word)),
        past=tuple(
            PastVersion(
                one.text("identifier", min_chars=0),
                _instant(one.any("until")),
                tuple(
                    FieldChange(_text(label), _optional_text(before), _optional_text(after))
                    for label, before, after in one.list("changes")
                ),
            )
            for one in reader.objects("past", max_items=MAX_PAST)
        ),
        refreshed_at=_optional_instant(reader.any("refreshed_at")),
        asked_at=_optional_instant(reader.any("asked_at")),
        failures=reader.integer("failures"),
    )


def _means(reader: Reader) -> RefreshMeans:
    return RefreshMeans(
        token=reader.text("token", max_chars=16_384),
        sealed_dpop_key=b64url_decode(reader.text("sealed_dpop_key")),
        key_context=reader.text("key_context"),
        server=reader.text("server", max_chars=4_096),
        configuration_id=reader.text("configuration_id"),
    )


def _word(reader: Reader) -> IssuersWord:
    return IssuersWord(reader.text("state"), reader.text("shown"), _instant(reader.any("at")))


def _seconds(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _optional_instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else _instant(seconds)


def _text_json(text: Text | None) -> Mapping[str, str] | None:
    return None if text is None else text.to_json()


def _text(value: Any) -> Text:
    reader = Reader(value)
    return Text(
        reader.text("zh", min_chars=0, max_chars=10**6), reader.text("en", min_chars=0, max_chars=10**6)
    )


def _optional_text(value: Any) -> Text | None:
    return None if value is None else _text(value)
