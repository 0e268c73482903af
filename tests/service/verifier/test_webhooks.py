"""Messages to other systems: signed, at least once, by ids alone, and given up in the open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest

from keys.certificates import certificate_to_pem
from service.outbound import Outbound
from service.record_chain import FIRST_PREVIOUS, link_hash
from standards.complaints import Cause, Filing
from tests.support.served_app import ServedApp
from tests.support.verifier_world import COMPANY, VerifierWorld
from tests.support.webhook_receiver import WebhookReceiver
from verifier.client import MessageVerifier, WindowClient, WindowProblemError
from verifier.complaints.tell import sweep_complaints, tell_of_complaint
from verifier.node import VerifierNode
from verifier.offline.window_records import WindowRecord
from verifier.reports.follow import rebuild
from verifier.webhooks.deliver import deliver_due
from verifier.webhooks.delivery import PAUSES
from verifier.webhooks.event import SUBSCRIBABLE, EventType, build_event
from verifier.webhooks.sweep import sweep_answers, sweep_records

ALL = [kind.value for kind in SUBSCRIBABLE]


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    made = WebhookReceiver()
    yield made
    made.close()


@pytest.fixture
def node(world: VerifierWorld, receiver: WebhookReceiver) -> Iterator[VerifierNode]:
    """The world's node with the receiver among the allowed origins, and no endpoints of other tests."""
    before = world.node
    allowed = frozenset({*before.settings.allowed_origins, receiver.origin})
    made = replace(
        before, settings=replace(before.settings, allowed_origins=allowed), outbound=Outbound(allowed)
    )
    world.app.extensions["elicence.verifier"] = world.node = made
    yield made
    for department in world.departments:
        for endpoint in made.webhooks.of_department(department.uscc):
            made.webhooks.remove(department.uscc, endpoint.id)
    made.outbound.close()
    world.app.extensions["elicence.verifier"] = world.node = before


@pytest.fixture
def client(world: VerifierWorld, node: VerifierNode) -> Iterator[WindowClient]:
    served = ServedApp(world.app)
    with WindowClient(served.origin, world.token()) as made:
        yield made
    served.close()


def accepted(world: VerifierWorld, client: WindowClient) -> tuple[str, str]:
    """A presentation that was shown and accepted: its id and that of the record."""
    asked = client.ask("food-business-licence")
    assert world.wallet().show(asked.authorization_request).status_code == 200
    shown = client.wait_for(asked.id)
    assert shown.passed
    return asked.id, client.decide(asked.id, "accept")["id"]


def bodies(receiver: WebhookReceiver) -> list[dict[str, object]]:
    return [json.loads(body) for _, body in receiver.received]


def test_what_happens_is_told_signed_and_without_a_name(
    world: VerifierWorld, node: VerifierNode, client: WindowClient, receiver: WebhookReceiver
) -> None:
    endpoint = client.add_webhook(receiver.url, ALL, "办件系统")
    presentation, record = accepted(world, client)
    assert sweep_records(node) == 1
    assert deliver_due(node, node.clock.now()) == 2
    verifier = MessageVerifier(
        world.departments[0].uscc,
        certificate_to_pem(world.nation.anchor).encode(),
        webhook=endpoint["id"],
        now=node.clock.now,
    )
    messages = [verifier.verify(headers, body) for headers, body in receiver.received]
    assert [message.type for message in messages] == ["presentation.received", "decision.taken"]
    assert messages[0].data["presentation"] == presentation
    assert messages[0].data["indication"] == "PASSED"
    assert messages[1].data["record"] == record
    assert messages[1].data["decision"] == "accept"
    for _, body in receiver.received:
        for value in COMPANY.values():
            assert value not in body.decode()
    assert {one["state"] for one in client.deliveries(endpoint["id"])} == {"delivered"}
    # Nothing is told twice, whatever is swept again.
    assert sweep_answers(node, node.clock.now()) == 0
    assert sweep_records(node) == 0
    assert deliver_due(node, node.clock.now()) == 0


def test_an_answer_that_a_killed_process_left_untold_is_found(
    world: VerifierWorld, node: VerifierNode, client: WindowClient, receiver: WebhookReceiver
) -> None:
    """Answer settled, process killed before the message was entered → the sweep enters it, once."""
    world.clock.advance(timedelta(seconds=1))
    client.add_webhook(receiver.url, ["presentation.received"])
    asked = client.ask("food-business-licence")
    world.wallet().show(asked.authorization_request)
    node.database["webhook_deliveries"].delete_many({})
    assert sweep_answers(node, node.clock.now()) == 1
    assert sweep_answers(node, node.clock.now()) == 0
    deliver_due(node, node.clock.now())
    assert [body["data"]["presentation"] for body in bodies(receiver)] == [asked.id]  # type: ignore[index]


def test_a_refusal_of_the_holder_is_told(
    world: VerifierWorld, node: VerifierNode, client: WindowClient, receiver: WebhookReceiver
) -> None:
    client.add_webhook(receiver.url, ["presentation.refused"])
    asked = client.ask("food-business-licence")
    world.wallet().refuse(asked.authorization_request)
    deliver_due(node, node.clock.now())
    assert [body["type"] for body in bodies(receiver)] == ["presentation.refused"]


def test_failures_come_again_ever_later_and_end_in_the_open(
    world: VerifierWorld, node: VerifierNode, client: WindowClient, receiver: WebhookReceiver
) -> None:
    """500 for two days → ten tries at growing pauses, then dead and visible; sent again by hand it arrives."""
    endpoint = client.add_webhook(receiver.url, ALL)["id"]
    event = client.test_webhook(endpoint)
    receiver.status = 500
    clock = world.clock
    for tried, pause in enumerate(PAUSES, start=1):
        assert deliver_due(node, clock.now()) == 0
        assert len(receiver.received) == tried
        clock.advance(pause - timedelta(seconds=1))
        deliver_due(node, clock.now())
        assert len(receiver.received) == tried, "too early"
        clock.advance(timedelta(seconds=1))
    deliver_due(node, clock.now())
    # Tokens last twelve hours: the department's system has a new one by now.
    answer = world.api("GET", f"/api/v1/webhooks/{endpoint}/deliveries?state=dead")
    (dead,) = answer.json["deliveries"]
    assert (dead["event"], dead["tried"]) == (event, len(PAUSES) + 1)
    assert {one["status"] for one in dead["attempts"]} == {500}
    assert world.api("GET", f"/api/v1/webhooks/{endpoint}").json["failing_since"] is not None
    receiver.status = 200
    again = world.api("POST", f"/api/v1/webhooks/{endpoint}/deliveries/{event}/resend")
    assert again.status_code == 202
    assert deliver_due(node, clock.now()) == 1
    assert world.api("GET", f"/api/v1/webhooks/{endpoint}").json["failing_since"] is None
    ids = {headers["webhook-id"] for headers, _ in receiver.received}
    assert ids == {event}, "every try has the id of the event"


def test_one_endpoint_that_fails_does_not_hold_up_another(
    world: VerifierWorld, node: VerifierNode, client: WindowClient, receiver: WebhookReceiver
) -> None:
    """A refuses connections with 100 messages waiting, B listens → B has its message in the same round."""
    broken = client.add_webhook(f"{receiver.origin}/other", ["case.changed"])
    working = client.add_webhook(receiver.url, ["complaint.received"])
    department = world.departments[0].uscc
    node.webhooks.put(replace(node.webhooks.find(department, broken["id"]), url="http://127.0.0.1:9/"))
    at = node.clock.now()
    target = node.webhooks.find(department, broken["id"])
    for number in range(100):
        event = build_event(
            EventType.CASE_CHANGED, department, {"case": f"c{number}"}, at=at, key=str(number)
        )
        assert node.webhooks.enter(target, event, b"{}", at)
    client.test_webhook(working["id"])
    assert deliver_due(node, at) == 1
    assert len(receiver.received) == 1
    counts = node.webhooks.counts(broken["id"])
    assert sum(counts.values()) == 100
    tried = node.database["webhook_deliveries"].count_documents(
        {"endpoint": broken["id"], "tried": {"$gt": 0}}
    )
    assert tried == 1, "after the first failure the others wait"


def test_410_ends_an_endpoint(
    world: VerifierWorld, node: VerifierNode, client: WindowClient, receiver: WebhookReceiver
) -> None:
    endpoint = client.add_webhook(receiver.url, ALL)["id"]
    client.test_webhook(endpoint)
    receiver.status = 410
    deliver_due(node, node.clock.now())
    (found,) = client.webhooks()
    assert found["state"] == "gone"
    with pytest.raises(WindowProblemError) as refused:
        client.test_webhook(endpoint)
    assert refused.value.problem.type == "urn:elicence:problem:webhook-inactive"
    client.change_webhook(endpoint, state="active")
    client.test_webhook(endpoint)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "https://user:secret@example.org/hook",
        "ftp://example.org/hook",
        "https://example.org:22/hook",
        "https://example.org/hook#part",
        "javascript:alert(1)",
        "https://exa mple.org/",
        "",
        "https://example.org/" + "a" * 500,
    ],
)
def test_addresses_that_are_never_posted_to(client: WindowClient, url: str) -> None:
    with pytest.raises(WindowProblemError) as refused:
        client.add_webhook(url, ALL)
    assert (refused.value.problem.status, refused.value.problem.where) == (400, "/url")


def test_a_name_that_leads_inside_is_refused_when_it_is_posted_to(
    world: VerifierWorld, node: VerifierNode, client: WindowClient
) -> None:
    """https://localhost/ (a name; private when resolved) → no connection, the reason in the list of tries."""
    endpoint = client.add_webhook("https://localhost/hook", ALL)["id"]
    client.test_webhook(endpoint)
    assert deliver_due(node, node.clock.now()) == 0
    ((attempt,),) = [one["attempts"] for one in client.deliveries(endpoint)]
    assert attempt["status"] is None
    assert attempt["problem"].startswith("outbound-")


def test_ids_of_other_departments_lead_nowhere(
    world: VerifierWorld, node: VerifierNode, client: WindowClient, receiver: WebhookReceiver
) -> None:
    """Department B reads, changes, tests, removes A's endpoint → 404 each, and A's endpoint is as before."""
    endpoint = client.add_webhook(receiver.url, ALL)["id"]
    event = client.test_webhook(endpoint)
    base = f"/api/v1/webhooks/{endpoint}"
    for method, path, body in (
        ("GET", base, None),
        ("PATCH", base, {"state": "paused"}),
        ("DELETE", base, None),
        ("POST", f"{base}/test", None),
        ("GET", f"{base}/deliveries", None),
        ("POST", f"{base}/deliveries/{event}/resend", None),
    ):
        assert world.api(method, path, body, department=1).status_code == 404, (method, path)
    assert world.api("GET", "/api/v1/webhooks", department=1).json == {"webhooks": []}
    assert client.webhooks()[0]["state"] == "active"


def test_complaints_are_told_by_state_and_never_by_word(
    world: VerifierWorld, node: VerifierNode, client: WindowClient, receiver: WebhookReceiver
) -> None:
    client.add_webhook(receiver.url, ["complaint.received", "complaint.ended"])
    at = node.clock.now()
    filing = Filing(
        department=world.departments[0].uscc,
        reference="https://window.example/openid4vp/responses/abc",
        proof="x",
        token="t" * 43,
        number="C-1",
        cause=next(iter(Cause)),
        words="张小明不愿意",
        contact="13900000000",
        used_at=at,
    )
    complaint = node.complaints.take(filing, at)
    assert tell_of_complaint(node, complaint) == 1
    assert tell_of_complaint(node, complaint) == 0, "the same state is told once"
    tell_of_complaint(node, node.complaints.withdraw(complaint, at))
    deliver_due(node, node.clock.now())
    assert [body["type"] for body in bodies(receiver)] == ["complaint.received", "complaint.ended"]
    assert all("张小明" not in body.decode() and b"139" not in body for _, body in receiver.received)


def test_a_new_endpoint_is_not_told_of_the_past(
    world: VerifierWorld, node: VerifierNode, client: WindowClient, receiver: WebhookReceiver
) -> None:
    accepted(world, client)
    client.add_webhook(receiver.url, ALL)
    assert sweep_records(node) == 0
    world.clock.advance(timedelta(seconds=1))
    accepted(world, client)
    assert sweep_records(node) == 1


def test_there_is_an_end_of_endpoints(client: WindowClient, receiver: WebhookReceiver) -> None:
    for number in range(10):
        client.add_webhook(f"{receiver.url}/{number}", ["case.changed"])
    with pytest.raises(WindowProblemError) as refused:
        client.add_webhook(receiver.url, ALL)
    assert refused.value.problem.type == "urn:elicence:problem:too-many-webhooks"


def test_an_administrator_works_it_by_the_pages(
    world: VerifierWorld, node: VerifierNode, receiver: WebhookReceiver
) -> None:
    """Typed wrongly (kept, 400), typed rightly, tested, failed, sent again, paused, removed."""
    clerk = world.sign_in("window-approver")
    wrong = clerk.submit("/webhooks", url="http://example.org/", description="系统甲", events="case.changed")
    assert wrong.status_code == 400
    assert "系统甲" in wrong.text
    assert 'value="http://example.org/"' in wrong.text
    assert clerk.submit("/webhooks", url=receiver.url).status_code == 400, "no event chosen"
    added = clerk.submit("/webhooks", url=receiver.url, description="系统甲", events="case.changed")
    assert added.status_code == 303
    page = added.headers["Location"]
    receiver.status = 503
    assert clerk.submit(f"{page}/test").status_code == 303
    deliver_due(node, node.clock.now())
    shown = clerk.page(page).text
    assert "消息未能送达" in shown
    assert "503" in shown
    receiver.status = 200
    world.clock.advance(timedelta(seconds=5))
    assert deliver_due(node, node.clock.now()) == 1
    assert "已送达" in clerk.page(f"{page}?state=delivered").text
    (event,) = {headers["webhook-id"] for headers, _ in receiver.received}
    clerk.submit(f"{page}/deliveries/{event}/resend")
    assert deliver_due(node, node.clock.now()) == 1
    clerk.submit(f"{page}/state", state="paused")
    assert clerk.submit(f"{page}/test").status_code == 409
    assert clerk.submit(f"{page}/removal").status_code == 303
    assert clerk.page(page).status_code == 404


def test_the_pages_are_for_administrators(world: VerifierWorld, node: VerifierNode) -> None:
    """A clerk at reception → 403 on each, and nothing in the navigation."""
    clerk = world.sign_in("window-clerk")
    assert clerk.page("/webhooks").status_code == 403
    assert clerk.submit("/webhooks", url="https://example.org/", events="case.changed").status_code == 403
    assert 'href="/webhooks"' not in clerk.page("/records").text


def test_four_workers_at_once_send_each_message_once(
    world: VerifierWorld, node: VerifierNode, client: WindowClient, receiver: WebhookReceiver
) -> None:
    """Four rounds over the same twenty due messages at the same moment → twenty posts."""
    endpoint = client.add_webhook(receiver.url, ALL)["id"]
    events = {client.test_webhook(endpoint) for _ in range(20)}
    at = node.clock.now()
    with ThreadPoolExecutor(4) as pool:
        arrived = sum(pool.map(lambda _: deliver_due(node, at), range(4)))
    assert arrived == 20
    assert sorted(headers["webhook-id"] for headers, _ in receiver.received) == sorted(events)


def test_a_worker_that_is_killed_leaves_the_message_to_another(
    world: VerifierWorld, node: VerifierNode, client: WindowClient, receiver: WebhookReceiver
) -> None:
    """Claimed, then kill -9 → nobody else sends it for a minute, then the next one does, under the same id."""
    endpoint = client.add_webhook(receiver.url, ALL)["id"]
    event = client.test_webhook(endpoint)
    at = node.clock.now()
    (message,) = node.webhooks.due(endpoint, at, limit=5)
    assert node.webhooks.claim(message, at + timedelta(seconds=60))
    assert deliver_due(node, node.clock.now()) == 0
    world.clock.advance(timedelta(seconds=59))
    assert deliver_due(node, node.clock.now()) == 0
    world.clock.advance(timedelta(seconds=1))
    assert deliver_due(node, node.clock.now()) == 1
    assert [headers["webhook-id"] for headers, _ in receiver.received] == [event]


def test_a_complaint_that_a_killed_process_left_untold_is_found(
    world: VerifierWorld, node: VerifierNode, client: WindowClient, receiver: WebhookReceiver
) -> None:
    """Complaint entered, process killed before the message was → the sweep enters it, once for each state."""
    world.clock.advance(timedelta(seconds=1))
    client.add_webhook(receiver.url, ["complaint.received", "complaint.ended"])
    filing = Filing(
        department=world.departments[0].uscc,
        reference="https://window.example/openid4vp/responses/swept",
        proof="x",
        token="t" * 43,
        number="C-2",
        cause=next(iter(Cause)),
        words="",
        contact="",
        used_at=node.clock.now(),
    )
    complaint = node.complaints.take(filing, node.clock.now())
    assert sweep_complaints(node, node.clock.now()) == 1
    assert sweep_complaints(node, node.clock.now()) == 0
    node.complaints.withdraw(complaint, node.clock.now())
    assert sweep_complaints(node, node.clock.now()) == 1


def test_decisions_of_a_window_that_was_cut_off_are_told_when_their_records_come(
    world: VerifierWorld, node: VerifierNode, client: WindowClient, receiver: WebhookReceiver
) -> None:
    """Two records of a window node, the first of them nonsense from another version → the second is told, and counted."""
    _, record_id = accepted(world, client)
    department = world.departments[0].uscc
    facts = node.records.of_presentation(department, client.record(record_id)["presentation"])
    assert facts is not None
    world.clock.advance(timedelta(seconds=1))
    client.add_webhook(receiver.url, ["decision.taken"])
    before = client.reports()["accepted"]
    decided = facts.facts() | {"id": "of-the-window", "decided_at": node.clock.now().isoformat()}
    bodies_sent = [orjson.dumps({"id": "x", "decision": 7}), orjson.dumps(decided)]
    previous, records = FIRST_PREVIOUS, []
    for sequence, body in enumerate(bodies_sent, start=1):
        digest = link_hash(body, sequence, previous)
        records.append(WindowRecord(sequence, previous, digest, body, b"{}"))
        previous = digest
    node.window_records.add(department, "window-7", records, node.clock.now())
    assert sweep_records(node) == 1
    assert sweep_records(node) == 0
    deliver_due(node, node.clock.now())
    assert [body["data"]["record"] for body in bodies(receiver)] == ["of-the-window"]  # type: ignore[index]
    assert client.reports()["accepted"] == before + 1
    assert rebuild(node, world.departments[0]) >= 2
    assert client.reports()["accepted"] == before + 1
