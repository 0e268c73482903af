from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from issuer.library.review_standings import review_standings
from standards.status_list import StatusValue

LICENCES = "/api/v1/licences"
TWO = {"proposer": "孙经办", "approver": "周审批"}


@pytest.fixture
def path(police, driving):
    return f"{LICENCES}/{police.post(LICENCES, driving).get_json()['identifier']}"


def do(system, path, operation, reason="因故", **members):
    return system.post(f"{path}/events", {"operation": operation, "reason": reason, **members})


class RecordingStatus:
    """Stands where the status lists stand, and remembers what it was told."""

    def __init__(self):
        self.told = []

    def announce_change(self, identifier, *, at):
        self.told.append((identifier, "announced"))

    def set_licence_status(self, identifier, value, *, revision, at):
        self.told.append((identifier, value, revision))


def test_with_two_persons_an_operation_is_carried_out_at_once(police, path):
    answer = do(police, path, "suspend", approval=TWO)
    assert answer.status_code == 201
    assert answer.get_json()["state"] == "done"
    licence = police.get(path).get_json()
    assert licence["state"] == "suspended"
    assert licence["events"][-1]["approver"] == "周审批"
    assert licence["events"][-1]["reason"] == "因故"
    assert do(police, path, "return").status_code == 201
    assert police.get(path).get_json()["state"] == "valid"


@pytest.mark.parametrize("operation", ["suspend", "deregister", "rescind", "revoke", "transfer_out"])
def test_without_a_second_person_it_is_only_proposed(police, path, operation):
    answer = do(police, path, operation)
    assert answer.status_code == 202
    assert answer.get_json()["state"] == "proposed"
    licence = police.get(path).get_json()
    assert licence["state"] == "valid"
    assert licence["proposal"]["operation"] == operation


def test_a_proposer_alone_proposes(police, path):
    assert do(police, path, "revoke", approval={"proposer": "孙经办"}).status_code == 202
    assert police.get(path).get_json()["proposal"]["proposer"] == "孙经办"


@pytest.mark.parametrize("approver", ["孙经办", " 孙经办 ", "孙 经办"])
def test_one_person_is_not_two(police, path, approver):
    answer = do(police, path, "revoke", approval={"proposer": "孙经办", "approver": approver})
    assert answer.status_code == 400
    assert answer.get_json()["type"] == "urn:elicence:problem:same-person"
    assert police.get(path).get_json()["state"] == "valid"


def test_a_second_person_approves_what_was_proposed(police, path):
    event = do(police, path, "revoke", approval={"proposer": "孙经办"}).get_json()["event"]
    decision = f"{path}/events/{event}/decision"
    assert police.post(decision, {"decision": "approve", "approver": "孙经办"}).status_code == 400
    assert (
        police.post(f"{path}/events/99/decision", {"decision": "approve", "approver": "乙"}).status_code
        == 404
    )
    assert police.get(path).get_json()["state"] == "valid"
    approved = police.post(decision, {"decision": "approve", "approver": "周审批"})
    assert approved.status_code == 201
    licence = police.get(path).get_json()
    assert (licence["state"], licence["proposal"]) == ("revoked", None)
    assert [entry["state"] for entry in licence["events"]] == ["done", "proposed", "done"]
    assert licence["events"][-1]["answers"] == event
    assert police.post(decision, {"decision": "approve", "approver": "周审批"}).status_code == 404


def test_the_same_operation_with_its_second_person_completes_the_proposal(police, path):
    """Proposed by one, asked for again with two: carried out, unless the approver is the one who proposed it."""
    event = do(police, path, "suspend", approval={"proposer": "孙经办"}).get_json()["event"]
    again = {"proposer": "吴某", "approver": "孙经办"}
    assert do(police, path, "suspend", approval=again).status_code == 400
    assert do(police, path, "revoke", approval=TWO).status_code == 409
    done = do(police, path, "suspend", approval=TWO)
    assert (done.status_code, done.get_json()["answers"]) == (201, event)
    licence = police.get(path).get_json()
    assert (licence["state"], licence["proposal"]) == ("suspended", None)


def test_a_refused_proposal_changes_nothing(police, path):
    event = do(police, path, "revoke", approval={"proposer": "孙经办"}).get_json()["event"]
    refusal = {"decision": "refuse", "approver": "周审批", "reason": "证据不足"}
    assert police.post(f"{path}/events/{event}/decision", refusal).status_code == 201
    licence = police.get(path).get_json()
    assert (licence["state"], licence["proposal"]) == ("valid", None)
    assert licence["events"][-1]["state"] == "refused"


def test_while_one_operation_waits_no_other_begins(police, path):
    do(police, path, "revoke")
    answer = do(police, path, "report_lost")
    assert answer.status_code == 409
    assert answer.get_json()["type"] == "urn:elicence:problem:proposal-open"


def test_an_operation_that_the_state_does_not_allow_says_what_is_possible(police, path):
    answer = do(police, path, "return")
    assert answer.status_code == 409
    assert "suspend" in answer.get_json()["next"]["en"]


def test_a_change_makes_a_new_version_and_the_old_one_points_to_it(police, path):
    answer = do(police, path, "change", changes={"fields": {"address": "浙江省杭州市新址"}})
    assert answer.status_code == 201
    successor = answer.get_json()["successor"]
    old = police.get(path).get_json()
    assert (old["state"], old["superseded_by"]) == ("replaced", successor["identifier"])
    new = police.get(f"{LICENCES}/{successor['identifier']}").get_json()
    assert (new["version"], new["state"], new["supersedes"]) == (2, "valid", old["identifier"])
    assert new["fields"]["address"] == "浙江省杭州市新址"
    assert new["licence_number"] == old["licence_number"]
    assert do(police, path, "change", changes={"fields": {"address": "再改"}}).status_code == 409


def test_eight_changes_at_once_make_one_new_version(police, path, node):
    body = {"operation": "replace", "reason": "遗失补领"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: police.post(f"{path}/events", body), range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    serial = path.rsplit(".", 2)[0].removeprefix(f"{LICENCES}/")
    assert (
        node.database["licences"].count_documents({"_id": {"$regex": f"^{serial.replace('.', '[.]')}"}}) == 2
    )


def test_an_inspection_leaves_the_state_and_can_fail(police, path):
    do(police, path, "inspect", inspection={"result": "failed"})
    licence = police.get(path).get_json()
    assert licence["state"] == "inspection_overdue"
    assert licence["inspection"]["result"] == "failed"
    do(police, path, "inspect", inspection={"result": "passed"})
    assert police.get(path).get_json()["state"] == "valid"


def test_a_licence_is_not_expired_before_its_time(police, path):
    assert do(police, path, "expire").status_code == 409


def test_after_its_last_day_a_licence_can_be_extended_but_not_changed(police, driving, issuer_clock):
    path = f"{LICENCES}/{police.post(LICENCES, {**driving, 'valid_until': '2026-11-22'}).get_json()['identifier']}"
    issuer_clock.advance(timedelta(hours=9))
    try:
        assert police.get(path).get_json()["state"] == "expired"
        assert do(police, path, "change", changes={"fields": {"address": "新址"}}).status_code == 409
        assert do(police, path, "extend").get_json()["successor"]["valid_until"] == "2032-11-22"
    finally:
        issuer_clock.advance(timedelta(hours=-9))


def test_a_licence_that_is_extended_early_stays_in_force(police, path):
    """Years before its last day: the old version is replaced today, so the new one must count from today."""
    old = police.get(path).get_json()
    successor = do(police, path, "extend").get_json()["successor"]
    assert successor["valid_until"] > old["valid_until"]
    assert successor["state"] == "valid"
    assert police.get(path).get_json()["superseded_by"] == successor["identifier"]


def test_the_status_lists_hear_of_every_change_of_state_and_of_nothing_else(police, path, node, monkeypatch):
    """Announced before the durable write, reported after it; a proposal changes no copy."""
    status = RecordingStatus()
    monkeypatch.setattr(type(node.library), "status", status)
    identifier = path.removeprefix(f"{LICENCES}/")
    event = do(police, path, "revoke").get_json()["event"]
    assert status.told == []
    police.post(f"{path}/events/{event}/decision", {"decision": "approve", "approver": "周审批"})
    assert status.told == [(identifier, "announced"), (identifier, StatusValue.INVALID, 3)]


def test_the_passing_of_time_reaches_the_copies(police, driving, node, issuer_clock, monkeypatch):
    """A licence ends today. The review of the next day reports it once as invalid, and not again."""
    status = RecordingStatus()
    identifier = police.post(LICENCES, {**driving, "valid_until": "2026-11-23"}).get_json()["identifier"]
    monkeypatch.setattr(type(node.library), "status", status)
    at = issuer_clock.now()
    review_standings(node.library, at=at)
    assert identifier not in {told[0] for told in status.told}
    tomorrow = at + timedelta(days=2)
    review_standings(node.library, at=tomorrow, batch=2)
    review_standings(node.library, at=tomorrow, batch=2)
    assert [told for told in status.told if told[0] == identifier] == [(identifier, StatusValue.INVALID, 1)]
