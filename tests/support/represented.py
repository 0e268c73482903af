"""Licences that name who represents their holder, for tests of acting for others."""

from __future__ import annotations

from typing import Any

from service.demo.people import DemoPerson
from standards.licence_types import load_catalogue
from tests.support.wallet_world import ISSUER_NAME, ZHANG, Browser

BUSINESS_LICENCE = load_catalogue().by_code("11100000MB0143028R001")
BIRTH_CERTIFICATE = load_catalogue().by_code("11100000MB99000131901")
COMPANY, COMPANY_NUMBER = "杭州示例餐饮有限公司", "91330100MA0000001F"


def company_claims(representative: DemoPerson = ZHANG, **changes: Any) -> dict[str, Any]:
    """What the business licence of a fictional company says."""
    return {
        "holder_name": COMPANY,
        "holder_code_type": "001",
        "holder_number": COMPANY_NUMBER,
        "enterprise_type": "有限责任公司",
        "legal_representative": representative.name,
        "legal_representative_number": representative.number,
        "founded_date": "2019-03-01",
        "premises": "浙江省杭州市示例路 2 号",
        "business_scope": "餐饮服务",
        "licence_identifier": "1.2.156.3005.2.11100000MB0143028R001.11330100MB00000014.0009.001.C",
        "licence_number": COMPANY_NUMBER,
        "issuing_authority": ISSUER_NAME.zh,
        "issue_date": "2024-03-01",
    } | changes


def birth_claims(mother: DemoPerson, father: DemoPerson | None = None, **changes: Any) -> dict[str, Any]:
    """What the birth certificate of a fictional child says."""
    parents = {"mother_name": mother.name, "mother_number": mother.number}
    if father is not None:
        parents |= {"father_name": father.name, "father_number": father.number}
    return (
        {
            "holder_name": "张小宝",
            "holder_code_type": "999",
            "holder_number": "Z990000016",
            "sex": "女",
            "birth_date": "2025-01-10",
            "birth_time": "08:30",
            "birth_weight_grams": 3200,
            "birth_division": "330100",
            "licence_identifier": "1.2.156.3005.2.11100000MB99000131901.11330100MB00000014.0010.001.D",
            "licence_number": "Z990000016",
            "issuing_authority": ISSUER_NAME.zh,
            "issue_date": "2025-01-12",
        }
        | parents
        | changes
    )


def right_for(browser: Browser, name: str = COMPANY, *, capacity: str | None = None) -> dict[str, Any]:
    """The right of a person over the subject with this name."""
    [found] = [
        one
        for one in browser.get("/api/v1/rights").json["rights"]
        if one["name"] == name and capacity in (None, one["capacity"])
    ]
    return dict(found)


def act_for(browser: Browser, right: str) -> Any:
    """Choose for whom the session acts."""
    return browser.post("/api/v1/acting-for", {"right": right})


def grant_body(person: DemoPerson, capacity: str = "agent", **more: Any) -> dict[str, Any]:
    """The body of a grant that lasts until the end of 2029."""
    return {
        "capacity": capacity,
        "person": {"name": person.name, "number": person.number},
        "until": "2029-12-31",
    } | more


def accepted(giver: Browser, taker: Browser, body: dict[str, Any], name: str = COMPANY) -> str:
    """Grant, and let the person accept; the id of the right."""
    made = giver.post("/api/v1/grants", body)
    assert made.status_code == 201, made.text
    right = str(made.json["id"])
    assert taker.post(f"/api/v1/rights/{right}/accept").status_code == 200
    return right
