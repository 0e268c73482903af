"""Issuers and verifiers that are on no trust list: let in by the operator's anchors alone, and kept apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from keys.certificates import certificate_to_pem
from keys.local_signer import LocalSigner
from keys.master_key import MasterKey
from service.errors import SettingsError
from service.settings import Settings
from standards.openid4vp import Prefix
from tests.support.asking_peer import Asked
from tests.support.clock import FixedClock
from tests.support.issuing_peer import IssuingPeer
from tests.support.trust_world import USCC_A, TrustWorld
from tests.support.wallet_world import ZHANG, Browser, WalletWorld, stranger, wallet_world
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
                            "roles": ["issuer", "verifier"],
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
    other = TrustWorld.create().regions["330000"].leaf("冒充的大学", USCC_A, dns_names=("localhost",))
    abroad.university.sign_with = other
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


# -- verifiers ----------------------------------------------------------------------------------------------------


def ask_for_diploma(abroad: Abroad, **options: Any) -> tuple[str, Asked]:
    query = {
        "credentials": [
            {
                "id": "licence",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": [DIPLOMA]},
                "claims": [{"path": ["degree"]}],
            }
        ]
    }
    return abroad.world.verifier.ask(query, **options)


def employer(abroad: Abroad, host: str = "localhost", uscc: str = USCC_A) -> LocalSigner:
    return abroad.abroad.regions["330000"].leaf("某雇主", uscc, dns_names=(host,))


@pytest.mark.parametrize("prefix", [Prefix.X509_HASH, Prefix.X509_SAN_DNS])
def test_a_foreign_verifier_is_answered_after_a_plain_word(
    abroad: Abroad, zhang: Browser, prefix: Prefix
) -> None:
    link = abroad.offer(holder_name=ZHANG.name, degree="Bachelor")
    assert zhang.receive(link).status_code == 201
    link, asked = ask_for_diploma(abroad, signer=employer(abroad), prefix=prefix)
    view = zhang.post("/api/v1/requests", {"uri": link})
    assert view.status_code == 201, view.text
    assert view.json["verifier"]["registered"] is False
    assert view.json["verifier"]["name"]["zh"] == "某大学联盟：某雇主"
    page = zhang.page(f"/requests/{view.json['id']}").text
    assert "未登记的机构" in page
    assert "不是国家信任列表中的政务窗口" in page
    assert zhang.post(f"/api/v1/requests/{view.json['id']}/consent").status_code == 200
    assert len(asked.answers) == 1


def test_a_foreign_answer_goes_to_the_host_of_the_certificate(abroad: Abroad, zhang: Browser) -> None:
    link, _ = ask_for_diploma(abroad, signer=employer(abroad, "other.example"))
    assert zhang.post("/api/v1/requests", {"uri": link}).status_code == 422


def test_a_verifier_below_no_configured_anchor_is_refused(abroad: Abroad, zhang: Browser) -> None:
    other = TrustWorld.create().regions["330000"].leaf("冒充的雇主", USCC_A, dns_names=("localhost",))
    link, _ = ask_for_diploma(abroad, signer=other)
    assert zhang.post("/api/v1/requests", {"uri": link}).status_code == 422


def test_an_unlisted_verifier_of_the_nation_is_not_let_in_as_a_foreigner(
    abroad: Abroad, zhang: Browser
) -> None:
    """A certificate of the nation's own order that is on no list: the nation's rules hold, nobody else's."""
    link, _ = ask_for_diploma(abroad, signer=stranger(abroad.world))
    assert zhang.post("/api/v1/requests", {"uri": link}).status_code == 422
