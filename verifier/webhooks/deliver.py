"""Use case: post what is due, each endpoint by itself, and note what came of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Final

import orjson
import structlog

from keys.signer import Signer
from service.outbound import OutboundError
from standards.errors import ElicenceError
from verifier.webhooks.delivery import Attempt, Delivery, DeliveryState, pause_after
from verifier.webhooks.endpoint import Endpoint, EndpointState
from verifier.webhooks.signing import build_headers
from verifier.window.relying_party import signer_of

if TYPE_CHECKING:
    from verifier.node import VerifierNode

AT_ONCE: Final = 50
"""Messages of one endpoint in one round."""

THREADS: Final = 8
"""Endpoints posted to at a time."""

ROUND: Final = timedelta(seconds=5)
"""How long an endpoint may take in one round; a slow one goes on in the next, so that others do not wait for it."""

TIMEOUT_SECONDS: Final = 5.0
MAX_ANSWER_BYTES: Final = 16 * 1024
"""What an endpoint answers is read and thrown away; its status is what counts."""

_CLAIM: Final = timedelta(seconds=60)
"""How long a claimed message stays with who claimed it: longer than a try, so that nobody sends it beside."""

_OTHERS_WAIT: Final = timedelta(minutes=10)
"""How long an endpoint's other messages wait after one was given up: they have tries of their own left."""

_GONE: Final = 410
_LOG = structlog.get_logger(__name__)


def deliver_due(node: VerifierNode, at: datetime) -> int:
    """Post every message whose time has come; how many arrived.

    At least once: a process that ends between the answer and the note leaves the message to be sent again, under the
    same id. One after the other for an endpoint; when one of its messages fails, the others wait as long as that one.
    """
    endpoints = node.webhooks.due_endpoints(at)
    if not endpoints:
        return 0
    with ThreadPoolExecutor(min(THREADS, len(endpoints)), thread_name_prefix="webhooks") as pool:
        return sum(pool.map(lambda one: _deliver_to(node, one, at), endpoints))


def _deliver_to(node: VerifierNode, endpoint_id: str, at: datetime) -> int:
    batch = node.webhooks.due(endpoint_id, at, limit=AT_ONCE)
    if not batch:
        return 0
    endpoint = node.webhooks.find(batch[0].department, endpoint_id)
    signer, problem = _signer(node, batch[0].department)
    arrived = 0
    until = monotonic() + ROUND.total_seconds()
    for delivery in batch:
        now = node.clock.now()
        if monotonic() > until:
            break
        if not node.webhooks.claim(delivery, now + _CLAIM):
            continue
        if endpoint is None or endpoint.state is not EndpointState.ACTIVE:
            # Paused or gone: the message ends as dead, visible, and can be sent again by hand.
            ended = Attempt(now, None, "webhook-inactive")
            node.webhooks.note(delivery, ended, DeliveryState.DEAD, now)
            continue
        attempt = (
            Attempt(now, None, problem) if signer is None else _try(node, endpoint, delivery, signer, now)
        )
        next_at = _note(node, endpoint, delivery, attempt)
        if not attempt.succeeded:
            node.webhooks.postpone(endpoint_id, next_at)
            break
        arrived += 1
        endpoint = replace(endpoint, failing_since=None)
    return arrived


def _signer(node: VerifierNode, uscc: str) -> tuple[Signer | None, str]:
    department = node.departments.find(uscc, node.clock.now())
    if department is None:
        return None, "unknown-department"
    try:
        return signer_of(node.keys, department), ""
    except ElicenceError as error:
        return None, error.code


def _try(node: VerifierNode, endpoint: Endpoint, delivery: Delivery, signer: Signer, at: datetime) -> Attempt:
    headers = build_headers(delivery.event, delivery.body, signer, at)
    try:
        answer = node.outbound.post_json(
            endpoint.url,
            orjson.Fragment(delivery.body),  # the exact bytes that were signed
            headers=headers,
            max_bytes=MAX_ANSWER_BYTES,
            timeout_seconds=TIMEOUT_SECONDS,
        )
    except OutboundError as error:
        return Attempt(at, None, error.code)
    good = 200 <= answer.status < 300
    return Attempt(at, answer.status, None if good else "answered-no")


def _note(node: VerifierNode, endpoint: Endpoint, delivery: Delivery, attempt: Attempt) -> datetime:
    """Keep what came of a try; when the next one is."""
    if attempt.succeeded:
        node.webhooks.note(delivery, attempt, DeliveryState.DELIVERED, attempt.at)
        if endpoint.failing_since is not None:
            node.webhooks.note_failing(endpoint, None)
        return attempt.at
    if endpoint.failing_since is None:
        node.webhooks.note_failing(endpoint, attempt.at)
    gone = attempt.status == _GONE
    if gone:
        node.webhooks.put(replace(endpoint, state=EndpointState.GONE, failing_since=attempt.at))
    pause = None if gone else pause_after(delivery.tried + 1)
    if pause is None:
        node.webhooks.note(delivery, attempt, DeliveryState.DEAD, attempt.at)
        _LOG.warning("webhook-given-up", endpoint=endpoint.id, event_id=delivery.event, status=attempt.status)
        return attempt.at + _OTHERS_WAIT
    next_at = attempt.at + pause
    node.webhooks.note(delivery, attempt, DeliveryState.DUE, next_at)
    return next_at
