"""Codes and sheets at a desk and over the interface, with a wallet service that redeems: once, again, out of reach."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from keys.certificates.wire import certificate_to_der
from keys.local_signer import LocalSigner
from service.status_feed import StatusFeed
from standards.codes.licence_identifier import build_licence_identifier
from standards.cwt import CompactClaims, build_compact_licence
from standards.dcql import SD_JWT, Candidate, match, parse_dcql
from standards.jose import parse_jws
from standards.qr import build_qr, write_png
from standards.sd_jwt_vc import parse_credential, present_credential
from standards.show_code import Delegation, build_delegation, build_show_code, parse_show_code
from standards.show_code.redemption import RedemptionAnswer, parse_redemption_request
from standards.status_list import StatusReference
from standards.verification_report import Indication
from tests.service.verifier.test_pages import start
from tests.support.presenting_peer import HeldCredential
from tests.support.trust_world import new_signer
from tests.support.verifier_world import BUSINESS_LICENCE, COMPANY, VerifierWorld
from verifier.acceptance.check_record import check_record_file
from verifier.acceptance.errors import InvalidRecordFileError
from verifier.acceptance.record_file import parse_record_file
from verifier.items import load_items
from verifier.node import VerifierNode

ENTITY = {**COMPANY, "holder_number": "91330100MA0000001F"}
ITEM = "food-business-licence"


@dataclass
class RedeemingPeer:
    """The holder's wallet service as far as a window sees it, on the issuing peer's host; and the phone."""

    world: VerifierWorld
    held: HeldCredential
    copy_key: LocalSigner = field(default_factory=lambda: new_signer("compact copy"))
    phone: LocalSigner = field(default_factory=lambda: new_signer("phone"))
    used: set[str] = field(default_factory=set)
    asked: list[Any] = field(default_factory=list)
    down: bool = False

    def redeem(self, body: Any) -> tuple[Any, int]:
        redemption = parse_redemption_request(body["request"])
        request = redemption.unverified
        self.asked.append(request)
        code_id = parse_show_code(body["code"]).code_id
        assert request.code_id == code_id
        if self.down:
            return "down", 503
        if code_id in self.used:
            return {"type": "urn:elicence:problem:show-code-used", "status": 409}, 409
        self.used.add(code_id)
        presentations = {}
        if request.dcql_query is not None:
            query = parse_dcql(request.dcql_query)
            found = match(query, [Candidate("0", SD_JWT, self.held.vct, self.held.claims)])
            for name, answers in found.answers.items():
                if answers:
                    presentations[name] = present_credential(
                        parse_credential(self.held.text).sd_jwt,
                        answers[0].paths,
                        audience=request.client_id,
                        nonce=request.nonce,
                        at=self.world.clock.now(),
                        sign=self.held.key.sign,
                    )
        return RedemptionAnswer(self.world.clock.now(), presentations, None).to_json(), 200

    def code(self) -> str:
        """What the phone shows now."""
        at = self.world.clock.now().replace(microsecond=0)
        signer = self.world.issuer.signer
        assert signer is not None
        claims = CompactClaims(
            identifier=build_licence_identifier(BUSINESS_LICENCE.code, "11330100MB00000014", "A1B2C3D4E5", 1),
            type_version=int(BUSINESS_LICENCE.version),
            holder_name=ENTITY["holder_name"],
            holder_code_type="001",
            holder_number_short=ENTITY["holder_number"],
            valid_until=None,
            fields={},
            issued_at=at - timedelta(days=1),
            expires_at=at + timedelta(days=30),
            holder_key=self.copy_key.public_jwk,
            status=StatusReference(self.world.issuer.status_uri, 900),
        )
        licence = build_compact_licence(claims, certificate=signer.certificate_chain[0], sign=signer.sign)
        delegation = Delegation(
            at - timedelta(hours=1),
            at + timedelta(hours=20),
            self.phone.public_jwk,
            self.world.issuer.origin,
        )
        signed = build_delegation(delegation, licence, self.copy_key.sign)
        return build_show_code(licence, signed, made_at=at, sign=self.phone.sign)


@pytest.fixture
def peer(world: VerifierWorld, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedeemingPeer]:
    made = RedeemingPeer(world, world.issue(claims=ENTITY))
    world.issuer.redeem = made.redeem
    signer = world.issuer.signer
    assert signer is not None
    # How certificates come by thumbprint is the trust feed's own test.
    chain = signer.certificate_chain
    monkeypatch.setattr(world.node.trust, "_chains", {sha256(chain[0]).digest(): chain})
    yield made
    world.issuer.redeem = None


def checks(world: VerifierWorld, text: str, item: str | None = None) -> dict[str, Any]:
    path = "/api/v1/checks" + (f"?service_item={item}" if item else "")
    answer = world.app.test_client().post(
        path,
        data=text.encode(),
        content_type="text/plain",
        headers={"Authorization": f"Bearer {world.token()}"},
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def codes(report: dict[str, Any]) -> set[str]:
    return {one["code"] for one in report["findings"]}


def test_a_code_is_redeemed_once(world: VerifierWorld, peer: RedeemingPeer) -> None:
    """First window → PASSED and redeemed; the same text again → refused here, and the wallet service is not asked twice."""
    text = peer.code()
    first = checks(world, text)
    assert first["indication"] == "PASSED"
    assert first["code"]["redeemed"]
    assert "code-redeemed" in codes(first)
    second = checks(world, text)
    assert second["indication"] == "FAILED"
    assert "code-scanned-before" in codes(second)
    assert len(peer.asked) == 1


def test_eight_scans_at_once_redeem_one(world: VerifierWorld, peer: RedeemingPeer) -> None:
    text = peer.code()
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: checks(world, text)["indication"], range(8)))
    assert sorted(results) == ["FAILED"] * 7 + ["PASSED"]
    assert len(peer.asked) == 1


def test_a_code_that_was_used_elsewhere(world: VerifierWorld, peer: RedeemingPeer) -> None:
    text = peer.code()
    peer.used.add(parse_show_code(text).code_id)
    report = checks(world, text)
    assert (report["indication"], report["code"]["redeemed"]) == ("FAILED", False)
    assert "code-used" in codes(report)


def test_while_the_wallet_service_is_away_the_report_says_so(
    world: VerifierWorld, peer: RedeemingPeer
) -> None:
    """503 → PASSED with the note that it may have been used elsewhere; still only once here."""
    peer.down = True
    text = peer.code()
    report = checks(world, text)
    assert report["indication"] == "PASSED"
    assert "code-not-redeemed" in codes(report)
    assert "code-scanned-before" in codes(checks(world, text))


def test_a_code_that_is_no_good_is_not_used_up(world: VerifierWorld, peer: RedeemingPeer) -> None:
    """Scanned two minutes late → FAILED, neither noted nor redeemed: a stale picture cannot burn the real one."""
    text = peer.code()
    world.clock.advance(timedelta(minutes=2))
    assert "code-expired" in codes(checks(world, text))
    world.clock.advance(-timedelta(minutes=2))
    assert peer.asked == []
    assert checks(world, text)["indication"] == "PASSED"


def test_with_an_item_its_fields_come_along(world: VerifierWorld, peer: RedeemingPeer) -> None:
    """The department signs the question for its item; what comes back is bound to it and verified."""
    report = checks(world, peer.code(), ITEM)
    assert report["indication"] == "PASSED"
    assert report["claims"]["business_licence"][0]["premises"] == ENTITY["premises"]
    (asked,) = peer.asked
    assert asked.item == ITEM
    assert asked.audience == f"{world.issuer.origin}/show-codes/redeem"


def test_at_a_desk_a_scan_answers_the_item_that_waits(world: VerifierWorld, peer: RedeemingPeer) -> None:
    """Item started, code scanned on its page → verdict with the facts; the item can be decided on; the record says it."""
    clerk = world.sign_in()
    path = start(clerk)
    waiting = clerk.page(path).text
    presentation = path.rpartition("/")[2]
    assert f'name="presentation" value="{presentation}"' in waiting
    page = clerk.submit("/window/scan", text=peer.code(), presentation=presentation)
    assert page.status_code == 200
    assert ENTITY["holder_name"] in page.text
    assert f'href="{path}"' in page.text
    assert "受理" in clerk.page(f"{path}?lang=zh").text
    result = world.api("GET", f"/api/v1/presentations/{presentation}").json
    assert (result["state"], result["report"]["indication"]) == ("received", "PASSED")
    assert {"code-redeemed", "code-fresh"} <= codes(result["report"])
    decided = world.api("POST", f"/api/v1/presentations/{presentation}/decision", {"decision": "accept"})
    assert decided.status_code == 201
    (asked,) = peer.asked
    assert parse_jws(result_vp(world, presentation).rpartition("~")[2]).claims()["nonce"] == asked.nonce


def result_vp(world: VerifierWorld, presentation: str) -> str:
    """The presentation as the record keeps it."""
    record = world.node.records.of_presentation(world.departments[0].uscc, presentation)
    assert record is not None
    found = world.node.records.find(world.departments[0].uscc, record.record_id)
    assert found is not None
    assert found.evidence is not None
    return str(found.evidence.vp_token["business_licence"][0])


def test_a_screenshot_answers_an_item_and_the_record_says_that_it_was_one(
    world: VerifierWorld, peer: RedeemingPeer
) -> None:
    """A picture of a fresh code, as a file → redeemed like the code, with the note in what is kept; sent again → refused."""
    clerk = world.sign_in()
    presentation = start(clerk).rpartition("/")[2]
    picture = write_png(build_qr(peer.code(), max_version=40))
    upload = {"file": (io.BytesIO(picture), "code.png"), "presentation": presentation}
    assert "截图或翻拍" in clerk.submit("/window/scan?lang=zh", **upload).text
    result = world.api("GET", f"/api/v1/presentations/{presentation}").json
    assert (result["state"], result["report"]["indication"]) == ("received", "PASSED")
    assert {"code-redeemed", "picture-of-a-screen"} <= codes(result["report"])
    again = clerk.submit("/window/scan?lang=zh", file=(io.BytesIO(picture), "code.png"))
    assert "本窗口已经扫过这个亮证码" in again.text


def test_a_code_that_could_not_be_redeemed_answers_no_item(world: VerifierWorld, peer: RedeemingPeer) -> None:
    """Without the wallet service the fields are not there → the item goes on waiting; the clerk sees what the code says."""
    peer.down = True
    clerk = world.sign_in()
    path = start(clerk)
    presentation = path.rpartition("/")[2]
    page = clerk.submit("/window/scan", text=peer.code(), presentation=presentation)
    assert ENTITY["holder_name"] in page.text
    assert world.api("GET", f"/api/v1/presentations/{presentation}").json["state"] == "pending"


@pytest.fixture
def cut_off(world: VerifierWorld, peer: RedeemingPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The window goes by its bundle; how it comes to that is the business of the tests of ``verifier.offline``."""
    peer.down = True
    checks(world, peer.code())  # the lists are in hand
    monkeypatch.setattr(StatusFeed, "cut_off", property(lambda _feed: True))


@pytest.mark.usefixtures("cut_off")
def test_cut_off_a_code_alone_is_the_answer_where_the_item_allows_it(
    world: VerifierWorld, peer: RedeemingPeer
) -> None:
    """The compact licence satisfies the material of its type; the case ticks, can be accepted, and the record says all of it."""
    clerk = world.sign_in()
    path = start(clerk)
    presentation = path.rpartition("/")[2]
    page = clerk.submit("/window/scan", text=peer.code(), presentation=presentation)
    assert (page.status_code, page.headers["Location"]) == (303, path)
    shown = clerk.page(f"{path}?lang=zh").text
    assert ENTITY["holder_name"] in shown
    assert "证照已满足" in shown
    result = world.api("GET", f"/api/v1/presentations/{presentation}").json
    assert (result["state"], result["report"]["indication"]) == ("received", "PASSED")
    assert {"code-not-redeemed", "material-satisfied"} <= codes(result["report"])
    assert clerk.submit(f"{path}/decision", decision="accept").status_code == 303
    record = world.node.records.of_presentation(world.departments[0].uscc, presentation)
    assert record is not None
    [business, _] = record.facts()["materials"]
    assert (business["id"], business["satisfied_by"]) == ("business_licence", "licence")
    again = clerk.submit("/window/scan", text=peer.code(), presentation=presentation)
    assert again.status_code == 200, "a request is answered once"


@pytest.mark.usefixtures("cut_off")
def test_the_record_of_a_code_is_checked_over_again_years_later(
    world: VerifierWorld, peer: RedeemingPeer
) -> None:
    """Nobody redeemed the code, so it is the evidence: with its issuer's certificate and the lists of that day it holds again."""
    clerk = world.sign_in()
    path = start(clerk)
    presentation = path.rpartition("/")[2]
    assert clerk.submit("/window/scan", text=peer.code(), presentation=presentation).status_code == 303
    assert clerk.submit(f"{path}/decision", decision="accept").status_code == 303
    record = world.node.records.of_presentation(world.departments[0].uscc, presentation)
    assert record is not None
    exported = world.api("GET", f"/api/v1/records/{record.record_id}/export")
    assert exported.status_code == 200, exported.text
    file = parse_record_file(exported.data)
    report = check_record_file(file, (world.nation.anchor,), load_items())
    assert report.indication is Indication.PASSED, [one.message.en for one in report.findings]
    said = {one.code for one in report.findings}
    assert {"record-verdict-repeated", "code-not-redeemed", "material-satisfied"} <= said

    value = json.loads(exported.data)
    trust = value["trust"]
    for other in ([], [base64.b64encode(certificate_to_der(world.nation.anchor)).decode()]):
        with pytest.raises(InvalidRecordFileError):
            parse_record_file(json.dumps(value | {"trust": trust | {"issuer_certificates": other}}).encode())
    assert file.bundle is not None
    older = replace(file, bundle=replace(file.bundle, issuer_certificates=()))
    report = check_record_file(older, (world.nation.anchor,), load_items())
    assert "record-code-not-repeated" in {one.code for one in report.findings}
    [code] = next(iter(file.vp_token.values()))
    changed = replace(file, vp_token={"business_licence": (code[:-4] + "AAAA",)})
    report = check_record_file(changed, (world.nation.anchor,), load_items())
    assert report.indication is Indication.FAILED
    assert "record-verdict-differs" in {one.code for one in report.findings}


@pytest.mark.usefixtures("cut_off")
def test_the_next_code_on_the_page_of_a_case_answers_what_is_missing(
    world: VerifierWorld, peer: RedeemingPeer
) -> None:
    """Two required licences, one code each: the second is scanned on the page that says what is missing, and asked for by itself.
    A code there that is no answer leaves the case as it was."""
    clerk = world.sign_in()
    item = "road-transport-vehicle"
    path = start(clerk, item)
    presentation = path.rpartition("/")[2]
    assert clerk.submit("/window/scan", text=peer.code(), presentation=presentation).status_code == 303
    page = clerk.page(path).text
    assert f'name="presentation" value="{presentation}"' in page
    assert "还需要材料" in page
    first = world.node.presentations.find(presentation)
    case = world.node.cases.find(first.asked.case)
    assert case.missing
    page = clerk.submit("/window/scan", text=peer.code(), presentation=presentation)
    assert page.status_code == 200, "the same licence again is no answer"
    after = world.node.cases.find(case.id)
    assert after.missing == case.missing
    assert after.presentation != presentation, "what is missing was asked for"
    assert f'value="{after.presentation}"' in page.text, "the next scan answers that"


@pytest.mark.usefixtures("cut_off")
def test_cut_off_an_item_that_wants_redeemed_codes_goes_on_waiting(
    world: VerifierWorld, peer: RedeemingPeer
) -> None:
    """Real-estate transfer takes no code that may have been used elsewhere; a licence that the item does not ask for is no answer."""
    clerk = world.sign_in()
    for item in ("real-estate-transfer", "social-security-transfer"):
        presentation = start(clerk, item).rpartition("/")[2]
        page = clerk.submit("/window/scan", text=peer.code(), presentation=presentation)
        assert page.status_code == 200
        assert world.node.presentations.find(presentation).name.value == "pending"


def test_the_scan_that_finds_the_network_gone_is_judged_by_the_bundle(
    world: VerifierWorld, peer: RedeemingPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody had noted the loss yet: the wallet service is silent, so is the centre, and the same scan goes by the bundle."""
    checks(world, peer.code())  # the lists are in hand
    peer.down = True
    lost: list[bool] = []
    monkeypatch.setattr(StatusFeed, "cut_off", property(lambda _feed: bool(lost)))

    def notice(node: VerifierNode, at: datetime) -> bool:
        lost.append(True)
        return True

    monkeypatch.setattr("verifier.scanning.scan_code.notice_loss", notice)
    path = start(clerk := world.sign_in())
    page = clerk.submit("/window/scan", text=peer.code(), presentation=path.rpartition("/")[2])
    assert (page.status_code, page.headers["Location"]) == (303, path)
    assert lost == [True]


def test_another_departments_request_is_not_answered(world: VerifierWorld, peer: RedeemingPeer) -> None:
    """A presentation id of somebody else's in the hidden field → the code is only looked at."""
    made = world.api(
        "POST", "/api/v1/presentations", {"service_item": "real-estate-transfer"}, department=1
    ).json
    clerk = world.sign_in()
    page = clerk.submit("/window/scan", text=peer.code(), presentation=made["id"])
    assert page.status_code == 200
    assert world.api("GET", f"/api/v1/presentations/{made['id']}", department=1).json["state"] == "pending"


def test_what_is_no_code_gets_a_plain_sentence(world: VerifierWorld) -> None:
    clerk = world.sign_in()
    page = clerk.submit("/window/scan?lang=zh", text="ELC1:NOTHING")
    assert "无法读取" in page.text
    assert codes(checks(world, "ELP1:00")) >= {"code-unreadable"}


def test_the_store_does_not_tell_whose_codes_were_scanned(world: VerifierWorld, peer: RedeemingPeer) -> None:
    text = peer.code()
    checks(world, text)
    rows = list(world.node.database["scanned_codes"].find())
    assert rows
    assert parse_show_code(text).code_id not in repr(rows)
    assert all(set(row) == {"_id", "delete_at"} for row in rows)
