"""The state on a card: what the issuer published, then the dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.faces import AT, face
from wallet.holdings.licence_state import LicenceState, StatusReading, decide_state


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ((), LicenceState.VALID),
        ((0,), LicenceState.VALID),
        ((0, 0, 2), LicenceState.SUSPENDED),
        ((2, 1), LicenceState.ENDED),
        ((0, 3), LicenceState.INSPECTION_OVERDUE),
        ((0, None), LicenceState.UNKNOWN),
        ((None, 1), LicenceState.ENDED),
        ((9,), LicenceState.UNKNOWN),
    ],
)
def test_one_bad_copy_is_enough(values: tuple[int | None, ...], state: LicenceState) -> None:
    assert decide_state(face(), [StatusReading(value, AT) for value in values], AT).state is state


def test_the_age_is_the_age_of_the_list_that_decided() -> None:
    old = AT - timedelta(hours=3)
    assert decide_state(face(), [StatusReading(0, AT), StatusReading(2, old)], AT).as_of == old


@pytest.mark.parametrize(
    ("claims", "at", "state"),
    [
        ({"valid_until": "2026-11-22"}, AT, LicenceState.VALID),
        # 2026-11-22 ends in Beijing at 16:00 UTC.
        ({"valid_until": "2026-11-22"}, datetime(2026, 11, 22, 15, 59, tzinfo=UTC), LicenceState.VALID),
        ({"valid_until": "2026-11-22"}, datetime(2026, 11, 22, 16, 0, tzinfo=UTC), LicenceState.EXPIRED),
        ({"valid_from": "2026-11-23"}, AT, LicenceState.NOT_YET_EFFECTIVE),
        ({"valid_from": "2026-11-23"}, datetime(2026, 11, 22, 16, 0, tzinfo=UTC), LicenceState.VALID),
        ({"valid_until": "long-term"}, AT, LicenceState.VALID),
    ],
)
def test_days_are_days_of_china(claims: dict[str, str], at: datetime, state: LicenceState) -> None:
    assert decide_state(face(**claims), [StatusReading(0, at)], at).state is state


def test_the_copies_own_end_counts_too() -> None:
    assert decide_state(face(expires_at=AT), [StatusReading(0, AT)], AT).state is LicenceState.EXPIRED


def test_what_was_revoked_and_has_expired_since_is_shown_as_ended() -> None:
    card = decide_state(face(valid_until="2020-01-01"), [StatusReading(1, AT)], AT)
    assert card.state is LicenceState.ENDED
    assert not card.usable
    assert card.advice is not None
