"""An OpenID provider that answers as a test tells it to: right, wrong, or hostile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import time
from typing import Any

from flask import Flask, Response, jsonify, request
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from werkzeug.serving import make_server

PERSON = {"sub": "s-1", "name": "张小明", "id_code_type": "111", "id_number": "990101198805120016"}


@dataclass
class OddProvider:
    """Its address, and what it does; tests change the fields before they sign in."""

    issuer: str = ""
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "k1"}))
    claims: dict[str, Any] = field(default_factory=lambda: dict(PERSON))
    userinfo: dict[str, Any] = field(default_factory=dict)
    sign: Callable[[dict[str, Any]], str] | None = None
    discovery_issuer: str | None = None
    answers: dict[str, Response] = field(default_factory=dict)
    """Path → what is answered there instead."""
    nonce: str = ""
    token_form: dict[str, str] = field(default_factory=dict)
    """What our side sent to the token endpoint last."""

    def id_token(self) -> str:
        claims = {
            "iss": self.issuer, "aud": "wallet-test", "iat": int(time()), "exp": int(time()) + 300, "nonce": self.nonce,
            **self.claims,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        return self.sign(claims) if self.sign else self.signed(claims, "ES256", self.key)

    @staticmethod
    def signed(claims: dict[str, Any], algorithm: str, key: ECKey | OctKey) -> str:
        return jwt.encode({"alg": algorithm, "kid": "k1"}, claims, key, algorithms=[algorithm])


@contextmanager
def running_odd_provider() -> Iterator[OddProvider]:
    """Serve it on a free port of this machine."""
    odd = OddProvider()
    app = Flask("odd_provider")

    @app.before_request
    def instead() -> Response | None:
        return odd.answers.get(request.path)

    @app.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        return jsonify(
            issuer=odd.discovery_issuer or odd.issuer,
            authorization_endpoint=f"{odd.issuer}/authorize",
            token_endpoint=f"{odd.issuer}/token",
            userinfo_endpoint=f"{odd.issuer}/userinfo",
            jwks_uri=f"{odd.issuer}/jwks",
        )

    @app.get("/jwks")
    def jwks() -> Response:
        return jsonify(keys=[odd.key.as_dict(private=False)])

    @app.post("/token")
    def token() -> Response:
        odd.token_form = request.form.to_dict()
        return jsonify(access_token="at", token_type="Bearer", id_token=odd.id_token())

    @app.get("/userinfo")
    def userinfo() -> Response:
        return jsonify(odd.userinfo)

    server = make_server("127.0.0.1", 0, app, threaded=True)
    odd.issuer = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield odd
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
