"""A licence type that somebody made in the console walks the whole journey, in real processes and by HTTP alone."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

import pytest

from service.demo.journey.errors import JourneyError
from service.demo.journey.visitor import Visitor
from tests.support.made_types import bee_permit, inputs_of, text
from tests.support.running_node import RunningNode
from verifier.offline.bundle import unpack

pytestmark = pytest.mark.flow

CITIZEN = {"name": "张小明", "code_type": "111", "number": "990101198805120016"}


class Console:
    """A member of staff at the issuer's pages: reads forms and sends them."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor

    def page(self, path: str) -> str:
        return self._visitor.follow(path).text

    def send(self, page: str, path: str, fields: Mapping[str, Any]) -> str:
        """Send a form of ``page`` to ``path``; the address at which it ends."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.page(page))
        assert token is not None, page
        form = self._visitor.follow(page)
        form.url = self._visitor.origin + path
        return self._visitor.submit(form, {"csrf_token": token[1], **fields}).url


def make_in_console(clerk: Console, approver: Console, path: str, data: dict[str, Any]) -> None:
    """Fill in the form at ``path``, send it for approval, and have the second person publish it."""
    revision = re.search(r'name="revision" value="([0-9]+)"', clerk.page(path))
    assert revision is not None
    fields = dict(inputs_of(data)) | {"revision": revision[1], "action": "propose"}
    fields |= {f"fields.{place}.mask": "number" for place, row in enumerate(data["fields"]) if "mask" in row}
    end = clerk.send(path, path, fields)
    assert "待批准" in clerk.page(end), end
    decided = approver.send(path, f"{path}/decision", {"decision": "publish"})
    assert decided.endswith("?published=1")


def receive(issuer: Visitor, wallet: Visitor, licence: dict[str, Any]) -> dict[str, Any]:
    """Record and offer a licence until the wallet takes it: it learns of a new right within half a minute."""
    deadline = time.monotonic() + 60
    while True:
        identifier = issuer.post_json("/api/v1/licences", licence, 201)["identifier"]
        offer = issuer.post_json(f"/api/v1/licences/{identifier}/offers", {}, 201)
        try:
            order = {"uri": offer["credential_offer_uri"]}
            return dict(wallet.post_json("/api/v1/offers", order, 201)["credentials"][0])
        except JourneyError:
            assert time.monotonic() < deadline
            time.sleep(2)


def show(window: Visitor, wallet: Visitor, holding: dict[str, Any], vct: str) -> str:
    """Ask for the licence, consent, verify: the presentation's id, once its report is PASSED."""
    query = {
        "credentials": [
            {
                "id": "permit",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": [vct]},
                "claims": [
                    {"path": [name]}
                    for name in ("licence_number", "apiary_place", "bee_kind", "contact_number")
                ],
            }
        ]
    }
    deadline = time.monotonic() + 60
    while True:
        asked = window.post_json("/api/v1/presentations", {"dcql_query": query}, 201)
        request = wallet.post_json("/api/v1/requests", {"uri": asked["authorization_request"]}, 201)
        assert "养蜂许可证" in str(request)
        wallet.post_json(
            f"/api/v1/requests/{request['id']}/consent", {"selection": {"permit": holding["id"]}}, 200
        )
        report = window.get_json(f"/api/v1/presentations/{asked['id']}")["report"]
        if report["indication"] == "PASSED":
            return str(asked["id"])
        # The window, too, learns of a new right with its next look at the lists.
        assert {one["code"] for one in report["findings"] if one["outcome"] == "failed"} == {
            "issuer-licence-type-not-granted"
        }, report
        assert time.monotonic() < deadline
        time.sleep(2)


def test_a_type_made_in_the_console_is_issued_kept_shown_and_accepted(running_node: RunningNode) -> None:
    """Clerk drafts, approver publishes; licence recorded and offered; wallet and window show its labels; window accepts.
    Then version 2 is published: the licence of version 1 still verifies, under the labels of version 1.
    """
    clerk = Console(running_node.person("issuer-clerk", "issuer"))
    approver = Console(running_node.person("issuer-approver", "issuer"))
    draft = clerk.send("/catalogue", "/catalogue", {}).partition("localhost")[2]
    path = "/" + draft.partition("/")[2]
    code = path.split("/")[2]
    make_in_console(clerk, approver, path, bee_permit())

    issuer, window = running_node.department("issuer"), running_node.department("verifier")
    wallet = running_node.person("zhang-xiaoming")
    time.sleep(2)  # An issuing process relies on what it read about its authority for two seconds.
    licence = {
        "type": code,
        "holders": [CITIZEN],
        "fields": {"apiary_place": "示例山北坡", "bee_kind": "中华蜜蜂", "contact_number": "13800000000"},
    }
    holding = receive(issuer, wallet, licence)
    assert holding["type"] == text("养蜂许可证（示例）", "Bee-keeping permit (sample)")
    fields = {one["name"]: one for one in holding["fields"]}
    assert fields["apiary_place"]["label"] == text("蜂场地点", "Place of the apiary")
    assert fields["bee_kind"]["value"] == text("中华蜜蜂", "Eastern honey bee")
    assert fields["contact_number"]["masked"] == "138****0000"
    card = wallet.follow(f"/licences/{holding['id']}").text
    assert "蜂场地点" in card
    assert "face--5b3b00-ffffff" in card

    first = f"urn:elicence:type:{code}:1"
    shown = show(window, wallet, holding, first)
    decided = window.post_json(f"/api/v1/presentations/{shown}/decision", {"decision": "accept"}, 201)
    assert decided["decision"] == "accept"
    page = running_node.person("window-clerk", "verifier").follow(f"/window/presentations/{shown}").text
    assert "蜂场地点" in page
    assert "养蜂许可证（示例）" in page

    clerk.send(f"/catalogue/{code}", f"/catalogue/{code}/versions", {})
    renamed = bee_permit()
    renamed["fields"][2]["label"] = text("蜂场所在地", "Where the apiary is")
    make_in_console(clerk, approver, f"/catalogue/{code}/versions/2", renamed)
    assert show(window, wallet, holding, first)
    again = {one["id"]: one for one in wallet.get_json("/api/v1/credentials")["credentials"]}[holding["id"]]
    labels = {one["name"]: one["label"]["zh"] for one in again["fields"]}
    assert (again["state"], labels["apiary_place"]) == ("valid", "蜂场地点")
    newer = receive(issuer, wallet, licence)
    assert newer["vct"] == f"urn:elicence:type:{code}:2"
    assert {one["name"]: one["label"]["zh"] for one in newer["fields"]}["apiary_place"] == "蜂场所在地"

    # A window that is cut off later knows both versions by the bundle it took before.
    bundle = window.follow("/api/v1/bundles/latest")
    assert bundle.status_code == 200
    _, parts = unpack(bundle.content)
    kept = {name.partition(" ")[2]: content for (kind, name), content in parts.items() if kind == "type"}
    assert "蜂场所在地".encode() in kept[newer["vct"]]
    assert "蜂场地点".encode() in kept[first]
