"""When the wallet asks an issuer about a licence: a table."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from keys.envelope import WrappedKey
from standards.text import Text
from wallet.holdings.holding import Face, Holding, Relation, SealedCopy
from wallet.holdings.licence_state import LicenceState
from wallet.holdings.renewal import IssuersWord, RefreshMeans, Renewal
from wallet.refreshing.need import LONGEST_RETRY, Need, need_of, retry_after

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MEANS = RefreshMeans("token", b"key", "context", "https://issuer.example", "type-1")
ENDED, SUSPENDED, VALID = LicenceState.ENDED, LicenceState.SUSPENDED, LicenceState.VALID


def holding(*, unseen: int = 5, copies: int = 5, expires_in: int = 90, **renewal: Any) -> Holding:
    face = Face(
        credential_issuer="https://issuer.example",
        issuer_name=Text("某局", "A bureau"),
        issuer_chain=(),
        vct="urn:elicence:type:X:1",
        type_name=Text("某证", "A licence"),
        claims={},
        relation=Relation.OWN,
        expires_at=AT + timedelta(days=expires_in),
        statuses=(),
    )
    kept = tuple(
        SealedCopy(str(number), WrappedKey(b""), b"", b"", None if number < unseen else AT)
        for number in range(copies)
    )
    return Holding("h", face, AT, kept, renewal=Renewal(**({"means": MEANS} | renewal)))


def word(state: str, shown: LicenceState, minutes: int) -> IssuersWord:
    return IssuersWord(state, shown.value, AT - timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("held", "state", "need"),
    [
        (holding(), VALID, None),
        (holding(), LicenceState.UNKNOWN, None),
        (holding(), LicenceState.INSPECTION_OVERDUE, None),
        (holding(), LicenceState.NOT_YET_EFFECTIVE, None),
        (holding(), ENDED, Need.NEW_VERSION),
        (holding(), LicenceState.EXPIRED, Need.NEW_VERSION),
        (holding(), SUSPENDED, Need.REASON),
        (holding(means=None), ENDED, None),
        (holding(word=word("expired", ENDED, 10)), ENDED, None),
        (holding(word=word("expired", ENDED, 60)), ENDED, Need.NEW_VERSION),
        (holding(word=word("suspended", SUSPENDED, 60)), SUSPENDED, None),
        (holding(word=word("suspended", SUSPENDED, 60)), ENDED, Need.NEW_VERSION),
        (holding(word=word("suspended", SUSPENDED, 60)), VALID, None),
        (holding(unseen=2), VALID, None),
        (holding(unseen=1), VALID, Need.COPIES),
        (holding(unseen=0), VALID, Need.COPIES),
        (holding(unseen=1, copies=1), VALID, None),
        (holding(unseen=0, copies=1), VALID, Need.COPIES),
        (holding(expires_in=29), VALID, Need.EXPIRY),
        (holding(expires_in=29, asked_at=AT - timedelta(hours=2)), VALID, None),
        (holding(unseen=1, asked_at=AT - timedelta(hours=2)), VALID, None),
        (holding(unseen=0, asked_at=AT - timedelta(hours=2)), VALID, Need.COPIES),
        (holding(unseen=0, asked_at=AT - timedelta(minutes=2)), VALID, None),
        (holding(unseen=0, asked_at=AT + timedelta(hours=2)), VALID, Need.COPIES),
    ],
)
def test_when_an_issuer_is_asked(held: Holding, state: LicenceState, need: Need | None) -> None:
    assert need_of(held, state, AT) is need


def test_a_licence_that_was_taken_out_needs_nothing() -> None:
    assert need_of(replace(holding(), removed_at=AT), ENDED, AT) is None


def test_an_issuer_is_left_alone_for_longer_after_each_failure() -> None:
    waits = [retry_after(failures, None) for failures in range(1, 40)]
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_RETRY
    assert retry_after(1, timedelta(hours=1)) == timedelta(hours=1)
    assert retry_after(1, timedelta(days=9_999)) == timedelta(days=1), "nobody may silence a wallet for good"
