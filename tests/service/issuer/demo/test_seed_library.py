from __future__ import annotations

from issuer.demo.authorities import demo_authorities
from issuer.demo.seed_library import seed_library
from issuer.library.store import LicenceFilter
from standards.licence_types import load_catalogue
from tests.support.clock import START


def test_seeding_twice_adds_nothing_and_numbers_go_on(node, market, food):
    added = seed_library(node.licences, load_catalogue(), at=START)
    assert added >= 1000
    assert seed_library(node.licences, load_catalogue(), at=START) == 0
    first = demo_authorities()[0]
    total = node.licences.count(first.uscc, LicenceFilter())
    page = node.licences.list(first.uscc, LicenceFilter(with_proposal=True))
    assert total > 100
    assert page
    assert all(licence.proposal for licence in page)
    taken = {
        licence.licence_number for licence in node.licences.list(first.uscc, LicenceFilter(), limit=total)
    }
    assert market.post("/api/v1/licences", food).get_json()["licence_number"] not in taken
