"""The daily renewal over the real store: due originals get a stamp behind the one they have, once, and say so in figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask

from issuer.documents.renewal.job import PERIODIC, renew_due
from issuer.documents.renewal.renew_originals import Renewed
from issuer.node import IssuerNode
from keys.sealing import SealLevel
from tests.service.issuer.conftest import DRIVING, System
from tests.service.issuer.documents.test_documents import checked, document, entered
from tests.support.clock import START, FixedClock


@pytest.fixture(autouse=True)
def back_at_start(issuer_clock: FixedClock, node: IssuerNode) -> Iterator[None]:
    issuer_clock.set(START)
    node.database["document_originals"].delete_many({})
    yield
    issuer_clock.set(START)


@pytest.fixture
def original(police: System, node: IssuerNode) -> str:
    """Identifier of a licence that has its original."""
    licence = entered(police, node, DRIVING)
    assert document(police, licence).status_code == 200
    return licence


def let_it_weaken(node: IssuerNode, licence: str, until: datetime) -> None:
    """As if the stamp had been made by an authority whose certificate ends sooner."""
    changed = node.database["document_originals"].update_one(
        {"_id": licence}, {"$set": {"protected_until": until}}
    )
    assert changed.modified_count == 1


def test_nothing_is_due_on_the_first_day(node: IssuerNode, original: str) -> None:
    assert renew_due(node, START) == Renewed()


def test_a_due_original_gets_a_stamp_behind_the_one_it_has(
    node: IssuerNode, police: System, original: str
) -> None:
    before = document(police, original).data
    let_it_weaken(node, original, START + timedelta(days=40))
    assert renew_due(node, START) == Renewed(renewed=1)
    after = document(police, original).data
    assert after.startswith(before)
    seen = checked(after, node)
    assert (seen.seals[0].problem, seen.seals[0].level) == (None, SealLevel.ARCHIVED)
    assert len(seen.time_stamps) == 2
    assert renew_due(node, START) == Renewed(), "it is not due any more"


def test_what_was_missed_is_said_and_left_alone(node: IssuerNode, police: System, original: str) -> None:
    before = document(police, original).data
    let_it_weaken(node, original, START - timedelta(days=1))
    assert renew_due(node, START) == Renewed(missed=1)
    assert document(police, original).data == before


def test_the_figures_say_it(app: Flask, node: IssuerNode, original: str) -> None:
    let_it_weaken(node, original, START - timedelta(days=1))
    figures = app.test_client().get("/metrics").text
    assert "elicence_originals_due 1.0" in figures
    assert "elicence_originals_unprotected 1.0" in figures


def test_the_worker_knows_it() -> None:
    assert (PERIODIC.name, PERIODIC.every) == ("issuer.renew-originals", timedelta(days=1))
