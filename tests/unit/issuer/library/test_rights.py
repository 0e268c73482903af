from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from issuer.library.licence import Holder
from issuer.library.licence_input import parse_licence_draft
from issuer.library.rights import takes_away
from issuer.library.validity_period import Period
from standards.licence_types import load_catalogue
from tests.unit.issuer.library.builders import DRIVING, TODAY, body, licence

FIRST, LAST = date(2026, 1, 1), date(2030, 1, 1)
DAY = timedelta(days=1)


def draft_of(**changes):
    made = replace(
        parse_licence_draft(body(DRIVING), load_catalogue(), today=TODAY), period=Period(FIRST, LAST)
    )
    return replace(made, **changes)


PRESENT = replace(licence(DRIVING), valid_from=FIRST, valid_until=LAST)
SOMEBODY_ELSE = Holder("陈另人", "414", "E00000001")


@pytest.mark.parametrize(
    ("changes", "takes"),
    [
        ({}, False),
        ({"holders": (replace(PRESENT.holders[0], name="张新名"),)}, False),
        ({"holders": (*PRESENT.holders, SOMEBODY_ELSE)}, False),
        ({"holders": (SOMEBODY_ELSE,)}, True),
        ({"period": Period(FIRST, LAST + DAY)}, False),
        ({"period": Period(FIRST, None)}, False),
        ({"period": Period(FIRST, LAST - DAY)}, True),
        ({"period": Period(TODAY, LAST)}, False),
        ({"period": Period(TODAY + DAY, LAST)}, True),
    ],
)
def test_what_a_new_version_takes_away(changes, takes):
    assert takes_away(PRESENT, draft_of(**changes), TODAY) is takes


def test_a_last_day_takes_away_from_a_long_term_licence():
    assert takes_away(replace(PRESENT, valid_until=None), draft_of(), TODAY)
