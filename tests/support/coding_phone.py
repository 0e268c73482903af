"""A citizen's phone at a running node: an identity card in the wallet, and codes of it as fast as one asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from keys.local_signer import LocalSigner
from service.clock import SystemClock
from standards.jose import b64url_decode, parse_jws
from standards.show_code import build_show_code
from tests.support.running_node import RunningNode
from tests.support.trust_world import new_signer

_CARD = "居民身份证"


class CodingPhone:
    """The phone of the demo's first citizen."""

    def __init__(self, node: RunningNode) -> None:
        self._key: LocalSigner = new_signer("phone")
        wallet = node.person("zhang-xiaoming")
        police = next(
            authority
            for authority in _authorities(node)
            if any(kind["name"]["zh"] == _CARD for kind in _types(node, authority))
        )
        issuer = node.department("issuer", police)
        example = next(kind for kind in _types(node, police) if kind["name"]["zh"] == _CARD)["example"]
        licence = issuer.post_json("/api/v1/licences", example, 201)
        offer = issuer.post_json(f"/api/v1/licences/{licence['identifier']}/offers", {}, 201)
        wallet.post_json("/api/v1/offers", {"uri": offer["credential_offer_uri"]}, 201)
        wanted = [wallet.get_json("/api/v1/show-codes")["licences"][-1]["id"]]
        order = {"phone_key": self._key.public_jwk.to_dict(), "licences": wanted}
        made = wallet.post_json("/api/v1/show-codes/delegations", order, 200)["delegations"][0]
        wallet.close()
        self._licence, self._delegation = (b64url_decode(made[part]) for part in ("licence", "delegation"))

    def code(self) -> str:
        """A code that nobody has seen."""
        return build_show_code(
            self._licence, self._delegation, made_at=SystemClock().now(), sign=self._key.sign
        )


def _authorities(node: RunningNode) -> Iterator[str]:
    for key in sorted((node.data / "keys").glob("authority-*.pem")):
        yield key.stem.removeprefix("authority-").upper()


def _types(node: RunningNode, authority: str) -> list[dict[str, Any]]:
    types: list[dict[str, Any]] = node.department("issuer", authority).get_json("/api/v1/types")["types"]
    return types


def decline(link: str) -> None:
    """A wallet whose holder says no."""
    request_uri = parse_qs(urlsplit(link).query)["request_uri"][0]
    asked: dict[str, Any] = parse_jws(requests.get(request_uri, timeout=10).text, max_chars=200_000).claims()
    answer = {"error": "access_denied", "state": asked["state"]}
    requests.post(asked["response_uri"], data=answer, timeout=10).raise_for_status()
