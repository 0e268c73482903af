"""Having a code redeemed by the wallet service that it names: the question under this window's name, and what came back.

A redemption can fail in two ways that mean different things: the wallet service says no, or it cannot be asked.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson

from keys.signer import Signer
from service.outbound import Outbound, OutboundError
from standards.dcql import DcqlQuery
from standards.errors import InvalidInputError
from standards.json_reader import Reader, parse_json
from standards.show_code.redemption import (
    RedemptionAnswer,
    RedemptionRequest,
    build_redemption_request,
    client_id_of,
    parse_redemption_answer,
)
from verifier.checking.scanned_code import ScannedCode, name_of, redeem_url_of

MAX_ANSWER_BYTES: Final = 1024 * 1024
_NONCE_BYTES: Final = 24
_PROBLEM: Final = "urn:elicence:problem:"


@dataclass(frozen=True, slots=True)
class Redeemed:
    """The wallet service honoured it. What it presented is unverified.

    Attributes:
        answer: presentations and the face.
        nonce, audience: what they must be bound to.
    """

    answer: RedemptionAnswer
    nonce: str
    audience: str


@dataclass(frozen=True, slots=True)
class Declined:
    """The wallet service says no; ``problem`` is the last part of the problem type, such as ``show-code-used``."""

    problem: str


@dataclass(frozen=True, slots=True)
class NotAsked:
    """Nobody asked, or the wallet service could not be asked: how often the code was used is not known."""


Redemption = Redeemed | Declined | NotAsked
NOT_ASKED: Final = NotAsked()


def redeem(
    scanned: ScannedCode,
    text: str,
    *,
    signer: Signer,
    outbound: Outbound,
    item: str | None,
    query: DcqlQuery | None,
    nonce: str | None = None,
    timeout_seconds: float | None = None,
    at: datetime,
) -> Redemption:
    """Have a code redeemed. Ask only once the code itself was found good: a redeemed code is used up.

    Args:
        scanned: the code.
        text: the same as scanned.
        signer: the department's, with its certificate.
        outbound: the only way out; addresses that it refuses count as out of reach.
        item: service item, or ``None``.
        query: what the item needs, or ``None``.
        nonce: of the request that this answers, or ``None`` for a fresh one.
        timeout_seconds: how long the wallet service may take; the client's own time unless given.
        at: now.
    """
    url = redeem_url_of(scanned)
    client_id = client_id_of(signer.certificate_chain[0])
    nonce = nonce or secrets.token_urlsafe(_NONCE_BYTES)
    request = RedemptionRequest(
        code_id=name_of(scanned),
        audience=url,
        client_id=client_id,
        nonce=nonce,
        item=item,
        dcql_query=query.to_json() if query is not None else None,
        issued_at=at,
    )
    body = {
        "code": text.strip(),
        "request": build_redemption_request(request, signer.certificate_chain, signer.sign),
    }
    try:
        response = outbound.post_json(url, body, max_bytes=MAX_ANSWER_BYTES, timeout_seconds=timeout_seconds)
    except OutboundError:
        return NOT_ASKED
    if response.status == 200:
        try:
            return Redeemed(parse_redemption_answer(parse_json(response.body)), nonce, client_id)
        except InvalidInputError:
            return NOT_ASKED
    if 400 <= response.status < 500:
        return Declined(_problem(response.body))
    return NOT_ASKED


def _problem(body: bytes) -> str:
    try:
        kind = Reader(orjson.loads(body)).text("type", max_chars=200)
    except (InvalidInputError, orjson.JSONDecodeError):
        return ""
    return kind.removeprefix(_PROBLEM)
