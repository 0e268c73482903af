"""A small OpenID4VP 1.0 verifier for tests of the wallet: real signed requests, real decryption, state in memory."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from flask import Flask, Response, abort, jsonify, request

from keys.local_signer import LocalSigner
from standards.dcql import parse_dcql
from standards.jwe import EphemeralKey
from standards.openid4vp import (
    ClientMetadata,
    EncryptedResponse,
    EncryptionKey,
    Prefix,
    PresentationRequest,
    Presentations,
    Refusal,
    build_client_id,
    build_request_object,
    build_request_query,
    build_request_uri,
    build_response_answer,
    decrypt_response,
    parse_response_form,
)
from tests.support.clock import FixedClock
from tests.support.served_app import ServedApp

ITEM = {"code": "SX-001", "name": {"zh": "开办餐馆", "en": "Opening a restaurant"}}


@dataclass
class Asked:
    """A request in the peer's books."""

    request: PresentationRequest
    key: EphemeralKey
    signer: LocalSigner
    redirect_uri: str | None = None
    answers: list[Presentations | Refusal] = field(default_factory=list)
    served_text: str | None = None
    """What is served instead of the request object that fits."""


@dataclass
class AskingPeer:
    """The verifier. ``serve`` starts it."""

    clock: FixedClock
    signer: LocalSigner | None = None
    asked: dict[str, Asked] = field(default_factory=dict)
    refuse_answers: bool = False
    """Answers 400 to everything that is shown."""
    redirect_requests_to: str | None = None
    """Answers the request URI with a redirect."""
    echo_wallet_nonce: bool = True
    calls: list[str] = field(default_factory=list)
    complaints: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Complaints by id, each with its token and how it stands."""
    desk_is_closed: bool = False
    """The desk for complaints answers 503."""

    def serve(self) -> ServedApp:
        app = Flask("asking_peer")
        app.route("/openid4vp/requests/<request_id>", methods=["GET", "POST"])(self._request)
        app.post("/openid4vp/responses/<request_id>")(self._response)
        app.post("/complaints/desk")(self._complain)
        app.get("/complaints/desk/<complaint_id>")(self._complaint)
        app.post("/complaints/desk/<complaint_id>/<step>")(self._complaint)
        self.served = ServedApp(app)
        self.origin = self.served.origin
        return self.served

    def ask(
        self,
        query: dict[str, Any],
        *,
        prefix: Prefix = Prefix.X509_HASH,
        mode: str = "direct_post.jwt",
        method: str | None = None,
        signer: LocalSigner | None = None,
        item: dict[str, Any] | None = ITEM,
        redirect_uri: str | None = None,
        **changes: Any,
    ) -> tuple[str, Asked]:
        """A fresh request: its deep link, and its page in the peer's books."""
        signer = signer or self.signer
        assert signer is not None
        request_id = secrets.token_urlsafe(8)
        key = EphemeralKey.generate(kid=f"key-{request_id}")
        now = self.clock.now()
        wanted = PresentationRequest(
            client_id=build_client_id(prefix, signer.certificate_chain[0], dns_name="localhost"),
            response_uri=f"{self.origin}/openid4vp/responses/{request_id}",
            response_mode=mode,
            nonce=secrets.token_urlsafe(24),
            dcql_query=parse_dcql(query),
            client_metadata=ClientMetadata(
                encryption_keys=(EncryptionKey(key.public_jwk()),), encryptions=("A256GCM",)
            ),
            state=secrets.token_urlsafe(8),
            verifier_info=(
                *(() if item is None else ({"format": "urn:elicence:service-item", "data": item},)),
                {"format": "urn:elicence:complaints", "data": {"uri": f"{self.origin}/complaints/desk"}},
            ),
            issued_at=now,
            expires_at=now + timedelta(minutes=5),
        )
        asked = Asked(replace(wanted, **changes), key, signer, redirect_uri)
        self.asked[request_id] = asked
        uri = f"{self.origin}/openid4vp/requests/{request_id}"
        return build_request_uri(build_request_query(wanted.client_id, uri, method)), asked

    def _request(self, request_id: str) -> Response:
        self.calls.append(request.method)
        if self.redirect_requests_to is not None:
            return Response("", 302, headers={"Location": self.redirect_requests_to})
        asked = self.asked.get(request_id) or abort(404)
        if asked.served_text is not None:
            return Response(asked.served_text, mimetype="application/oauth-authz-req+jwt")
        nonce = request.form.get("wallet_nonce") if self.echo_wallet_nonce else None
        text = build_request_object(
            replace(asked.request, wallet_nonce=nonce),
            certificate_chain=asked.signer.certificate_chain,
            sign=asked.signer.sign,
        )
        return Response(text, mimetype="application/oauth-authz-req+jwt")

    def answer(self, complaint_id: str, finding: str, words: str) -> None:
        """The department answers a complaint."""
        at = self.clock.now().isoformat()
        told = {"state": "answered", "finding": finding, "answer": words, "answered_at": at}
        self.complaints[complaint_id]["standing"].update(told)

    def _complain(self) -> tuple[Response, int]:
        if self.desk_is_closed:
            return jsonify({}), 503
        filing = request.get_json()
        nonces = {asked.request.nonce for asked in self.asked.values()}
        if filing["proof"] not in nonces:
            return jsonify({}), 422
        at = self.clock.now()
        complaint_id = secrets.token_urlsafe(8)
        standing = {
            "id": complaint_id,
            "state": "received",
            "received_at": at.isoformat(),
            "answer_by": (at + timedelta(days=15)).isoformat(),
            "answer": "",
        }
        self.complaints[complaint_id] = {"filing": filing, "standing": standing}
        return jsonify(standing), 201

    def _complaint(self, complaint_id: str, step: str = "") -> tuple[Response, int]:
        complaint = self.complaints.get(complaint_id) or abort(404)
        if request.headers.get("Authorization") != f"Bearer {complaint['filing']['token']}":
            abort(404)
        if step:
            complaint["standing"]["state"] = {"withdrawal": "withdrawn", "closure": "closed"}[step]
        return jsonify(complaint["standing"]), 200

    def _response(self, request_id: str) -> tuple[Response, int]:
        asked = self.asked.get(request_id) or abort(404)
        answer = parse_response_form({name: request.form.getlist(name) for name in request.form})
        if isinstance(answer, EncryptedResponse):
            answer = decrypt_response(answer, asked.key)
        asked.answers.append(answer)
        if self.refuse_answers:
            return jsonify({"error": "invalid_request"}), 400
        return jsonify(build_response_answer(asked.redirect_uri)), 200
