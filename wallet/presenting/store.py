"""Where requests wait for the person's word."""

from __future__ import annotations

from datetime import datetime

import orjson
from bson import Binary
from mongoengine import BinaryField, DateTimeField, Document, StringField

from wallet.accounts.account import Holder
from wallet.presenting.errors import RequestNotFoundError
from wallet.presenting.pending_request import (
    KEPT,
    AnswerOfVerifier,
    PendingRequest,
    RequestState,
    SignedText,
    parse_answer,
    parse_signed_text,
)


class RequestDocument(Document):  # type: ignore[misc]
    """Collection ``requests``. Shard key: ``account_id`` hashed; every read and write names the account.

    The TTL index on ``purge_at`` forgets rows; ``expires_at`` decides whether a request can be answered.
    """

    request_id = StringField(primary_key=True)
    account_id = StringField(required=True)
    state = StringField(required=True, choices=tuple(RequestState))
    sealed_request = BinaryField(required=True)
    sealed_answer = BinaryField()
    expires_at = DateTimeField(required=True)
    purge_at = DateTimeField(required=True)

    meta = {  # noqa: RUF012
        "collection": "requests",
        "db_alias": "wallet",
        "auto_create_index": False,
        "indexes": [("account_id", "-expires_at"), {"fields": ("purge_at",), "expireAfterSeconds": 0}],
    }


class RequestStore:
    """The requests of all wallets; each call sees one wallet."""

    def ensure_indexes(self) -> None:
        """Make the indexes; a repeat changes nothing."""
        RequestDocument.ensure_indexes()

    def add(
        self, holder: Holder, request_id: str, signed: SignedText, *, expires_at: datetime, at: datetime
    ) -> None:
        """Store a request that was verified, as ``waiting`` (one durable write)."""
        sealed = holder.envelope.seal(orjson.dumps(signed.to_json()), _request_context(request_id))
        RequestDocument(
            request_id=request_id,
            account_id=holder.account_id,
            state=RequestState.WAITING.value,
            sealed_request=Binary(sealed),
            expires_at=expires_at,
            purge_at=at + KEPT,
        ).save(force_insert=True)

    def get(self, holder: Holder, request_id: str) -> PendingRequest:
        """One request; raises ``RequestNotFoundError``."""
        document = RequestDocument.objects(account_id=holder.account_id, request_id=request_id).first()
        if document is None:
            raise RequestNotFoundError
        return _request(holder, document)

    def leave_waiting(self, holder: Holder, request_id: str, to: RequestState, at: datetime) -> bool:
        """The decision: a compare-and-set from ``waiting`` before the request's end (one durable write).

        Answers ``False`` when somebody decided before, or too late.
        """
        query = RequestDocument.objects(
            account_id=holder.account_id,
            request_id=request_id,
            state=RequestState.WAITING.value,
            expires_at__gt=at,
        )
        return bool(query.update_one(set__state=to.value))

    def close(
        self,
        holder: Holder,
        request_id: str,
        *,
        before: RequestState,
        to: RequestState,
        answer: AnswerOfVerifier,
    ) -> None:
        """How it ended: a compare-and-set from ``before``, which this caller set (one durable write)."""
        sealed = holder.envelope.seal(orjson.dumps(answer.to_json()), _answer_context(request_id))
        RequestDocument.objects(
            account_id=holder.account_id, request_id=request_id, state=before.value
        ).update_one(set__state=to.value, set__sealed_answer=Binary(sealed))


def _request(holder: Holder, document: RequestDocument) -> PendingRequest:
    request_context, answer_context = (
        _request_context(document.request_id),
        _answer_context(document.request_id),
    )
    signed = parse_signed_text(
        orjson.loads(holder.envelope.open(bytes(document.sealed_request), request_context))
    )
    answer = None
    if document.sealed_answer is not None:
        answer = parse_answer(
            orjson.loads(holder.envelope.open(bytes(document.sealed_answer), answer_context))
        )
    return PendingRequest(
        request_id=document.request_id,
        state=RequestState(document.state),
        signed=signed,
        expires_at=document.expires_at,
        answer=answer,
    )


def _request_context(request_id: str) -> str:
    return f"request {request_id}"


def _answer_context(request_id: str) -> str:
    return f"request {request_id} answer"
