"""The steps of the journey, in order. Each is one sentence for people and one or two requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any

from service.demo.journey.errors import JourneyError
from service.demo.journey.visitor import Visitor
from service.demo.people import CITIZENS, DemoPerson
from standards.text import Text

SERVICE_ITEM = "food-business-licence"
"""Opening a restaurant: the window of region B wants the business licence that region A's market regulation issued."""

Tell = Callable[[Text, float], None]
"""Called after each step with its sentence and its time in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the journey goes, and as whom."""

    issuer_url: str
    wallet_url: str
    verifier_url: str
    issuer_token: str
    """Of the authority in region A that issues."""
    verifier_token: str
    """Of the department in region B whose window asks."""
    citizen: DemoPerson = CITIZENS[0]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the journey ended."""

    indication: str
    """Of the verification report: ``PASSED``, ``FAILED`` or ``INDETERMINATE``."""
    decision: str
    """What the window decided: ``accept``, or empty when it could not."""

    @property
    def accepted(self) -> bool:
        """Whether the window accepted the licence in place of paper."""
        return self.indication == "PASSED" and self.decision == "accept"


def walk(places: Places, tell: Tell) -> Outcome:
    """Walk the journey once.

    Raises:
        JourneyError: a step was refused.
    """
    issuer = Visitor(places.issuer_url, bearer=places.issuer_token)
    window = Visitor(places.verifier_url, bearer=places.verifier_token)
    wallet = Visitor(places.wallet_url)
    try:
        with _step(
            tell, "窗口（乙地）查看事项所需材料", "The window (region B) looks up what its service item needs"
        ):
            material = _material_of(window.get_json("/api/v1/service-items"))
        with _step(
            tell,
            "发证机关（甲地）查看可签发的证照类型",
            "The authority (region A) looks up what it may issue",
        ):
            example = _example_of(issuer.get_json("/api/v1/types"), material["type"])
        with _step(tell, "证照入库", "A licence enters the library"):
            identifier = issuer.post_json("/api/v1/licences", example, 201)["identifier"]
        with _step(tell, "向持证人发出领取邀请", "It is offered to its holder"):
            offer = issuer.post_json(f"/api/v1/licences/{identifier}/offers", {"tx_code": True}, 201)
        who = Text(f"{places.citizen.name}登录卡包", f"{places.citizen.latin_name} signs in to the wallet")
        with _step(tell, who.zh, who.en):
            _sign_in(wallet, places.citizen)
        with _step(tell, "卡包领取证照", "The wallet receives it"):
            order = {"uri": offer["credential_offer_uri"], "tx_code": offer["tx_code"]}
            received = wallet.post_json("/api/v1/offers", order, 201)["credentials"]
        with _step(tell, "窗口请求出示", "The window asks for it"):
            asked = window.post_json("/api/v1/presentations", {"service_item": SERVICE_ITEM}, 201)
        with _step(
            tell,
            "卡包核实窗口并列出将出示的内容",
            "The wallet checks who asks, and lists what would be shown",
        ):
            request = wallet.post_json("/api/v1/requests", {"uri": asked["authorization_request"]}, 201)
        with _step(tell, "持证人同意出示", "The holder consents"):
            selection = {material["query"]: received[0]["id"]}
            wallet.post_json(f"/api/v1/requests/{request['id']}/consent", {"selection": selection}, 200)
        with _step(tell, "窗口核验", "The window verifies"):
            presentation = window.get_json(f"/api/v1/presentations/{asked['id']}")
            indication = _indication_of(presentation)
        if indication != "PASSED":
            return Outcome(indication, "")
        with _step(tell, "窗口受理", "The window accepts"):
            decided = window.post_json(
                f"/api/v1/presentations/{asked['id']}/decision", {"decision": "accept"}, 201
            )
        return Outcome(indication, str(decided.get("decision", "")))
    finally:
        for visitor in (issuer, window, wallet):
            visitor.close()


def _sign_in(wallet: Visitor, citizen: DemoPerson) -> None:
    """Through the identity provider, as a browser would: its form takes the name of whoever signs in."""
    form = wallet.follow("/sign-in?next=/api/v1/session")
    session = wallet.submit(form, {"sub": citizen.subject}).json()
    wallet.carry("X-CSRF-Token", session["csrf_token"])
    wallet.carry("Origin", wallet.origin)


def _material_of(items: Any) -> dict[str, str]:
    """Query and licence type of the first material that the item requires."""
    for item in items["service_items"]:
        if item["code"] == SERVICE_ITEM:
            accepted = next(material for material in item["materials"] if material["required"])["accepts"][0]
            return {"query": str(accepted["query"]), "type": str(accepted["type"])}
    raise JourneyError(
        "窗口不办理旅程所用的事项。",
        "The window does not handle the journey's service item.",
        where=SERVICE_ITEM,
    )


def _example_of(types: Any, code: str) -> Any:
    for one in types["types"]:
        if one["code"] == code:
            return one["example"]
    raise JourneyError(
        "发证机关不能签发所需的证照类型。",
        "The authority may not issue the licence that the window needs.",
        where=code,
    )


def _indication_of(presentation: Any) -> str:
    if presentation["state"] != "received":
        raise JourneyError(
            "窗口没有收到出示。",
            "The window received nothing.",
            where=f"state: {presentation['state']}",
        )
    return str(presentation["report"]["indication"])


@contextmanager
def _step(tell: Tell, zh: str, en: str) -> Iterator[None]:
    began = monotonic()
    yield
    tell(Text(zh, en), monotonic() - began)
