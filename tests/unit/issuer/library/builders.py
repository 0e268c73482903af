"""Licences for tests, made from the catalogue's examples."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from issuer.catalogue.examples import example_body
from issuer.library.event import Actor, EventOutcome, LicenceEvent, Operation
from issuer.library.licence import IssuingAuthority, Licence, local_day
from issuer.library.licence_input import parse_licence_draft
from issuer.library.record_licence import licence_of
from standards.codes.licence_identifier import build_licence_identifier
from standards.licence_types import load_catalogue

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
TODAY = local_day(AT)
AUTHORITY = IssuingAuthority("11330100MB99X1015B", "杭州市市场监督管理局（示例）", "330100")
DRIVING, FOOD, BUSINESS = "11100000000013338W901", "11100000MB0143028R901", "11100000MB0143028R001"
IDENTITY, BIRTH, TITLE = "11100000000013338W001", "11100000MB99000131901", "11100000MB03271699001"


def body(type_code: str, **changes: Any) -> dict[str, Any]:
    """The example of a type with changes; ``None`` takes a member away."""
    example = example_body(load_catalogue().by_code(type_code), TODAY)
    return {name: value for name, value in {**example, **changes}.items() if value is not None}


def licence(type_code: str = DRIVING, **changes: Any) -> Licence:
    """A valid licence from the example of a type."""
    draft = parse_licence_draft(body(type_code, **changes), load_catalogue(), today=TODAY)
    event = LicenceEvent(1, Operation.ISSUE, EventOutcome.DONE, "新发证照", AT, Actor("测试系统"))
    identifier = build_licence_identifier(type_code, AUTHORITY.uscc, "1", 1)
    return licence_of(draft, identifier, "number", AUTHORITY, event)
