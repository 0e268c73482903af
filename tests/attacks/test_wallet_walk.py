"""Attacks on every address that the wallet serves: whatever is added to it is walked too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest
from werkzeug.routing import Rule

from keys.master_key import MasterKey
from service.demo.people import CITIZENS
from service.settings import Settings
from service.web.sign_in.session import session_id_of
from tests.service.wallet.test_passkey_attacks import passkey_browser, registered
from tests.support.asking_peer import ITEM
from tests.support.represented import (
    BUSINESS_LICENCE,
    COMPANY,
    COMPANY_NUMBER,
    accepted,
    act_for,
    company_claims,
    grant_body,
    right_for,
)
from tests.support.show_codes import certify_provider, give_compact, holder_of
from tests.support.wallet_world import (
    IDENTITY_CARD,
    LI,
    ZHANG,
    Browser,
    WalletWorld,
    identity_claims,
    query_for,
    running_clock,
    wallet_world,
)

CHEN: Final = CITIZENS[3]

NO_SESSION_NEEDED: Final = {
    "showing.code": "holds nothing personal, so that the phone keeps it for when there is no network",
    "licences.home": "a welcome",
    "licences.colours": "colours of types",
    "shell.offline": "holds nothing personal",
    "shell.service_worker": "a script",
    "shell.manifest": "of the app",
    "vendor.static": "scripts",
    "wallet_provider.status_lists": "public",
    "wallet_provider.status_list": "public",
    "openapi.docs": "public",
    "openapi.openapi_json": "public",
    "health.healthz": "for the operator",
    "health.readyz": "for the operator",
    "health.metrics": "for the operator",
    "sign_in.start": "the way in",
    "sign_in.callback": "the way in",
    "passkeys.sign_in": "the way in",
    "passkeys.sign_in_options": "the way in",
    "sign_in.end": "nobody is signed out",
    "show_codes_windows.redeem": "windows; they sign what they ask",
}
WITHOUT_PROOF: Final = {
    "show_codes_windows.redeem": "windows have no session; they sign what they ask",
    "passkeys.sign_in": "begins a session; bound to a challenge of its own",
    "passkeys.sign_in_options": "begins a session; changes nothing",
}
IDS: Final = ["\x00", "\ud800", "a" * 3000, "..", "{}", "-1", "中"]
VALUES: Final[list[Any]] = [
    None, -1, 1e308, "", "\x00", "\u202e", "x" * 9000, [], {}, {"$ne": 1}, "0001-01-01",
    "9999-12-31", "http://[::1", "https://\x00/", "openid4vp://?request_uri=%00", "ELC1:AAAA", "ELP1:",
]  # fmt: skip
BODIES: Final = [b"", b"{", b"null", b"[]", b"\xff\xfe", b'{"uri":"\\ud800"}', b"[" * 200, b'"x"', b"1e999"]
FIELDS: Final = [
    "uri", "tx_code", "right", "capacity", "person", "scope", "until", "from", "uses", "name", "number", "selection",
    "hidden", "agreed", "key", "licences", "licence", "entry", "kind", "text", "about", "code", "phone_key", "link",
    "password", "reason", "id", "item", "first", "last", "bearer_name", "bearer_number", "credential", "library",
    "server", "next", "seen", "topic", "reach", "licence_types", "divisions", "frame", "file", "sensitive",
]  # fmt: skip
"""Names that the wallet's forms and bodies use; each address gets all of them."""

QUERIES: Final = [
    "?after=x&before=%00&type=%ff&next=//evil.example&group=%00&page=-1&q=%ED%A0%80",
    "?licence=%ED%A0%80&from=0001-01-01&to=9999-99-99&party=%00&kind=x&capacity=x&until=9999-12-31",
    "?credential_offer=%7B%22a%22:1%7D",
    "?credential_offer_uri=http://%5Cx&client_id=%00&request_uri=http://[::1&state=%00&code=%00&iss=x",
]


@dataclass
class Owned:
    """Something of 张小明's, by the name that an address gives its id."""

    person: Browser
    ids: dict[str, str]


@pytest.fixture
def world(settings: Settings, master_key: MasterKey, tmp_path: Path) -> Iterator[WalletWorld]:
    fresh = replace(settings, data=tmp_path, trust_anchor_file=tmp_path / "anchor.pem")
    with wallet_world(fresh, master_key, running_clock()) as made:
        for name in made.node.database.list_collection_names():
            made.node.database[name].delete_many({})
        # Faults become answers, as in production.
        made.app.config["PROPAGATE_EXCEPTIONS"] = False
        yield made


@pytest.fixture
def owned(world: WalletWorld) -> Owned:
    """张小明 with one of everything that has an id."""
    certify_provider(world)
    zhang, li = world.sign_in(), world.sign_in(LI)
    zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))
    [holding] = world.node.holdings.all_of(holder_of(world))
    give_compact(world, holder_of(world), holding)
    day = world.clock.china_day().isoformat()
    sheet = zhang.submit("/sheets/new", licence=holding.holding_id, item=ITEM["code"], first=day, last=day)
    link = world.issuer.offer(IDENTITY_CARD.vct, identity_claims()).partition("?")[2]
    offer = zhang.page(f"/offers?{link}").headers["Location"]
    asked, _ = world.verifier.ask(query_for(IDENTITY_CARD, "holder_name"))
    request = zhang.post("/api/v1/requests", {"uri": asked}).json["id"]
    elsewhere = passkey_browser(world, registered(zhang)).client.get_cookie("elicence_wallet")
    assert elsewhere is not None
    [passkey] = world.node.passkeys.of_account(holder_of(world).account_id)
    right = accepted(zhang, li, grant_body(LI, "relative"), ZHANG.name)
    entry = zhang.uses()[0]["id"]
    ids = {
        "holding_id": holding.holding_id,
        "sheet_id": sheet.headers["Location"].rsplit("/", 1)[-1],
        "offer_id": offer.rsplit("/", 1)[-1],
        "request_id": request,
        "passkey_id": passkey.passkey_id,
        "entry_id": entry,
        "right_id": right,
        "session_id": session_id_of(elsewhere.value),
    }
    assert all(ids.values()), ids
    return Owned(zhang, ids)


def rules(world: WalletWorld, method: str) -> list[Rule]:
    """Those of the wallet that take the method, files that ship with it left out."""
    return [
        rule
        for rule in world.app.url_map.iter_rules()
        if method in (rule.methods or ()) and not rule.endpoint.endswith("static")
    ]


def address(rule: Rule, value: str = "x", ids: dict[str, str] | None = None) -> str:
    """The rule's address with these ids in it, or with ``value`` for all of them."""
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: (ids or {}).get(found[1], value), rule.rule)


def test_every_change_wants_the_sessions_proof(world: WalletWorld, owned: Owned) -> None:
    """Each POST with the cookie of a session and no proof of it → 403, and nothing of its owner's changed."""
    before = owned.person.credentials(), len(owned.person.uses())
    for rule in rules(world, "POST"):
        if rule.endpoint in WITHOUT_PROOF:
            continue
        answer = owned.person.client.post(address(rule, ids=owned.ids), data={"x": "y"})
        assert answer.status_code == 403, rule.rule
        assert b"forged-request" in answer.data or "text/html" in answer.content_type, rule.rule
    assert (owned.person.credentials(), len(owned.person.uses())) == before


def test_every_address_wants_a_session(world: WalletWorld, owned: Owned) -> None:
    """Each address without one, by the ids of somebody → sent to sign in or refused; nothing of him is said."""
    client = world.app.test_client()
    for method in ("GET", "POST"):
        for rule in rules(world, method):
            if rule.endpoint in NO_SESSION_NEEDED:
                continue
            answer = client.open(address(rule, ids=owned.ids), method=method, headers={"Accept": "text/html"})
            assert answer.status_code in (303, 400, 401, 403), (method, rule.rule)
            if answer.status_code == 303:
                assert answer.headers["Location"].startswith("/sign-in?next="), rule.rule
            assert ZHANG.name not in answer.text, rule.rule


def test_the_ids_of_another_person_open_nothing(world: WalletWorld, owned: Owned) -> None:
    """A third person walks every address with 张小明's ids, also acting for her company → no name, number or picture of
    his, no change of his."""
    chen = world.sign_in(CHEN)
    chen.receive(world.issuer.offer(BUSINESS_LICENCE.vct, company_claims(CHEN)))
    before = owned.person.credentials(), len(owned.person.uses()), _rows(world)
    for whom in ("self", right_for(chen)["right"]):
        assert act_for(chen, whom).status_code == 200
        for method in ("GET", "POST"):
            for rule in rules(world, method):
                if "<" not in rule.rule or rule.endpoint in NO_SESSION_NEEDED:
                    continue
                answer = _try(chen, rule, method, owned.ids)
                assert answer.status_code in (303, 403, 404, 409, 422), (
                    method,
                    rule.rule,
                    answer.status_code,
                )
                for secret in (ZHANG.name, ZHANG.number, "浙江省杭州市"):
                    assert secret not in answer.text, (method, rule.rule)
    after = owned.person.credentials(), len(owned.person.uses()), _rows(world)
    assert after == before
    assert COMPANY_NUMBER not in owned.person.page("/acting-for").text
    assert COMPANY not in owned.person.page("/log").text


def test_no_words_of_a_caller_are_a_fault_of_ours(world: WalletWorld, owned: Owned) -> None:
    """Every address, with every kind of id, query, body and form field that nobody should send → never a fault."""
    zhang, proof = owned.person, {"X-CSRF-Token": owned.person.csrf}
    tried = 0
    for rule in rules(world, "GET"):
        own, *others = _paths(rule, owned.ids)
        for path in [*(own + query for query in QUERIES), *others]:
            _no_fault(zhang.client.get(path, headers={"Accept": "text/html"}), rule, path)
            tried += 1
    for rule in rules(world, "POST"):
        if rule.endpoint in ("sign_in.end", "passkeys.end_all", "passkeys.end_session"):
            continue
        own, *others = _paths(rule, owned.ids)
        for path in others:
            _no_fault(zhang.client.post(path, json={}, headers=proof), rule, path)
        for body in BODIES:
            answer = zhang.client.post(own, data=body, content_type="application/json", headers=proof)
            _no_fault(answer, rule, body)
        for value in VALUES:
            _no_fault(zhang.client.post(own, json=dict.fromkeys(FIELDS, value), headers=proof), rule, value)
            form = dict.fromkeys(FIELDS, value if isinstance(value, str) else json.dumps(value))
            _no_fault(zhang.client.post(own, data=form, headers=proof), rule, value)
        tried += len(others) + len(BODIES) + 2 * len(VALUES)
    assert tried > 1_500


def _paths(rule: Rule, ids: dict[str, str]) -> list[str]:
    if "<" not in rule.rule:
        return [rule.rule]
    values = [one.encode("utf-8", "surrogatepass").decode("latin-1") for one in IDS]
    return [address(rule, ids=ids), *(address(rule, _quoted(one)) for one in values)]


def _quoted(value: str) -> str:
    return "".join(f"%{ord(one):02X}" for one in value)


def _no_fault(answer: Any, rule: Rule, sent: object) -> None:
    # 502 and 503: what the other side answered, or that it did not.
    assert answer.status_code < 500 or answer.status_code in (502, 503), (
        rule.rule,
        str(sent)[:80],
        answer.text[:300],
    )
    assert "Traceback" not in answer.text, rule.rule


def _try(browser: Browser, rule: Rule, method: str, ids: dict[str, str]) -> Any:
    path = address(rule, ids=ids)
    if method == "GET":
        return browser.page(path)
    if rule.rule.startswith("/api/"):
        return browser.post(path, {"name": CHEN.name, "number": CHEN.number})
    return browser.submit(path, name=CHEN.name, number=CHEN.number)


def _rows(world: WalletWorld) -> list[tuple[str, Any]]:
    account = holder_of(world).account_id
    return [
        *(("passkey", one.name) for one in world.node.passkeys.of_account(account)),
        *(("right", one.state) for one in world.node.rights.of_subject(account)),
        *(("sheet", one.withdrawn_at) for one in world.node.sheets.all_of(holder_of(world))),
    ]
