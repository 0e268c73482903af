"""What docs/connecting-a-system.md shows is run, in order, against a window."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import verifier.client
from keys.certificates import certificate_to_pem
from service.outbound import Outbound
from tests.support.served_app import ServedApp
from tests.support.verifier_world import VerifierWorld
from tests.support.webhook_receiver import WebhookReceiver
from verifier.webhooks.deliver import deliver_due
from verifier.webhooks.delivery import PAUSES
from verifier.webhooks.event import SUBSCRIBABLE

DOCUMENT = Path(__file__).parents[3] / "docs" / "connecting-a-system.md"


def test_the_examples_run(world: VerifierWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    receiver, served = WebhookReceiver(), ServedApp(world.app)
    allowed = frozenset({*world.node.settings.allowed_origins, receiver.origin})
    node = replace(
        world.node,
        settings=replace(world.node.settings, allowed_origins=allowed),
        outbound=Outbound(allowed),
    )
    world.app.extensions["elicence.verifier"] = node
    # The world's clock stands in the past of the machine's.
    verify = verifier.client.MessageVerifier
    monkeypatch.setattr(
        verifier.client,
        "MessageVerifier",
        lambda *given, **named: verify(*given, **named, now=node.clock.now),
    )
    worked: list[Any] = []
    names: dict[str, Any] = {
        "address": served.origin,
        "token": world.token(),
        "show_to_the_applicant": world.wallet().show,
        "my_address": receiver.url,
        "department": world.departments[0].uscc,
        "anchor": certificate_to_pem(world.nation.anchor).encode(),
        "work_on": lambda kind, data: worked.append((kind, data)),
    }
    blocks = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert len(blocks) == 6
    try:
        for block in blocks:
            exec(compile(block, str(DOCUMENT), "exec"), names)
        assert names["record"]["decision"] == "accept"
        assert deliver_due(node, node.clock.now()) == 1
        ((headers, body),) = receiver.received
        assert names["receive"](headers, body) == 204
        assert names["receive"](headers, body) == 204
        assert names["receive"](headers, body + b" ") == 400
        assert worked == [("webhook.test", {})], "a message that comes twice is worked on once"
    finally:
        names["window"].close()
        served.close()
        receiver.close()
        node.outbound.close()
        world.app.extensions["elicence.verifier"] = world.node


def test_it_names_every_event_and_every_pause() -> None:
    text = DOCUMENT.read_text()
    for kind in SUBSCRIBABLE:
        assert kind.value in text or f"`.{kind.value.partition('.')[2]}`" in text, kind
    seconds = [int(pause.total_seconds()) for pause in PAUSES]
    assert seconds == [5, 30, 120, 600, 1800, 7200, 21600, 43200, 86400], "then the document changes too"
