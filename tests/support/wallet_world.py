"""A wallet with somebody to issue to it and somebody to ask it: three real HTTP services over the real store."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from keys.certificates import certificate_to_pem
from keys.local_signer import LocalSigner
from keys.master_key import MasterKey
from keys.trust_list import Role, ServiceItem, TrustEntry
from service.demo.people import CITIZENS, DemoPerson
from service.settings import Settings
from service.web.csrf import csrf_token_of
from service.web.sign_in import Person
from service.web.sign_in.store import SessionStore
from standards.licence_types import load_catalogue
from standards.text import Text
from tests.support.asking_peer import ITEM, AskingPeer
from tests.support.clock import FixedClock
from tests.support.issuing_peer import IssuingPeer
from tests.support.trust_world import USCC_A, USCC_B, TrustWorld, entry_of
from wallet.accounts.account import Holder
from wallet.accounts.open_account import open_account
from wallet.app import create_app
from wallet.node import WalletNode

ISSUER_NAME = Text("杭州市某局（示例）", "A bureau of Hangzhou (example)")
VERIFIER_NAME = Text("成都市某窗口（示例）", "A window of Chengdu (example)")
IDENTITY_CARD = load_catalogue().by_code("11100000000013338W001")
FOOD_LICENCE = load_catalogue().by_code("11100000MB0143028R901")
ISSUER_TYPES = (
    IDENTITY_CARD.code,
    FOOD_LICENCE.code,
    "11100000MB0143028R001",  # business licence
    "11100000MB99000131901",  # birth certificate
)
"""What the issuer of the world may issue."""
ZHANG, LI = CITIZENS[0], CITIZENS[1]


def identity_claims(person: DemoPerson = ZHANG, **changes: Any) -> dict[str, Any]:
    """What an identity card of a demo citizen says."""
    return {
        "holder_name": person.name,
        "holder_code_type": "111",
        "holder_number": person.number,
        "sex": "男",
        "ethnicity": "汉",
        "birth_date": "1988-05-12",
        "address": "浙江省杭州市示例路 1 号",
        "licence_identifier": "1.2.156.3005.2.11100000000013338W001.11330100MB00000014.0001.001.A",
        "licence_number": person.number,
        "issuing_authority": ISSUER_NAME.zh,
        "valid_from": "2020-01-01",
        "valid_until": "2040-01-01",
    } | changes


def food_claims(**changes: Any) -> dict[str, Any]:
    """What a food licence of a fictional sole trader says; with changes, of a company."""
    return {
        "holder_name": "杭州示例餐饮店",
        "holder_code_type": "111",
        "holder_number": ZHANG.number,
        "licence_number": "JY23301060000001",
        "licence_identifier": "1.2.156.3005.2.11100000MB0143028R901.11330100MB00000014.0002.001.B",
        "legal_representative": ZHANG.name,
        "premises": "浙江省杭州市示例路 2 号",
        "issuing_authority": ISSUER_NAME.zh,
        "issue_date": "2024-03-01",
        "valid_until": "2029-02-28",
    } | changes


def query_for(licence_type: Any, *names: str, query_id: str = "licence") -> dict[str, Any]:
    """A DCQL query for some claims of one type."""
    credential: dict[str, Any] = {
        "id": query_id,
        "format": "dc+sd-jwt",
        "meta": {"vct_values": [licence_type.vct]},
    }
    if names:
        credential["claims"] = [{"path": [name]} for name in names]
    return {"credentials": [credential]}


@dataclass
class Browser:
    """A person at the wallet, signed in."""

    client: FlaskClient
    csrf: str

    def get(self, path: str) -> Any:
        return self.client.get(path)

    def page(self, path: str) -> Any:
        return self.client.get(path, headers={"Accept": "text/html"})

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"X-CSRF-Token": self.csrf}
        if body is None:
            return self.client.post(path, headers=headers)
        return self.client.post(path, json=body, headers=headers)

    def submit(self, path: str, **fields: Any) -> Any:
        """A form of one of the pages."""
        return self.client.post(
            path, data={"csrf_token": self.csrf, **fields}, headers={"Accept": "text/html"}
        )

    def receive(self, link: str, tx_code: str | None = None) -> Any:
        return self.post("/api/v1/offers", {"uri": link} | ({} if tx_code is None else {"tx_code": tx_code}))

    def credentials(self) -> list[dict[str, Any]]:
        answer = self.get("/api/v1/credentials")
        assert answer.status_code == 200, answer.text
        return list(answer.json["credentials"])

    def uses(self) -> list[dict[str, Any]]:
        return list(self.get("/api/v1/log").json["uses"])


@dataclass
class WalletWorld:
    """Everything that a test of the wallet talks to."""

    nation: TrustWorld
    issuer: IssuingPeer
    verifier: AskingPeer
    app: Flask
    node: WalletNode
    clock: FixedClock
    master_key: MasterKey

    def sign_in(self, person: DemoPerson = ZHANG) -> Browser:
        """A browser with a session of the real session store; the walk through the provider is the kit's test."""
        sessions = SessionStore(self.node.database, self.master_key.envelope("sign-in session"))
        token = sessions.begin(signed_in_person(person), self.clock.now())
        client = self.app.test_client()
        client.set_cookie("elicence_wallet", token, domain="localhost")
        return Browser(client, csrf_token_of(token))

    def account_of(self, person: DemoPerson = ZHANG) -> Holder:
        """The person's own account, opened as the wallet opens it."""
        node = self.node
        return open_account(
            signed_in_person(person),
            store=node.accounts,
            lookup_key=node.lookup_key,
            envelope=node.account_envelope,
            at=node.clock.now(),
        )

    def nation_list(self, **changes: Any) -> str:
        """The nation's list as of now."""
        return self.nation.nation_list(**(self._fresh() | changes))

    def region_list(self, division: str, entries: tuple[TrustEntry, ...], **changes: Any) -> str:
        """A region's list as of now."""
        return self.nation.region_list(division, entries, **(self._fresh() | changes))

    def _fresh(self) -> dict[str, Any]:
        now = self.clock.now()
        return {"issued_at": now - timedelta(hours=1), "next_update": now + timedelta(days=7)}

    def publish(self, **types: Any) -> None:
        """Publish the lists anew; ``issuer_types`` names the type codes that the issuer may issue."""
        issuer_types = types.get("issuer_types", ISSUER_TYPES)
        assert self.issuer.signer is not None
        assert self.verifier.signer is not None
        self.issuer.trust_lists = {
            "000000": self.nation_list(
                regions=tuple(
                    replace(region.entry, list_uri=f"{self.issuer.origin}/trust/lists/{division}")
                    for division, region in self.nation.regions.items()
                )
            ),
            "330000": self.region_list(
                "330000",
                (
                    entry_of(
                        self.issuer.signer,
                        types=issuer_types,
                        name=ISSUER_NAME,
                        issuer_identifier=self.issuer.identifier,
                    ),
                ),
            ),
            "510000": self.region_list(
                "510000",
                (
                    entry_of(
                        self.verifier.signer,
                        USCC_B,
                        "510100",
                        Role.VERIFIER,
                        (),
                        name=VERIFIER_NAME,
                        service_items=(
                            ServiceItem(
                                ITEM["code"], Text("开办餐馆（登记）", "Opening a restaurant (listed)")
                            ),
                        ),
                    ),
                ),
            ),
        }


def signed_in_person(person: DemoPerson) -> Person:
    provider = "https://provider.example"
    return Person(person.code_type, person.number, person.name, person.subject, provider, "")


def seen_on(page: str) -> str:
    """The fingerprint that a consent page carries."""
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def running_clock() -> FixedClock:
    """Stands at the present: the store's own clock forgets sessions and offers that have ended by *its* time."""
    return FixedClock(datetime.now(UTC))


@contextmanager
def wallet_world(
    settings: Settings, master_key: MasterKey, clock: FixedClock, **options: Any
) -> Iterator[WalletWorld]:
    """The three services; options: ``issuer_path``, ``issuer_types``, ``issuer_peer`` (its class)."""
    nation = TrustWorld.create()
    issuer = options.get("issuer_peer", IssuingPeer)(clock, path=options.get("issuer_path", ""))
    verifier = AskingPeer(clock)
    with _served(issuer), _served(verifier):
        issuer.signer = nation.regions["330000"].leaf("杭州市某局（示例）", USCC_A, uris=(issuer.identifier,))
        verifier.signer = nation.regions["510000"].leaf(
            "成都市某窗口（示例）", USCC_B, dns_names=("localhost",)
        )
        settings = replace(
            settings,
            allowed_origins=frozenset({issuer.origin, verifier.origin, *options.get("further_origins", ())}),
            trust_list_url=f"{issuer.origin}/trust/list",
            wallet_url="http://localhost",
        )
        settings.trust_anchor_file.parent.mkdir(parents=True, exist_ok=True)
        settings.trust_anchor_file.write_text(certificate_to_pem(nation.anchor))
        app = create_app(settings, clock)
        world = WalletWorld(
            nation, issuer, verifier, app, app.extensions["elicence.wallet"], clock, master_key
        )
        world.publish(**{name: value for name, value in options.items() if name == "issuer_types"})
        yield world


def stranger(world: WalletWorld, name: str = "冒充的窗口", uscc: str = "11510100MB00000039") -> LocalSigner:
    """A signer with a valid certificate of the region who is on no list."""
    return world.nation.regions["510000"].leaf(
        name, uscc, dns_names=("localhost",), uris=(world.issuer.identifier,)
    )


@contextmanager
def _served(peer: IssuingPeer | AskingPeer) -> Iterator[None]:
    served = peer.serve()
    try:
        yield
    finally:
        served.close()
