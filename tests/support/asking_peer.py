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

    def serve(self) -> ServedApp:
        app = Flask("asking_peer")
        app.route("/openid4vp/requests/<request_id>", methods=["GET", "POST"])(self._request)
        app.post("/openid4vp/responses/<request_id>")(self._response)
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
            verifier_info=() if item is None else ({"format": "urn:elicence:service-item", "data": item},),
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

    def _response(self, request_id: str) -> tuple[Response, int]:
        asked = self.asked.get(request_id) or abort(404)
        answer = parse_response_form({name: request.form.getlist(name) for name in request.form})
        if isinstance(answer, EncryptedResponse):
            answer = decrypt_response(answer, asked.key)
        asked.answers.append(answer)
        if self.refuse_answers:
            return jsonify({"error": "invalid_request"}), 400
        return jsonify(build_response_answer(asked.redirect_uri)), 200
