"""What a licence goes through, over the real store: suspensions that last, rights that two persons take, clocks, races."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from issuer.library.review_standings import review_standings
from standards.status_list import StatusValue
from tests.service.issuer.test_events import LICENCES, TWO, RecordingStatus, do
from tests.support.clock import START


@pytest.fixture
def path(police, driving):
    return f"{LICENCES}/{police.post(LICENCES, driving).get_json()['identifier']}"


@pytest.fixture(autouse=True)
def present(issuer_clock):
    issuer_clock.set(START)
    yield
    issuer_clock.set(START)


def successor_of(system, path):
    return f"{LICENCES}/{system.get(path).get_json()['superseded_by']}"


def test_every_ground_must_belong_to_its_operation(police, path):
    refused = do(police, path, "report_lost", reason_code="fraud")
    assert refused.status_code == 400
    assert refused.get_json()["where"] == "/reason_code"
    done = do(police, path, "report_lost", reason_code="stolen").get_json()
    assert (done["reason_code"], done["reason_label"]["zh"]) == ("stolen", "被盗")
    assert police.get(path).get_json()["events"][-1]["reason_code"] == "stolen"


def test_a_suspension_outlives_a_change_and_an_extension(police, path):
    """The new version is suspended under the same decision; only returning the licence ends that."""
    do(police, path, "suspend", reason="调查期间", approval=TWO, reason_code="investigation")
    changed = do(police, path, "change", changes={"fields": {"address": "浙江省杭州市新址"}})
    assert changed.status_code == 201, changed.get_json()
    successor = successor_of(police, path)
    licence = police.get(successor).get_json()
    assert licence["state"] == "suspended"
    assert [event["operation"] for event in licence["events"]] == ["change", "suspend"]
    carried = licence["events"][-1]
    assert (carried["reason"], carried["approver"], carried["reason_code"]) == (
        "调查期间",
        TWO["approver"],
        "investigation",
    )
    assert do(police, successor, "replace").status_code == 409
    assert do(police, successor, "return").status_code == 201
    assert police.get(successor).get_json()["state"] == "valid"


def test_the_end_of_the_term_lifts_no_suspension(police, driving, issuer_clock):
    """Suspended, run out, extended: the extension does not give back what the suspension took."""
    entered = police.post(LICENCES, {**driving, "valid_until": "2026-11-22"}).get_json()
    path = f"{LICENCES}/{entered['identifier']}"
    do(police, path, "suspend", approval=TWO)
    issuer_clock.advance(timedelta(hours=9))
    assert police.get(path).get_json()["state"] == "expired"
    assert do(police, path, "expire").status_code == 201
    assert do(police, path, "replace").status_code == 409
    assert do(police, path, "extend").status_code == 201
    assert police.get(successor_of(police, path)).get_json()["state"] == "suspended"


def test_a_lost_licence_can_be_suspended_and_is_still_lost_afterwards(police, path):
    do(police, path, "report_lost")
    assert do(police, path, "suspend", approval=TWO).status_code == 201
    do(police, path, "return")
    assert police.get(path).get_json()["state"] == "reported_lost"


def test_what_was_transferred_out_comes_back_as_a_new_version(police, path):
    do(police, path, "transfer_out", approval=TWO)
    assert police.get(path).get_json()["state"] == "other"
    assert do(police, path, "transfer_in", reason_code="sent_back").status_code == 201
    assert police.get(path).get_json()["state"] == "replaced"
    assert police.get(successor_of(police, path)).get_json()["state"] == "valid"


def someone_else(police, path):
    holder = police.get(path).get_json()["holders"][0]
    return {"holders": [{**holder, "code_type": "414", "number": "E00000001", "name": "陈另人"}]}


def test_a_change_that_takes_rights_away_waits_for_a_second_person(police, path):
    """Another holder in the place of the present one: proposed with all it would change, and done when approved."""
    changes = someone_else(police, path)
    answer = do(police, path, "change", changes=changes, reason_code="ownership_changed")
    assert answer.status_code == 202, answer.get_json()
    licence = police.get(path).get_json()
    assert (licence["state"], licence["superseded_by"]) == ("valid", None)
    assert licence["proposal"]["changes"] == changes
    decision = f"{path}/events/{licence['proposal']['event']}/decision"
    decided = police.post(decision, {"decision": "approve", "approver": "周审批"})
    assert decided.status_code == 201, decided.get_json()
    assert decided.get_json()["successor"]["holders"][0]["name"] == "陈另人"
    old = police.get(path).get_json()
    assert (old["state"], old["proposal"]) == ("replaced", None)
    assert decided.get_json()["successor"]["events"][0]["reason_code"] == "ownership_changed"


def test_the_second_person_must_ask_for_the_same_changes(police, path):
    """Seen: another person in the place. Asked for with an approver: a third one. That is no approval of the first."""
    changes = someone_else(police, path)
    assert do(police, path, "change", changes=changes).status_code == 202
    other = {"holders": [{**changes["holders"][0], "number": "E00000002"}]}
    assert do(police, path, "change", changes=other, approval=TWO).status_code == 409
    assert do(police, path, "change", changes=changes, approval=TWO).status_code == 201


def test_two_persons_change_the_holder_at_once(police, path):
    assert do(police, path, "change", changes=someone_else(police, path), approval=TWO).status_code == 201


def test_a_clock_that_was_set_back_does_not_turn_the_history_around(police, path, issuer_clock):
    do(police, path, "report_lost")
    issuer_clock.advance(-timedelta(hours=3))
    assert do(police, path, "cancel_loss").status_code == 201
    events = police.get(path).get_json()["events"]
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)
    assert [event["event"] for event in events] == [1, 2, 3]


def test_what_a_clock_far_ahead_ended_is_in_force_again_once_it_is_right(
    police, path, node, issuer_clock, monkeypatch
):
    """A clock jumps seven years ahead for one review, and back: the status lists follow it both ways."""
    status = RecordingStatus()
    monkeypatch.setattr(
        type(node.issuance.changes),
        "set_licence_status",
        lambda _, *a, **k: status.set_licence_status(*a, **k),
    )
    identifier = path.rpartition("/")[2]
    issuer_clock.advance(timedelta(days=366 * 7))
    review_standings(node.library, at=issuer_clock.now())
    assert (identifier, StatusValue.INVALID) in [told[:2] for told in status.told]
    issuer_clock.set(START)
    status.told.clear()
    review_standings(node.library, at=issuer_clock.now())
    assert (identifier, StatusValue.VALID) in [told[:2] for told in status.told]
    status.told.clear()
    review_standings(node.library, at=issuer_clock.now())
    assert identifier not in [told[0] for told in status.told]
    stored = node.database["licences"].find_one({"_id": identifier})
    assert stored["review_on"] > "2026-11-23"


def test_a_licence_replaced_while_being_suspended_is_one_or_the_other(police, driving):
    """Eight rounds of two clerks at once: one suspends, one replaces. Whoever is first wins; never is the old version
    suspended and a new one in force.
    """
    seen = set()
    with ThreadPoolExecutor(2) as clerks:
        for _ in range(8):
            path = f"{LICENCES}/{police.post(LICENCES, driving).get_json()['identifier']}"
            suspended = clerks.submit(do, police, path, "suspend", approval=TWO)
            replaced = clerks.submit(do, police, path, "replace")
            answers = suspended.result().status_code, replaced.result().status_code
            licence = police.get(path).get_json()
            if licence["state"] == "suspended":
                assert answers == (201, 409)
                assert licence["superseded_by"] is None
            else:
                assert answers == (409, 201)
                assert licence["state"] == "replaced"
                assert police.get(successor_of(police, path)).get_json()["state"] == "valid"
            assert [event["operation"] for event in licence["events"]].count("suspend") == (
                licence["state"] == "suspended"
            )
            seen.add(answers)
    assert seen
