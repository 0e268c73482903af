"""Issuers and verifiers that are on no trust list: let in by the operator's anchors alone, and kept apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from keys.certificates import certificate_to_pem
from keys.master_key import MasterKey
from service.errors import SettingsError
from service.settings import Settings
from tests.support.clock import FixedClock
from tests.support.issuing_peer import IssuingPeer
from tests.support.trust_world import USCC_A, TrustWorld
from tests.support.wallet_world import ZHANG, Browser, WalletWorld, wallet_world
from wallet.foreign.anchors import ForeignAnchors

DIPLOMA = "https://university.example/diploma"


@dataclass
class Abroad:
    """A world with a foreign university beside the nation."""

    world: WalletWorld
    university: IssuingPeer
    abroad: TrustWorld

    def offer(self, *, tx_code: str | None = None, **claims: Any) -> str:
        return self.university.offer(DIPLOMA, claims, tx_code=tx_code)


@pytest.fixture
def abroad(settings: Settings, master_key: MasterKey, clock: FixedClock, tmp_path: Any) -> Iterator[Abroad]:
    other = TrustWorld.create()
    university = IssuingPeer(clock)
    served = university.serve()
    try:
        university.signer = other.regions["330000"].leaf("某大学", USCC_A, dns_names=("localhost",))
        anchors = tmp_path / "foreign.json"
        anchors.write_text(
            json.dumps(
                {
                    "organisations": [
                        {
                            "name": {"zh": "某大学联盟", "en": "A league of universities"},
                            "roles": ["issuer"],
                            "certificates": certificate_to_pem(other.anchor),
                        }
                    ]
                }
            )
        )
        fresh = replace(
            settings,
            data=tmp_path,
            trust_anchor_file=tmp_path / "anchor.pem",
            foreign_anchors_file=anchors,
        )
        with wallet_world(fresh, master_key, clock, further_origins=(university.origin,)) as world:
            for name in world.node.database.list_collection_names():
                world.node.database[name].delete_many({})
            yield Abroad(world, university, other)
    finally:
        served.close()


@pytest.fixture
def zhang(abroad: Abroad) -> Browser:
    return abroad.world.sign_in()


def test_a_foreign_document_is_kept_apart(abroad: Abroad, zhang: Browser) -> None:
    """With a transaction code, under the operator's anchor, in the person's name: among the other documents."""
    link = abroad.offer(tx_code="4711", family_name="张", given_name="小明", degree="Bachelor")
    assert zhang.receive(link).status_code == 422
    answer = zhang.receive(link, "4711")
    assert answer.status_code == 201, answer.text
    page = zhang.page("/").text
    assert "其他证件" in page
    assert "某大学联盟" in zhang.page(f"/licences/{answer.json['credentials'][0]['id']}").text


def test_the_page_of_the_offer_says_who_offers(abroad: Abroad, zhang: Browser) -> None:
    link = abroad.offer(holder_name=ZHANG.name)
    page = zhang.page("/offers?" + link.partition("?")[2])
    page = zhang.page(page.location).text
    assert "未登记的机构" in page
    assert "已核实的发证机构" not in page


@pytest.mark.parametrize(
    "claims",
    [
        {"holder_name": "另一个人"},
        {"degree": "Bachelor"},
        {"holder_name": ZHANG.name, "holder_code_type": "111", "holder_number": "990101199001011234"},
    ],
    ids=["another name", "nobody's", "another number under the same name"],
)
def test_a_document_of_somebody_else_is_refused(
    abroad: Abroad, zhang: Browser, claims: dict[str, Any]
) -> None:
    """A valid signature of a foreign issuer over another person's data: nothing is kept."""
    assert zhang.receive(abroad.offer(**claims)).status_code == 422
    assert zhang.credentials() == []


def test_a_signer_below_no_configured_anchor_is_refused(abroad: Abroad, zhang: Browser) -> None:
    stranger = TrustWorld.create().regions["330000"].leaf("冒充的大学", USCC_A, dns_names=("localhost",))
    abroad.university.sign_with = stranger
    assert zhang.receive(abroad.offer(holder_name=ZHANG.name)).status_code == 422
    assert zhang.credentials() == []


def test_a_certificate_for_another_host_is_refused(abroad: Abroad, zhang: Browser) -> None:
    """A good certificate of the league that names another university's host."""
    abroad.university.sign_with = abroad.abroad.regions["330000"].leaf(
        "另一所大学", USCC_A, dns_names=("other.example",)
    )
    assert zhang.receive(abroad.offer(holder_name=ZHANG.name)).status_code == 422


def test_a_foreign_anchor_makes_nobody_an_authority(abroad: Abroad, zhang: Browser) -> None:
    """The league signs an "identity card" at its own address: it comes in as another document, never as a licence."""
    from tests.support.wallet_world import IDENTITY_CARD, identity_claims

    answer = zhang.receive(abroad.university.offer(IDENTITY_CARD.vct, identity_claims()))
    assert answer.status_code == 422, answer.text
    assert zhang.credentials() == []


def test_without_the_setting_nobody_is_let_in(settings: Settings) -> None:
    assert ForeignAnchors.of_file(None).organisations == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"organisations": [{"name": {"zh": "x", "en": "x"}, "roles": ["king"], "certificates": ""}]}',
    ],
)
def test_a_file_that_is_none_stops_the_service(tmp_path: Any, text: str) -> None:
    file = tmp_path / "foreign.json"
    file.write_text(text)
    with pytest.raises(SettingsError):
        ForeignAnchors.of_file(file)
