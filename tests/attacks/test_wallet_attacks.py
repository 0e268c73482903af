"""What strangers can send to a wallet, and what must come of it. Each docstring draws the input and the verdict."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from keys.local_signer import LocalSigner
from keys.master_key import MasterKey
from service.settings import Settings
from service.web.csrf import csrf_token_of
from standards.jose import b64url_decode, b64url_encode, build_jws, build_x5c
from standards.openid4vci import build_offer_reference_query, build_offer_uri
from standards.openid4vp import Prefix, build_request_object
from tests.support.clock import FixedClock
from tests.support.wallet_world import (
    IDENTITY_CARD,
    LI,
    Browser,
    WalletWorld,
    identity_claims,
    query_for,
    running_clock,
    seen_on,
    stranger,
    wallet_world,
)

QUERY = query_for(IDENTITY_CARD, "holder_name")
PRIVATE = (
    "http://127.0.0.1:1/x",
    "https://127.0.0.1:8443/x",
    "http://169.254.169.254/latest/meta-data",
    "https://10.0.0.1/x",
    "https://[::1]:8443/x",
    "https://[::ffff:127.0.0.1]:8443/x",
    "http://localhost:1/x",
)


@pytest.fixture
def clock() -> FixedClock:
    return running_clock()


@pytest.fixture
def world(
    settings: Settings, master_key: MasterKey, clock: FixedClock, tmp_path: Any
) -> Iterator[WalletWorld]:
    fresh = replace(settings, data=tmp_path, trust_anchor_file=tmp_path / "anchor.pem")
    with wallet_world(fresh, master_key, clock) as made:
        for name in made.node.database.list_collection_names():
            made.node.database[name].delete_many({})
        yield made


@pytest.fixture
def zhang(world: WalletWorld) -> Browser:
    browser = world.sign_in()
    assert browser.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims())).status_code == 201
    return browser


def ask(world: WalletWorld, browser: Browser, **options: Any) -> Any:
    link, _ = world.verifier.ask(QUERY, **options)
    return browser.post("/api/v1/requests", {"uri": link})


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["type"].removeprefix("urn:elicence:problem:")


# -- leading the wallet into a private network ----------------------------------------------------------------------


@pytest.mark.parametrize("address", PRIVATE)
def test_credential_offer_uri_into_a_private_network(
    world: WalletWorld, zhang: Browser, address: str
) -> None:
    """credential_offer_uri = a loopback, private, metadata or file address → refused, nothing fetched, nothing kept."""
    answer = zhang.receive(build_offer_uri(build_offer_reference_query(address)))
    assert problem(answer) == (422, "issuer-address-refused")
    assert len(zhang.credentials()) == 1


@pytest.mark.parametrize("address", ["file:///etc/passwd", "gopher://127.0.0.1/x", "javascript:alert(1)"])
def test_credential_offer_uri_of_another_scheme(world: WalletWorld, zhang: Browser, address: str) -> None:
    """credential_offer_uri = a file or another scheme → not an offer link at all."""
    assert problem(zhang.receive(build_offer_uri(build_offer_reference_query(address)))) == (
        400,
        "invalid-input",
    )


@pytest.mark.parametrize("address", PRIVATE)
def test_request_uri_into_a_private_network(world: WalletWorld, zhang: Browser, address: str) -> None:
    """request_uri = a loopback, private or metadata address → refused, nothing fetched."""
    link, _ = world.verifier.ask(QUERY)
    client_id = link.partition("client_id=")[2].partition("&")[0]
    answer = zhang.post(
        "/api/v1/requests", {"uri": f"openid4vp://?client_id={client_id}&request_uri={address}"}
    )
    assert problem(answer) == (422, "verifier-address-refused")


def test_request_uri_that_redirects_into_a_private_network(world: WalletWorld, zhang: Browser) -> None:
    """request_uri at an allowed origin answers 302 → http://169.254.169.254/ → not followed, refused."""
    world.verifier.redirect_requests_to = "http://169.254.169.254/latest/meta-data"
    assert problem(ask(world, zhang)) == (422, "verifier-address-refused")


def test_offer_whose_issuer_is_in_a_private_network(world: WalletWorld, zhang: Browser) -> None:
    """An offer by value with credential_issuer = https://10.0.0.1 → on no list, so nothing is fetched from there."""
    link = world.issuer.offer(IDENTITY_CARD.vct, identity_claims())
    answer = zhang.receive(link.replace(f"localhost%3A{world.issuer.origin.rpartition(':')[2]}", "10.0.0.1"))
    assert problem(answer) == (422, "issuer-not-trusted")


def test_metadata_that_lead_into_a_private_network(world: WalletWorld, zhang: Browser) -> None:
    """A listed issuer's metadata name a credential endpoint at a loopback port → nobody is called there."""
    with socket.create_server(("127.0.0.1", 0)) as private:
        private.settimeout(0.3)
        world.issuer.credential_endpoint = f"http://127.0.0.1:{private.getsockname()[1]}/credential"
        answer = zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))
        assert problem(answer) == (422, "issuer-address-refused")
        with pytest.raises(TimeoutError):
            private.accept()


def test_status_uri_into_a_private_network(world: WalletWorld) -> None:
    """A listed issuer names a status list at a loopback port → nobody is called there, the state is not known."""
    zhang = world.sign_in()
    with socket.create_server(("127.0.0.1", 0)) as private:
        private.settimeout(0.3)
        world.issuer.status_uri_in_credential = f"http://127.0.0.1:{private.getsockname()[1]}/status-lists/1"
        assert zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims())).status_code == 201
        assert zhang.credentials()[0]["state"] == "unknown"
        with pytest.raises(TimeoutError):
            private.accept()


# -- requests that are not what they seem ---------------------------------------------------------------------------


def test_request_object_altered_on_the_way(world: WalletWorld, zhang: Browser) -> None:
    """The response_uri inside the signed request is changed, the signature kept → rejected, noted in the log."""
    link, asked = world.verifier.ask(QUERY)
    text = build_request_object(
        asked.request, certificate_chain=asked.signer.certificate_chain, sign=asked.signer.sign
    )
    header, payload, signature = text.split(".")
    altered = b64url_decode(payload).replace(b"/openid4vp/responses/", b"/openid4vp/elsewhere/")
    asked.served_text = f"{header}.{b64url_encode(altered)}.{signature}"

    assert problem(zhang.post("/api/v1/requests", {"uri": link})) == (422, "request-rejected")
    assert zhang.uses()[0]["kind"] == "unanswerable"


def test_request_with_algorithm_none(world: WalletWorld, zhang: Browser) -> None:
    """alg: none and an empty signature → rejected."""
    link, asked = world.verifier.ask(QUERY)
    text = build_request_object(
        asked.request, certificate_chain=asked.signer.certificate_chain, sign=asked.signer.sign
    )
    header, payload, _ = text.split(".")
    unsigned = b64url_encode(b64url_decode(header).replace(b'"ES256"', b'"none"'))
    asked.served_text = f"{unsigned}.{payload}."
    assert problem(zhang.post("/api/v1/requests", {"uri": link})) == (422, "request-rejected")


def test_request_by_a_self_signed_verifier(world: WalletWorld, zhang: Browser) -> None:
    """x5c = one self-signed certificate, x509_hash right, signature right → not trusted; nothing can be consented to."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "自封的窗口")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2030, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    signer = LocalSigner("self", key, (certificate.public_bytes(serialization.Encoding.DER),))
    assert problem(ask(world, zhang, signer=signer)) == (422, "verifier-not-trusted")


def test_request_by_a_certified_stranger(world: WalletWorld, zhang: Browser) -> None:
    """A valid certificate of the region, but the organisation is on no list of verifiers → not trusted."""
    assert problem(ask(world, zhang, signer=stranger(world))) == (422, "verifier-not-trusted")


def test_request_by_an_issuer_who_is_no_verifier(world: WalletWorld, zhang: Browser) -> None:
    """The certificate of a listed issuer signs a presentation request → listed in another role → not trusted."""
    assert problem(ask(world, zhang, signer=world.issuer.signer)) == (422, "verifier-not-trusted")


def test_request_with_anothers_client_id(world: WalletWorld, zhang: Browser) -> None:
    """The stranger's request under the registered verifier's x509_hash → the certificate does not prove it → rejected."""
    link, asked = world.verifier.ask(QUERY)
    other = stranger(world)
    asked.served_text = _sign_anyway(asked, other)
    assert problem(zhang.post("/api/v1/requests", {"uri": link})) == (422, "request-rejected")


@pytest.mark.parametrize("prefix", [Prefix.X509_SAN_DNS, Prefix.X509_HASH])
def test_response_uri_on_another_host(world: WalletWorld, zhang: Browser, prefix: Prefix) -> None:
    """A listed verifier's request whose answer would go to a host that its certificate does not name → rejected."""
    link, asked = world.verifier.ask(QUERY, prefix=prefix)
    asked.request = replace(asked.request, response_uri="https://collector.example/responses/1")
    asked.served_text = _sign_anyway(asked, asked.signer)
    assert problem(zhang.post("/api/v1/requests", {"uri": link})) == (422, "request-rejected")


def test_request_for_another_audience(world: WalletWorld, zhang: Browser) -> None:
    """aud = another wallet → rejected."""
    link, asked = world.verifier.ask(QUERY)
    asked.served_text = _sign_anyway(asked, asked.signer, aud="https://another-wallet.example")
    assert problem(zhang.post("/api/v1/requests", {"uri": link})) == (422, "request-rejected")


def test_replayed_request_without_our_nonce(world: WalletWorld, zhang: Browser) -> None:
    """POST with wallet_nonce; the signed object comes back without it (an older one, replayed) → rejected."""
    world.verifier.echo_wallet_nonce = False
    assert problem(ask(world, zhang, method="post")) == (422, "request-rejected")


def test_request_that_wants_a_transaction_authorised(world: WalletWorld, zhang: Browser) -> None:
    """transaction_data of a type that this wallet does not know → not answerable, not shown as a plain request."""
    data = b64url_encode(b'{"type":"payment","credential_ids":["licence"]}')
    assert problem(ask(world, zhang, transaction_data=(data,))) == (422, "request-unanswerable")


def test_verifier_withdrawn_between_reading_and_consent(world: WalletWorld, zhang: Browser) -> None:
    """The request was good when it was read; the list then drops the verifier → consent sends nothing."""
    view = ask(world, zhang).json
    world.issuer.trust_lists["510000"] = world.region_list("510000", (), sequence=2)
    world.clock.advance(timedelta(minutes=1))
    zhang.get("/api/v1/credentials")  # starts the renewal of the lists
    for thread in threading.enumerate():
        if thread.name == "trust-feed":
            thread.join(10)
    assert problem(zhang.post(f"/api/v1/requests/{view['id']}/consent")) == (422, "verifier-not-trusted")
    assert all(not asked.answers for asked in world.verifier.asked.values())


# -- doing something twice, or as somebody else ---------------------------------------------------------------------


def test_consent_eight_times_at_once_sends_once(world: WalletWorld, zhang: Browser) -> None:
    """Eight simultaneous consents to one request → one answer at the verifier, one copy used, seven 409."""
    link, asked = world.verifier.ask(QUERY)
    view = zhang.post("/api/v1/requests", {"uri": link}).json
    statuses = _at_once(8, world, lambda one: one.post(f"/api/v1/requests/{view['id']}/consent").status_code)

    assert sorted(statuses) == [200] + [409] * 7
    assert len(asked.answers) == 1
    assert zhang.credentials()[0]["unused_copies"] == 4


def test_consent_and_refusal_at_once_have_one_outcome(world: WalletWorld, zhang: Browser) -> None:
    """Consent and refusal race → exactly one of them counts, and the verifier hears exactly one."""
    link, asked = world.verifier.ask(QUERY)
    view = zhang.post("/api/v1/requests", {"uri": link}).json
    words = iter(["consent", "refuse"] * 4)
    statuses = _at_once(
        8, world, lambda one: one.post(f"/api/v1/requests/{view['id']}/{next(words)}").status_code
    )
    assert sorted(statuses) == [200] + [409] * 7
    assert len(asked.answers) == 1


def test_offer_received_eight_times_at_once_arrives_once(world: WalletWorld) -> None:
    """Eight simultaneous receipts of one offer → one licence, nothing half-written, the rest busy or the same answer."""
    zhang = world.sign_in()
    link = world.issuer.offer(IDENTITY_CARD.vct, identity_claims())
    statuses = _at_once(8, world, lambda one: one.receive(link).status_code)

    assert statuses.count(201) == 1
    assert set(statuses) <= {200, 201, 409}
    assert len(zhang.credentials()) == 1
    assert world.issuer.calls.count("token") == 1


def test_another_persons_ids_find_nothing(world: WalletWorld, zhang: Browser) -> None:
    """李小红 asks for 张小明's licence, offer and request by their ids → 404 each, and nothing of his changes."""
    licence = zhang.credentials()[0]["id"]
    offer = zhang.page(
        f"/offers?{world.issuer.offer(IDENTITY_CARD.vct, identity_claims()).partition('?')[2]}"
    ).headers["Location"]
    link, asked = world.verifier.ask(QUERY)
    request = zhang.post("/api/v1/requests", {"uri": link}).json["id"]
    li = world.sign_in(LI)

    answers = [
        li.get(f"/api/v1/credentials/{licence}"),
        li.page(f"/licences/{licence}"),
        li.submit(f"/licences/{licence}/removal"),
        li.submit(f"/licences/{licence}/restoration"),
        li.page(offer),
        li.submit(offer),
        li.get(f"/api/v1/requests/{request}"),
        li.page(f"/requests/{request}"),
        li.post(f"/api/v1/requests/{request}/consent"),
        li.post(f"/api/v1/requests/{request}/refuse"),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert (li.credentials(), li.uses()) == ([], [])
    assert len(zhang.credentials()) == 1
    assert zhang.get(f"/api/v1/requests/{request}").json["state"] == "waiting"
    assert asked.answers == []


def test_another_persons_licence_as_a_selection(world: WalletWorld, zhang: Browser) -> None:
    """李小红 consents with 张小明's credential id → not among her licences → nothing is sent."""
    li = world.sign_in(LI)
    assert li.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims(LI))).status_code == 201
    link, asked = world.verifier.ask(QUERY)
    view = li.post("/api/v1/requests", {"uri": link}).json
    stolen = {"selection": {"licence": zhang.credentials()[0]["id"]}}
    assert problem(li.post(f"/api/v1/requests/{view['id']}/consent", stolen)) == (400, "invalid-selection")
    assert asked.answers == []


@pytest.mark.parametrize("token", ["", "wrong", csrf_token_of("another session")])
@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/offers",
        "/api/v1/requests",
        "/api/v1/requests/x/consent",
        "/api/v1/requests/x/refuse",
        "/scan",
    ],
)
def test_a_change_without_the_sessions_proof(
    world: WalletWorld, zhang: Browser, path: str, token: str
) -> None:
    """A POST with the session cookie and no token, a wrong one, or another session's → 403."""
    answer = zhang.client.post(path, json={"uri": "x"}, headers={"X-CSRF-Token": token})
    assert problem(answer) == (403, "forged-request")


def test_nobody_signed_in(world: WalletWorld) -> None:
    """Every address of the interface without a session → 401; pages lead to the sign-in."""
    client = world.app.test_client()
    for path in ("/api/v1/session", "/api/v1/credentials", "/api/v1/log", "/api/v1/requests/x"):
        assert client.get(path).status_code == 401
    for path in ("/scan", "/log", "/licences/x", "/offers?credential_offer_uri=x", "/present?client_id=x"):
        answer = client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/sign-in?next=")


# -- texts of others on our pages -----------------------------------------------------------------------------------


def test_script_in_the_words_of_others(world: WalletWorld, zhang: Browser) -> None:
    """A licence, an item and an issuer's self-given name with markup in them → shown as text on every page."""
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    claims = identity_claims(address=evil, licence_identifier="other", unknown_field=evil)
    assert zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, claims)).status_code == 201
    item = {"code": "SX-9", "name": {"zh": evil, "en": evil}, "purpose": {"zh": evil, "en": evil}}
    link, _ = world.verifier.ask(query_for(IDENTITY_CARD, "address"), item=item)
    request = zhang.page(f"/present?{link.partition('?')[2]}").headers["Location"]

    pages = [zhang.page("/"), zhang.page(request), zhang.page("/log")]
    pages += [zhang.page(f"/licences/{one['id']}") for one in zhang.credentials()]
    pages.append(zhang.submit("/scan", link=evil))
    assert any("&lt;script&gt;" in page.text for page in pages)
    for page in pages:
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_words_in_an_offer_by_link_are_not_the_authoritys(world: WalletWorld, zhang: Browser) -> None:
    """Somebody makes a link himself: issuer = a real authority, tx_code.description = "send the code to 138…".

    Nothing signs an offer → his words are not shown beside the authority's name; those that it serves itself are.
    """
    genuine = world.issuer.offer(IDENTITY_CARD.vct, identity_claims(), tx_code="493536", by="reference")
    forged = world.issuer.offer(IDENTITY_CARD.vct, identity_claims(), tx_code="493536")
    assert "%E7%9F%AD%E4%BF%A1" in forged  # its description travels in the link
    for link, shown in ((genuine, True), (forged, False)):
        page = zhang.page(zhang.page(f"/offers?{link.partition('?')[2]}").headers["Location"])
        assert ("短信验证码" in page.text) == shown
        assert 'name="tx_code"' in page.text
    answer = zhang.post("/api/v1/offers", {"uri": forged})
    assert (answer.status_code, "短信" in answer.text) == (422, False)


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\u0007", "\u2028"])
def test_words_of_a_verifier_that_rearrange_the_line(
    world: WalletWorld, zhang: Browser, character: str
) -> None:
    """An item's purpose with a bidirectional override or a control in it → the page says that no purpose is given."""
    words = {"zh": f"核对{character}身份", "en": f"check{character} identity"}
    item = {"code": "SX-9", "name": {"zh": "事项", "en": "Item"}, "purpose": words}
    answer = ask(world, zhang, item=item)
    assert (answer.status_code, answer.json["item"]) == (201, None)
    page = zhang.page(f"/requests/{answer.json['id']}")
    assert character not in page.text
    assert "没有说明用途" in page.text


@pytest.mark.parametrize(
    "rest",
    [
        "/#\r\nSet-Cookie: a=b",
        "/done\r\nX: y",
        "\\@elsewhere.example/",
        "/\\elsewhere.example",
        "/ x",
        "/#\u202e",
    ],
)
def test_return_address_that_readers_understand_differently(
    world: WalletWorld, zhang: Browser, rest: str
) -> None:
    """The verifier answers with ``redirect_uri`` = its origin + line break, backslash, space … → shown, and stays here."""
    holding_id = zhang.credentials()[0]["id"]
    for address in (world.verifier.origin + rest, f"http://elsewhere.example@{world.verifier.origin[7:]}/"):
        link, asked = world.verifier.ask(QUERY, redirect_uri=address)
        page = zhang.page(f"/present?{link.partition('?')[2]}").headers["Location"]
        seen = seen_on(zhang.page(page).text)
        sent = zhang.submit(f"{page}/consent", choice_0="0", pick_0_0_licence=holding_id, seen=seen)
        assert (sent.status_code, sent.headers["Location"]) == (303, page)
        assert len(asked.answers) == 1
        assert "elsewhere.example" not in zhang.page(page).text


# -- the store --------------------------------------------------------------------------------------------------------


def test_a_row_moved_to_another_account_does_not_open(world: WalletWorld, zhang: Browser) -> None:
    """Somebody with access to the store gives 张小明's row to 李小红's account → it does not open under her key."""
    li = world.sign_in(LI)
    li.credentials()
    holdings = world.node.database["holdings"]
    accounts = [row["_id"] for row in world.node.database["accounts"].find()]
    mine = holdings.find_one()["account_id"]
    hers = next(one for one in accounts if one != mine)
    holdings.update_one({"account_id": mine}, {"$set": {"account_id": hers}})

    answer = li.get("/api/v1/credentials")
    assert answer.status_code == 500
    assert "张小明" not in answer.text


# -- tools -------------------------------------------------------------------------------------------------------------


def _at_once(count: int, world: WalletWorld, act: Any) -> list[int]:
    """The same act by ``count`` browsers of one person, let go together."""
    gate = threading.Barrier(count)
    statuses: list[int] = []

    def run(browser: Browser) -> None:
        gate.wait(10)
        statuses.append(act(browser))

    threads = [threading.Thread(target=run, args=(world.sign_in(),)) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return statuses


def _sign_anyway(asked: Any, signer: Any, **claims: Any) -> str:
    """A request object that an honest library would refuse to build."""
    header = {"typ": "oauth-authz-req+jwt", "x5c": build_x5c(signer.certificate_chain)}
    return build_jws(header, asked.request.to_json() | claims, signer.sign)
