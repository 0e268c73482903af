"""A small OpenID4VCI 1.0 issuer for tests of the wallet: real protocol, real keys, state in memory.

It also publishes the trust lists and a status list of its world. Switches make it fail or cheat in one way at a time.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from flask import Flask, Response, abort, jsonify, request

from keys.local_signer import LocalSigner
from standards.jose import PublicJwk, parse_jws
from standards.oauth.authorization_server import AuthorizationServerMetadata
from standards.oauth.dpop import verify_dpop_proof
from standards.openid4vci import (
    CredentialConfiguration,
    CredentialIssuerMetadata,
    CredentialOffer,
    DeferredResponse,
    TxCode,
    build_c_nonce,
    build_credential_response,
    build_deferred_response,
    build_nonce_response,
    build_offer_query,
    build_offer_reference_query,
    build_offer_uri,
    parse_credential_request,
    parse_deferred_request,
    parse_token_request,
    verify_c_nonce,
    verify_key_proof,
)
from standards.sd_jwt_vc import CredentialTemplate, build_credential
from standards.status_list import StatusList, StatusReference, build_status_list_token
from standards.text import Text
from tests.support.clock import FixedClock
from tests.support.served_app import ServedApp

TRIES = 3
STATUS_ENTRIES = 2**12


@dataclass
class Offered:
    """An offer in the peer's books."""

    vct: str
    claims: Mapping[str, Any]
    tx_code: str | None = None
    tries_left: int = TRIES
    used: bool = False
    first_index: int = 100
    """Status entry of the first copy of a batch."""
    others: tuple[Offered, ...] = ()
    """Further licences of the same offer."""


@dataclass
class Issued:
    """What a token was given out for."""

    offered: Offered
    jkt: str


@dataclass
class IssuingPeer:
    """The issuer. ``serve`` starts it; the trust lists are put in by the world that it belongs to."""

    clock: FixedClock
    signer: LocalSigner | None = None
    batch_size: int = 5
    path: str = ""
    trust_lists: dict[str, str] = field(default_factory=dict)
    offers: dict[str, Offered] = field(default_factory=dict)
    references: dict[str, CredentialOffer] = field(default_factory=dict)
    tokens: dict[str, Issued] = field(default_factory=dict)
    other_lists: dict[int, str] = field(default_factory=dict)
    """Status lists of others that stand on its host, by number."""
    redeem: Callable[[Any], tuple[Any, int]] | None = None
    """A wallet service on its host that redeems codes: the JSON of a request to its answer and status."""
    notifications: list[dict[str, Any]] = field(default_factory=list)
    statuses: StatusList = field(default_factory=lambda: StatusList(STATUS_ENTRIES))
    calls: list[str] = field(default_factory=list)
    # Switches: each makes one thing go wrong.
    lose: set[str] = field(default_factory=set)
    """Endpoints whose next answer is lost after the work was done."""
    down: set[str] = field(default_factory=set)
    """Endpoints that answer 503."""
    bind_to: PublicJwk | None = None
    """Binds credentials to this key instead of the wallet's."""
    sign_with: LocalSigner | None = None
    """Signs credentials with this key instead of the issuer's."""
    vct_in_credential: str | None = None
    status_uri_in_credential: str | None = None
    credential_endpoint: str | None = None
    expires_in_days: int = 90
    dpop_nonce: str | None = None
    """Demands this nonce in every DPoP proof (RFC 9449 section 8)."""
    refreshes: bool = True
    """Gives refresh tokens."""
    news: dict[str, Any] | None = None
    """What it says of the licence with a refresh (``elicence_licence``)."""
    refresh_refusal: tuple[int, dict[str, Any], dict[str, str]] | None = None
    """Status, body and headers with which it refuses every refresh."""
    replaced: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """Claims of the version in force by the licence identifier of the one before."""
    families: dict[str, Issued] = field(default_factory=dict)
    spent: set[str] = field(default_factory=set)
    prepares: set[str] = field(default_factory=set)
    """Credential types of which it delivers nothing yet (OpenID4VCI 1.0 section 9)."""
    promised: dict[str, tuple[Issued, list[PublicJwk]]] = field(default_factory=dict)
    documents: bool = True
    """Makes documents, and tells who looked at a licence."""
    document_answer: tuple[int, bytes, str] = (200, b"%PDF-1.7 sealed", "application/pdf")
    """Status, body and media type with which it answers for a document."""
    asked_documents: list[dict[str, Any]] = field(default_factory=list)
    looked: list[dict[str, Any]] = field(default_factory=list)
    """Uses that it tells of."""
    uses_as: str | None = None
    """Whom it says the uses are told by."""
    denied: set[str] = field(default_factory=set)
    """Transactions of which nothing will come."""
    differing_claim: bool = False
    """Lets the second copy of a batch say something else."""

    def _redeem(self) -> Any:
        if self.redeem is None:
            abort(404)
        body, status = self.redeem(request.get_json())
        return jsonify(body), status

    def serve(self) -> ServedApp:
        app = Flask("issuing_peer")
        self.app = app
        self._routes(app)
        self.served = ServedApp(app)
        self.origin = self.served.origin
        return self.served

    @property
    def identifier(self) -> str:
        return self.origin + self.path

    @property
    def status_uri(self) -> str:
        return f"{self.origin}/status-lists/1"

    def offer(
        self,
        vct: str,
        claims: Mapping[str, Any],
        *,
        tx_code: str | None = None,
        by: str = "value",
        first_index: int = 100,
        others: tuple[Offered, ...] = (),
    ) -> str:
        """A fresh offer as a deep link."""
        code = secrets.token_urlsafe(16)
        self.offers[code] = Offered(vct, claims, tx_code, first_index=first_index, others=others)
        offer = CredentialOffer(
            credential_issuer=self.identifier,
            credential_configuration_ids=(vct, *(one.vct for one in others)),
            pre_authorized_code=code,
            tx_code=None if tx_code is None else TxCode(length=len(tx_code), description="短信验证码"),
        )
        if by == "value":
            return build_offer_uri(build_offer_query(offer))
        self.references[code] = offer
        return build_offer_uri(build_offer_reference_query(f"{self.identifier}/openid4vci/offers/{code}"))

    # -- endpoints ----------------------------------------------------------------------------------------------

    def _routes(self, app: Flask) -> None:
        path = self.path
        app.get("/trust/list")(self._trust_list)
        app.get("/trust/lists/<division>")(self._trust_list)
        app.get("/status-lists/1")(self._status_list)
        app.get("/status-lists")(self._all_status_lists)
        app.post("/show-codes/redeem")(self._redeem)
        app.get("/status-lists/<int:number>")(lambda number: self.other_lists.get(number) or abort(404))
        app.get(f"/.well-known/openid-credential-issuer{path}")(self._metadata)
        app.get(f"/.well-known/oauth-authorization-server{path}")(self._server_metadata)
        app.get(f"{path}/openid4vci/offers/<code>")(self._offer)
        app.post(f"{path}/openid4vci/token")(self._token)
        app.post(f"{path}/openid4vci/nonce")(self._nonce)
        app.post(f"{path}/openid4vci/credential")(self._credential)
        app.post(f"{path}/openid4vci/deferred")(self._deferred)
        app.post(f"{path}/openid4vci/document")(self._document)
        app.post(f"{path}/openid4vci/uses")(self._licence_uses)
        app.post(f"{path}/openid4vci/notification")(self._notification)

        @app.before_request
        def note() -> Response | None:
            name = request.path.rsplit("/", 1)[-1]
            self.calls.append(name)
            if name in self.down:
                return Response("down", 503)
            return self._demand_dpop_nonce() if name in ("token", "credential") else None

        @app.after_request
        def lose(response: Response) -> Response:
            name = request.path.rsplit("/", 1)[-1]
            if name in self.lose:
                self.lose.discard(name)
                # A body shorter than announced: the connection breaks while the answer is under way.
                return Response(b"{", 200, headers={"Content-Length": "1000", "Connection": "close"})
            return response

    def _demand_dpop_nonce(self) -> Response | None:
        if (
            self.dpop_nonce is None
            or parse_jws(request.headers["DPoP"]).claims().get("nonce") == self.dpop_nonce
        ):
            return None
        return Response(
            '{"error":"use_dpop_nonce"}',
            400,
            mimetype="application/json",
            headers={"DPoP-Nonce": self.dpop_nonce},
        )

    def _trust_list(self, division: str = "000000") -> Response:
        text = self.trust_lists.get(division)
        return abort(404) if text is None else Response(text, mimetype="application/jwt")

    def _status_list(self) -> Response:
        assert self.signer is not None
        now = self.clock.now()
        token = build_status_list_token(
            self.statuses,
            uri=self.status_uri,
            issued_at=now,
            expires_at=now + timedelta(hours=1),
            ttl=timedelta(seconds=1),
            certificate_chain=self.signer.certificate_chain,
            sign=self.signer.sign,
        )
        return Response(token, mimetype="application/statuslist+jwt")

    def _all_status_lists(self) -> Response:
        return jsonify({"status_lists": {self.status_uri: self._status_list().get_data(as_text=True)}})

    def _metadata(self) -> Response:
        offered = {one.vct for offer in self.offers.values() for one in (offer, *offer.others)}
        metadata = CredentialIssuerMetadata(
            credential_issuer=self.identifier,
            credential_endpoint=self.credential_endpoint or f"{self.identifier}/openid4vci/credential",
            nonce_endpoint=f"{self.identifier}/openid4vci/nonce",
            notification_endpoint=f"{self.identifier}/openid4vci/notification",
            deferred_credential_endpoint=f"{self.identifier}/openid4vci/deferred",
            batch_size=self.batch_size,
            name=Text("自称的机构", "What it calls itself"),
            configurations={
                vct: CredentialConfiguration(vct, vct, None, Text("某证照", "Some licence"))
                for vct in offered
            },
        )
        return jsonify(metadata.to_json())

    def _server_metadata(self) -> Response:
        return jsonify(
            AuthorizationServerMetadata(
                self.identifier,
                f"{self.identifier}/openid4vci/token",
                document_endpoint=f"{self.identifier}/openid4vci/document" if self.documents else None,
                uses_endpoint=f"{self.identifier}/openid4vci/uses" if self.documents else None,
            ).to_json()
        )

    def _offer(self, code: str) -> Response:
        offer = self.references.get(code)
        return abort(404) if offer is None else jsonify(offer.to_json())

    def _token(self) -> tuple[Response, int] | Response:
        proof = verify_dpop_proof(
            request.headers["DPoP"], method="POST", uri=f"{self.origin}{request.path}", at=self.clock.now()
        )
        if request.form.get("grant_type") == "refresh_token":
            answer: Response | tuple[Response, int] = self._refresh(proof.jkt)
            return answer
        asked = parse_token_request({name: request.form.getlist(name) for name in request.form})
        offered = self.offers.get(asked.pre_authorized_code)
        if offered is None or offered.used:
            return jsonify({"error": "invalid_grant"}), 400
        if offered.tx_code is not None and asked.tx_code != offered.tx_code:
            offered.tries_left -= 1
            offered.used = offered.tries_left == 0
            return jsonify({"error": "invalid_grant", "tx_code_tries_left": offered.tries_left}), 400
        offered.used = True
        return jsonify(self._tokens(Issued(offered, proof.jkt)))

    def _tokens(self, issued: Issued) -> dict[str, Any]:
        token, refresh = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        self.tokens[token] = issued
        answer = {"access_token": token, "token_type": "DPoP", "expires_in": 600}
        if not self.refreshes:
            return answer
        self.families[refresh] = issued
        return answer | {"refresh_token": refresh}

    def _refresh(self, jkt: str) -> Any:
        """RFC 6749 section 6 with rotation; a token that was exchanged is worth nothing."""
        if self.refresh_refusal is not None:
            status, body, headers = self.refresh_refusal
            return jsonify(body), status, headers
        token = request.form["refresh_token"]
        issued = self.families.get(token)
        if issued is None or issued.jkt != jkt or token in self.spent:
            return jsonify({"error": "invalid_grant"}), 400
        self.spent.add(token)
        successor = self.replaced.get(str(issued.offered.claims.get("licence_identifier")))
        if successor is not None:
            issued = Issued(Offered(issued.offered.vct, successor, first_index=200), jkt)
        news = {} if self.news is None else {"elicence_licence": self.news}
        return jsonify(self._tokens(issued) | news)

    def _nonce(self) -> Response:
        nonce = build_c_nonce(
            b"k" * 32,
            issuer=self.identifier,
            random=secrets.token_bytes(16),
            at=self.clock.now(),
            lifetime=timedelta(minutes=5),
        )
        return jsonify(build_nonce_response(nonce))

    def _authorised(self) -> Issued:
        token = request.headers["Authorization"].removeprefix("DPoP ")
        issued = self.tokens.get(token)
        if issued is None:
            abort(Response('{"error":"invalid_token"}', 401, mimetype="application/json"))
        verify_dpop_proof(
            request.headers["DPoP"],
            method="POST",
            uri=f"{self.origin}{request.path}",
            at=self.clock.now(),
            access_token=token,
            expected_jkt=issued.jkt,
        )
        return issued

    def _credential(self) -> Any:
        issued = self._authorised()
        asked = parse_credential_request(request.get_json())
        keys = []
        for text in asked.unverified_proofs:
            proof = verify_key_proof(text, issuer=self.identifier, at=self.clock.now())
            verify_c_nonce(proof.nonce, b"k" * 32, issuer=self.identifier, at=self.clock.now())
            keys.append(proof.jwk)
        if asked.credential_configuration_id in self.prepares:
            transaction = secrets.token_urlsafe(8)
            wanted = replace(issued, offered=self._of_type(issued, asked.credential_configuration_id))
            self.promised[transaction] = (wanted, keys)
            return jsonify(build_deferred_response(DeferredResponse(transaction, 60))), 202
        return self._delivered(self._of_type(issued, asked.credential_configuration_id), keys)

    def _of_type(self, issued: Issued, vct: str | None) -> Offered:
        """Of an offer of several types, the one that is asked for."""
        return next((one for one in issued.offered.others if one.vct == vct), issued.offered)

    def _delivered(self, offered: Offered, keys: list[PublicJwk]) -> Response:
        copies = [self._copy(offered, key, place) for place, key in enumerate(keys)]
        return jsonify(build_credential_response(copies, notification_id=secrets.token_urlsafe(8)))

    def _deferred(self) -> Any:
        issued = self._authorised()
        transaction = parse_deferred_request(request.get_json()).transaction_id
        if transaction not in self.promised or transaction in self.denied:
            return jsonify({"error": "invalid_transaction_id"}), 400
        wanted, keys = self.promised[transaction]
        assert wanted.jkt == issued.jkt
        if wanted.offered.vct in self.prepares:
            return jsonify(build_deferred_response(DeferredResponse(transaction, 60))), 202
        return self._delivered(wanted.offered, keys)

    def _copy(self, offered: Offered, key: PublicJwk, place: int) -> str:
        signer = self.sign_with or self.signer
        assert signer is not None
        now = self.clock.now()
        claims = dict(offered.claims)
        if self.differing_claim and place == 1:
            claims["holder_name"] = "另一个人"
        template = CredentialTemplate.of(
            issuer=self.identifier,
            vct=self.vct_in_credential or offered.vct,
            vct_integrity="sha256-AAAA",
            certificate_chain=signer.certificate_chain,
        )
        return build_credential(
            template,
            claims,
            holder_key=self.bind_to or key,
            status=StatusReference(
                self.status_uri_in_credential or self.status_uri, offered.first_index + place
            ),
            issued_at=now,
            expires_at=now + timedelta(days=self.expires_in_days),
            sign=signer.sign,
        )

    def _document(self) -> Response:
        self._authorised()
        self.asked_documents.append(request.get_json())
        status, body, media_type = self.document_answer
        return Response(body, status, mimetype=media_type, headers={"Document-Id": "jz-1"})

    def _licence_uses(self) -> Response:
        self._authorised()
        return jsonify(
            {
                "issuer": self.uses_as or self.identifier,
                "uses": self.looked,
                "complaints": None,
                "next": None,
            }
        )

    def _notification(self) -> tuple[str, int]:
        self._authorised()
        self.notifications.append(request.get_json())
        return "", 204
