"""Addresses that strangers give to the wallet, through its real routes: nobody inside our network is ever called."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, request

from keys.master_key import MasterKey
from service.settings import Settings
from standards.openid4vci import build_offer_reference_query, build_offer_uri
from tests.support.wallet_world import (
    IDENTITY_CARD,
    Browser,
    WalletWorld,
    identity_claims,
    query_for,
    running_clock,
    wallet_world,
)
from wallet.claiming.fetch_waiting import fetch_waiting

QUERY = query_for(IDENTITY_CARD, "holder_name")
PUBLIC = "93.184.215.14"

SPELLINGS = [
    "https://127.1:{port}/x",
    "https://2130706433:{port}/x",
    "https://0x7f000001:{port}/x",
    "https://0177.0.0.1:{port}/x",
    "https://0.0.0.0:{port}/x",
    "https://[::ffff:7f00:1]:{port}/x",
    "https://[64:ff9b::7f00:1]:{port}/x",
    "https://[2002:7f00:1::]:{port}/x",
    "https://[fe80::1]:{port}/x",
    "https://[fd00::1]:{port}/x",
    "https://172.16.0.1:{port}/x",
    "https://192.168.1.1:{port}/x",
    "https://100.64.0.1:{port}/x",
    "https://localhost.:{port}/x",
    "{allowed}@127.0.0.1:{port}/x",
    "{allowed}.127.0.0.1:{port}/x",
]


@dataclass
class Inside:
    """A listener of our own network that nobody must reach; it is no allowed origin."""

    port: int
    listener: socket.socket

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    def require_silence(self) -> None:
        """A connection made during a call that has ended waits in the backlog: no time is needed to see it."""
        self.listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            self.listener.accept()


@pytest.fixture
def world(settings: Settings, master_key: MasterKey, tmp_path: Path) -> Iterator[WalletWorld]:
    fresh = replace(settings, data=tmp_path, trust_anchor_file=tmp_path / "anchor.pem")
    with wallet_world(fresh, master_key, running_clock()) as made:
        for name in made.node.database.list_collection_names():
            made.node.database[name].delete_many({})
        yield made


@pytest.fixture
def zhang(world: WalletWorld) -> Browser:
    return world.sign_in()


@pytest.fixture
def inside() -> Iterator[Inside]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield Inside(listener.getsockname()[1], listener)


@contextmanager
def redirecting(app: Flask, name: str, status: int, to: str) -> Iterator[None]:
    """While it lasts, the peer's endpoints whose address ends in ``name`` answer with a redirect."""
    led: list[str] = []
    funcs = app.before_request_funcs.setdefault(None, [])

    def lead_away() -> Response | None:
        if request.path.rsplit("/", 1)[-1] != name:
            return None
        led.append(name)
        return Response("", status, headers={"Location": to})

    funcs.insert(0, lead_away)
    try:
        yield
    finally:
        funcs.remove(lead_away)
    assert led, f"nobody asked {name}"


def offer_at(address: str) -> str:
    return build_offer_uri(build_offer_reference_query(address))


def request_at(world: WalletWorld, address: str) -> str:
    link, _ = world.verifier.ask(QUERY)
    client_id = link.partition("client_id=")[2].partition("&")[0]
    return f"openid4vp://?client_id={client_id}&request_uri={address}"


def kind(answer: Any) -> str:
    return str(answer.json["type"]).removeprefix("urn:elicence:problem:")


def test_our_network_in_other_spellings(world: WalletWorld, zhang: Browser, inside: Inside) -> None:
    """Loopback, private, link-local, shared and translated addresses as offer and request → refused on page and interface."""
    for spelling in SPELLINGS:
        address = spelling.format(port=inside.port, allowed=world.issuer.origin)
        request_link = request_at(world, address)
        called = [
            zhang.receive(offer_at(address)),
            zhang.post("/api/v1/requests", {"uri": request_link}),
        ]
        pages = [
            zhang.page(f"/offers?credential_offer_uri={address}"),
            zhang.page(f"/present?{request_link.partition('?')[2]}"),
            zhang.submit("/find/offer", link=offer_at(address)),
        ]
        for answer in (*called, *pages):
            assert 400 <= answer.status_code < 500 or answer.status_code == 502, (address, answer.text)
        inside.require_silence()
    assert zhang.credentials() == []


def test_a_name_that_leads_inside(
    world: WalletWorld, zhang: Browser, inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names whose answers are a private address, or one public and one private (rebinding) → refused, nobody called."""
    names = {
        "inside.example": ["127.0.0.1"],
        "rebinding.example": [PUBLIC, "127.0.0.1"],
        "metadata.example": ["169.254.169.254"],
        "mapped.example": ["::ffff:127.0.0.1"],
    }
    real = socket.getaddrinfo

    def resolve(host: Any, port: Any, *rest: Any, **options: Any) -> Any:
        if host not in names:
            return real(host, port, *rest, **options)
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in names[host]
        ]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    for name in names:
        address = f"https://{name}:{inside.port}/x"
        offered = zhang.receive(offer_at(address))
        assert (offered.status_code, kind(offered)) == (422, "issuer-address-refused")
        asked = zhang.post("/api/v1/requests", {"uri": request_at(world, address)})
        assert (asked.status_code, kind(asked)) == (422, "verifier-address-refused")
        world.issuer.credential_endpoint = address
        received = zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))
        assert (received.status_code, kind(received)) == (422, "issuer-address-refused")
        world.issuer.credential_endpoint = None
        inside.require_silence()
    assert zhang.credentials() == []


@pytest.mark.parametrize("status", [302, 307])
def test_redirects_of_an_issuer_into_our_network(
    world: WalletWorld, zhang: Browser, inside: Inside, status: int
) -> None:
    """Each endpoint of a listed issuer in turn answers with a redirect inside, 307 would carry the token along → not followed."""
    endpoints = "openid-credential-issuer", "oauth-authorization-server", "token", "nonce", "credential"
    for name in endpoints:
        link = world.issuer.offer(IDENTITY_CARD.vct, identity_claims())
        with redirecting(world.issuer.app, name, status, f"{inside.origin}/x"):
            answer = zhang.receive(link)
        assert 400 <= answer.status_code < 500 or answer.status_code == 502, (name, answer.text)
        inside.require_silence()
    referred = world.issuer.offer(IDENTITY_CARD.vct, identity_claims(), by="reference")
    name = next(reversed(world.issuer.references))
    with redirecting(world.issuer.app, name, status, f"{inside.origin}/x"):
        assert kind(zhang.receive(referred)) == "issuer-address-refused"
    inside.require_silence()
    assert zhang.credentials() == []


def test_a_promised_licence_is_not_fetched_from_inside(
    world: WalletWorld, zhang: Browser, inside: Inside
) -> None:
    """The issuer redirects inside when the licence is due, and when its token is to be renewed → not followed, not lost.

    It is asked again in its own time, not in every round; once the issuer answers itself, the licence comes.
    """
    world.issuer.prepares.add(IDENTITY_CARD.vct)
    answer = zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))
    assert answer.status_code == 202
    world.issuer.prepares.clear()
    for name, wait in (("deferred", timedelta(seconds=61)), ("token", timedelta(hours=1))):
        world.clock.advance(wait)
        with redirecting(world.issuer.app, name, 307, f"{inside.origin}/x"):
            assert fetch_waiting(world.node, world.clock.now()) == {}
        asked = len(world.issuer.calls)
        assert fetch_waiting(world.node, world.clock.now()) == {}
        assert len(world.issuer.calls) == asked
        inside.require_silence()
    assert world.sign_in().credentials() == []
    world.clock.advance(timedelta(hours=1))
    assert fetch_waiting(world.node, world.clock.now()) == {"received": 1}


def test_an_answer_is_not_carried_elsewhere_by_a_redirect(
    world: WalletWorld, zhang: Browser, inside: Inside
) -> None:
    """The verifier's response_uri answers 307 to an address inside → what was sent goes nowhere else."""
    assert zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims())).status_code == 201
    link, asked = world.verifier.ask(QUERY)
    view = zhang.post("/api/v1/requests", {"uri": link}).json
    name = asked.request.response_uri.rsplit("/", 1)[-1]
    with redirecting(world.verifier.served.app, name, 307, f"{inside.origin}/x"):
        sent = zhang.post(f"/api/v1/requests/{view['id']}/consent")
    assert 400 <= sent.status_code < 503
    inside.require_silence()
    assert asked.answers == []
