"""The wallet's side of OpenID4VP 1.0, small and real: built on the same standards, with switches to cheat."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient

from keys.local_signer import LocalSigner
from keys.path_validation import PathValidator
from standards.dcql import SD_JWT, Candidate, match
from standards.mandate import Acting, acting_extra
from standards.openid4vp.authorization_request import RequestReference, parse_request_uri
from standards.openid4vp.request_object import (
    DIRECT_POST_JWT,
    PresentationRequest,
    parse_request_object,
    verify_request_object,
)
from standards.openid4vp.response import build_access_denied_form, build_direct_post, build_direct_post_jwt
from standards.sd_jwt_vc import parse_credential, present_credential
from tests.support.clock import FixedClock


@dataclass
class HeldCredential:
    """A credential with its key."""

    text: str
    key: LocalSigner
    vct: str
    claims: dict[str, Any]
    index: int


@dataclass
class PresentingPeer:
    """A wallet. Each step can be done by itself, so that a test can come between."""

    client: FlaskClient
    validator: PathValidator
    clock: FixedClock
    held: list[HeldCredential] = field(default_factory=list)

    # Switches: each makes one thing go wrong.
    audience: str | None = None
    nonce: str | None = None
    binding_key: LocalSigner | None = None
    acting: Acting | None = None
    """Who shows, when it is not the holder."""
    state: str | None = None

    def fetch(self, link: str, *, method: str = "POST") -> tuple[RequestReference, str, str | None]:
        """Fetch the request object; answers the reference, the object and the nonce that was sent."""
        reference = parse_request_uri(link)
        path = urlsplit(reference.unverified_request_uri).path
        if method == "GET":
            answer, nonce = self.client.get(path), None
        else:
            nonce = secrets.token_urlsafe(16)
            answer = self.client.post(path, data={"wallet_nonce": nonce})
        assert answer.status_code == 200, answer.text
        assert answer.mimetype == "application/oauth-authz-req+jwt"
        return reference, answer.text, nonce

    def read(self, link: str, *, method: str = "POST") -> PresentationRequest:
        """Fetch and verify: signature, client id, nonce, and the certificate's path."""
        reference, text, nonce = self.fetch(link, method=method)
        signed = verify_request_object(
            parse_request_object(text), reference=reference, at=self.clock.now(), wallet_nonce=nonce
        )
        self.validator.validate(signed.certificate_chain, self.clock.now())
        return signed.request

    def tokens(self, request: PresentationRequest) -> dict[str, list[str]]:
        """The ``vp_token`` for a request, with no more than it asks for."""
        candidates = [
            Candidate(str(place), SD_JWT, held.vct, held.claims) for place, held in enumerate(self.held)
        ]
        found = match(request.dcql_query, candidates)
        assert found.satisfied, "this wallet cannot answer"
        chosen = {query: found.answers[query][0] for query in found.chosen()}
        return {
            query: [self._present(self.held[int(answer.candidate_id)], answer.paths, request)]
            for query, answer in chosen.items()
        }

    def form(
        self, request: PresentationRequest, tokens: Mapping[str, list[str]] | None = None
    ) -> dict[str, str]:
        """The form to post."""
        shown = self.tokens(request) if tokens is None else tokens
        state = self.state or request.state
        if request.response_mode == DIRECT_POST_JWT:
            return build_direct_post_jwt(shown, state, request.client_metadata)
        return build_direct_post(shown, state)

    def post(self, request: PresentationRequest, form: Mapping[str, str]) -> Any:
        return self.client.post(urlsplit(request.response_uri).path, data=dict(form))

    def show(self, link: str, *, method: str = "POST") -> Any:
        """The whole walk; answers the verifier's response."""
        request = self.read(link, method=method)
        return self.post(request, self.form(request))

    def refuse(self, link: str) -> Any:
        request = self.read(link)
        return self.post(request, build_access_denied_form(self.state or request.state))

    def _present(self, held: HeldCredential, paths: Any, request: PresentationRequest) -> str:
        sign: Callable[[bytes], bytes] = (self.binding_key or held.key).sign
        return present_credential(
            parse_credential(held.text).sd_jwt,
            paths,
            audience=self.audience or str(request.client_id),
            nonce=self.nonce or request.nonce,
            at=self.clock.now(),
            sign=sign,
            extra=acting_extra(self.acting),
        )
