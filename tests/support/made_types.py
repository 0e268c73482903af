"""A fictional licence type as somebody makes it: a permit for keeping bees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def text(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def bee_permit(**changes: Any) -> dict[str, Any]:
    """The data of the type, complete; ``changes`` replace members."""
    return {
        "name": text("养蜂许可证（示例）", "Bee-keeping permit (sample)"),
        "description": text("准许在指定地点养蜂。", "Allows keeping bees at a place."),
        "issuing_level": "city",
        "issuing_function": text("农业农村部门", "agriculture authority"),
        "department": "agriculture",
        "service_item": text("养蜂许可", "Permit for keeping bees"),
        "holder": {"category": "natural_person", "code_types": ["111"], "minimum": 1, "maximum": 1},
        "validity": {"kind": "years", "years": 3, "description": text("三年。", "Three years.")},
        "coding": {
            "description": text("蜂字、年份和四位顺序号。", "BEE, year and four digits."),
            "parts": [
                {"kind": "literal", "value": "蜂（"},
                {"kind": "year"},
                {"kind": "literal", "value": "）"},
                {"kind": "sequence", "digits": 4},
            ],
        },
        "share_class": "conditional",
        "appearance": {"background": "#5b3b00", "text": "#ffffff"},
        "fields": [
            {"name": "licence_number", "label": text("许可证号", "Permit number")},
            {"name": "holder_name", "label": text("养蜂人", "Bee-keeper")},
            {
                "name": "apiary_place",
                "label": text("蜂场地点", "Place of the apiary"),
                "kind": "text",
                "grade": 2,
                "required": True,
            },
            {
                "name": "bee_kind",
                "label": text("蜂种", "Kind of bee"),
                "kind": "choice",
                "grade": 1,
                "required": True,
                "choices": [text("中华蜜蜂", "Eastern honey bee"), text("意大利蜂", "Italian bee")],
            },
            {
                "name": "contact_number",
                "label": text("联系电话", "Telephone"),
                "kind": "text",
                "grade": 3,
                "required": False,
                "pattern": "1[0-9]{10}",
                "hint": text("十一位手机号。", "Eleven digits."),
                "mask": {"show_first": 3, "show_last": 2},
            },
            {"name": "valid_until", "label": text("有效期至", "Valid until")},
        ],
    } | changes


def inputs_of(data: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The inputs of the type's form that make ``data``."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from inputs_of(value, f"{name}.{key}" if name else key)
    elif name.endswith(".choices"):
        yield name, "\n".join(f"{one['zh']}={one['en']}" for one in data)
    elif isinstance(data, list) and data and isinstance(data[0], dict):
        for place, value in enumerate(data):
            yield from inputs_of(value, f"{name}.{place}")
    elif data is not False and ".mask." not in name:
        yield name, data
