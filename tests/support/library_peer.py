"""A licence library for tests of the wallet: the issuing peer with an authorisation server (HAIP 1.0) in front.

Its authorisation page signs nobody in: whoever holds a pushed request gets the answer that the test wants.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from standards.jose import PublicJwk
from standards.oauth import (
    ATTESTED_CLIENT,
    AuthorizationRequest,
    AuthorizationResponse,
    AuthorizationServerMetadata,
    OAuthError,
    PushedRequest,
    build_authorization_response_url,
    parse_authorization_request,
    verify_code_verifier,
    verify_dpop_proof,
)
from standards.oauth.authorization_request import REQUEST_URI_PREFIX
from standards.oauth.client_attestation import (
    ATTESTATION_HEADER,
    POP_HEADER,
    parse_client_attestation,
    verify_client_attestation,
    verify_client_attestation_pop,
)
from standards.openid4vci import (
    AuthorizationDetail,
    CredentialConfiguration,
    CredentialIssuerMetadata,
    DeferredResponse,
    TokenResponse,
    build_credential_response,
    build_deferred_response,
    parse_code_token_request,
    parse_credential_request,
    parse_deferred_request,
    verify_c_nonce,
    verify_key_proof,
)
from standards.text import Text
from tests.support.issuing_peer import Issued, IssuingPeer, Offered


@dataclass
class Code:
    """An authorisation code in the peer's books."""

    asked: AuthorizationRequest
    used: bool = False


@dataclass
class LibraryPeer(IssuingPeer):
    """Holds licences by credential identifier, and grants all of them to whoever comes."""

    holds: dict[str, Offered] = field(default_factory=dict)
    pushed: dict[str, AuthorizationRequest] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    granted: dict[str, str] = field(default_factory=dict)
    """Access token → key to which it is bound."""
    attested: list[str] = field(default_factory=list)
    """Client ids that proved their attestation."""
    not_ready: set[str] = field(default_factory=set)
    """Credential identifiers that are promised for later."""
    waiting: dict[str, tuple[str, list[PublicJwk]]] = field(default_factory=dict)
    uses: list[dict[str, Any]] = field(default_factory=list)
    answer_as: str | None = None
    """The ``iss`` with which it answers, in place of its own identifier."""
    deny: bool = False
    code_flow: bool = True
    pkce: tuple[str, ...] = ("S256",)
    token_seconds: int = 600
    location: str | None = None
    """The credential issuer that it says its licences are of, in place of its own identifier."""

    def keep(self, identifier: str, vct: str, claims: dict[str, Any]) -> None:
        """Put a licence into the library."""
        self.holds[identifier] = Offered(vct, claims, first_index=100 + 20 * len(self.holds))

    def _routes(self, app: Flask) -> None:
        super()._routes(app)
        path = self.path
        app.post(f"{path}/par")(self._par)
        app.get(f"{path}/authorize")(self._authorize)
        app.post(f"{path}/my/uses")(self._uses)

    def _metadata(self) -> Response:
        vcts = {one.vct for one in (*self.holds.values(), *self.offers.values())}
        return jsonify(
            CredentialIssuerMetadata(
                credential_issuer=self.identifier,
                credential_endpoint=f"{self.identifier}/openid4vci/credential",
                nonce_endpoint=f"{self.identifier}/openid4vci/nonce",
                notification_endpoint=f"{self.identifier}/openid4vci/notification",
                deferred_credential_endpoint=f"{self.identifier}/openid4vci/deferred",
                batch_size=self.batch_size,
                configurations={
                    vct: CredentialConfiguration(vct, vct, f"scope:{vct}", Text("某证照", "Some licence"))
                    for vct in vcts
                },
            ).to_json()
        )

    def _server_metadata(self) -> Response:
        issuer = self.identifier
        if not self.code_flow:
            return super()._server_metadata()
        return jsonify(
            AuthorizationServerMetadata(
                issuer,
                f"{issuer}/openid4vci/token",
                ("authorization_code", "refresh_token"),
                authorization_endpoint=f"{issuer}/authorize",
                pushed_authorization_request_endpoint=f"{issuer}/par",
                require_pushed_authorization_requests=True,
                authorization_response_iss=True,
                token_endpoint_auth_methods=(ATTESTED_CLIENT,),
                response_types=("code",),
                scopes=("uses",),
                code_challenge_methods=self.pkce,
            ).to_json()
        )

    # -- the authorisation server --------------------------------------------------------------------------------

    def _client(self) -> str:
        unverified = parse_client_attestation(request.headers[ATTESTATION_HEADER])
        from cryptography import x509

        leaf: Any = x509.load_der_x509_certificate(unverified.certificate_chain[0])
        now = self.clock.now()
        attestation = verify_client_attestation(unverified, leaf.public_key(), at=now)
        verify_client_attestation_pop(
            request.headers[POP_HEADER], attestation, audience=self.identifier, at=now
        )
        self.attested.append(attestation.client_id)
        return attestation.client_id

    def _par(self) -> Any:
        try:
            asked = parse_authorization_request({name: request.form.getlist(name) for name in request.form})
            assert asked.client_id == self._client()
        except OAuthError as error:
            return jsonify(error.to_json()), 400
        uri = REQUEST_URI_PREFIX + secrets.token_urlsafe(16)
        self.pushed[uri] = asked
        return jsonify(PushedRequest(uri, 60).to_json()), 201

    def _authorize(self) -> BaseResponse:
        asked = self.pushed.pop(request.args["request_uri"])
        assert request.args["client_id"] == asked.client_id
        code = secrets.token_urlsafe(16)
        self.codes[code] = Code(asked)
        answer = AuthorizationResponse(
            asked.state,
            self.answer_as or self.identifier,
            code=None if self.deny else code,
            error="access_denied" if self.deny else None,
        )
        return redirect(build_authorization_response_url(asked.redirect_uri, answer))

    def _token(self) -> Any:
        if request.form.get("grant_type") != "authorization_code":
            return super()._token()
        proof = verify_dpop_proof(
            request.headers["DPoP"], method="POST", uri=f"{self.origin}{request.path}", at=self.clock.now()
        )
        asked = parse_code_token_request({name: request.form.getlist(name) for name in request.form})
        assert asked.client_id == self._client()
        code = self.codes.get(asked.code)
        if code is None or code.used or code.asked.redirect_uri != asked.redirect_uri:
            return jsonify({"error": "invalid_grant"}), 400
        code.used = True
        verify_code_verifier(asked.code_verifier, code.asked.code_challenge)
        token = secrets.token_urlsafe(16)
        self.granted[token] = proof.jkt
        by_vct: dict[str, list[str]] = {}
        for identifier, held in self.holds.items():
            by_vct.setdefault(held.vct, []).append(identifier)
        where = (self.location or self.identifier,)
        details = tuple(AuthorizationDetail(vct, tuple(ids), where) for vct, ids in by_vct.items())
        return jsonify(
            TokenResponse(
                token, "DPoP", self.token_seconds, scope=code.asked.scope, authorization_details=details
            ).to_json()
        )

    def _granted(self) -> str | None:
        """The key of the access token, proved; ``None`` when it is none of the code flow."""
        token = request.headers["Authorization"].removeprefix("DPoP ")
        jkt = self.granted.get(token)
        if jkt is not None:
            verify_dpop_proof(
                request.headers["DPoP"],
                method="POST",
                uri=f"{self.origin}{request.path}",
                at=self.clock.now(),
                access_token=token,
                expected_jkt=jkt,
            )
        return jkt

    # -- the credential issuer -----------------------------------------------------------------------------------

    def _credential(self) -> Any:
        jkt = self._granted()
        if jkt is None:
            return super()._credential()
        asked = parse_credential_request(request.get_json())
        keys = []
        for text in asked.unverified_proofs:
            proof = verify_key_proof(text, issuer=self.identifier, at=self.clock.now())
            verify_c_nonce(proof.nonce, b"k" * 32, issuer=self.identifier, at=self.clock.now())
            keys.append(proof.jwk)
        identifier = asked.credential_identifier
        if identifier not in self.holds:
            return jsonify({"error": "unknown_credential_identifier"}), 400
        if identifier in self.not_ready:
            transaction = secrets.token_urlsafe(8)
            self.waiting[transaction] = (identifier, keys)
            return jsonify(build_deferred_response(DeferredResponse(transaction, 60))), 202
        return self._copies(identifier, keys, jkt)

    def _deferred(self) -> Any:
        jkt = self._granted()
        if jkt is None:
            return super()._deferred()
        transaction = parse_deferred_request(request.get_json()).transaction_id
        if transaction not in self.waiting:
            return jsonify({"error": "invalid_transaction_id"}), 400
        identifier, keys = self.waiting[transaction]
        if identifier in self.not_ready:
            return jsonify(build_deferred_response(DeferredResponse(transaction, 60))), 202
        return self._copies(identifier, keys, jkt)

    def _copies(self, identifier: str, keys: list[PublicJwk], jkt: str) -> Response:
        held = self.holds[identifier]
        copies = [self._copy(held, key, place) for place, key in enumerate(keys)]
        refresh = secrets.token_urlsafe(16)
        self.families[refresh] = Issued(held, jkt)
        return jsonify(build_credential_response(copies, notification_id=identifier, refresh_token=refresh))

    def _authorised(self) -> Issued:
        if request.path.endswith("/notification") and self._granted() is not None:
            return Issued(Offered("", {}), "")
        return super()._authorised()

    def _uses(self) -> Any:
        assert self._granted() is not None
        return jsonify({"uses": self.uses, "complaints": None, "next": None})
