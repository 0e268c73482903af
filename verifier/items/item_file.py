"""Reads a service item's data file: strictly, because an item decides what people have to show."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

from standards.codes.uscc import parse_uscc
from standards.dcql import parse_dcql
from standards.errors import InvalidInputError
from standards.json_reader import Reader, parse_json
from standards.legal_basis import BasisKind, LegalBasis
from standards.licence_types import COMMON_CLAIMS, Catalogue, LicenceType
from standards.licence_types.validity import ValidityKind
from standards.text import Text
from verifier.items.conditions import (
    Age,
    ClaimAmong,
    Condition,
    EqualClaims,
    HasClass,
    IssuedBy,
    OneOf,
    Reference,
    Rule,
    ValidFor,
    parse_day,
)
from verifier.items.item_query import build_item_query
from verifier.items.service_item import (
    AcceptedLicence,
    ClaimReference,
    FieldInput,
    FormField,
    Material,
    OfflinePolicy,
    RegionLevel,
    ServiceItem,
    Stage,
    Subject,
)

_CODE: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*", re.ASCII)
_REFERENCE: Final = re.compile(r"([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)", re.ASCII)

MAX_OPTIONAL: Final = 4
"""Most optional claims of one licence: each choice among them is a claim set of its own in the query."""

MAX_WAYS: Final = 10
"""Most ways to satisfy one material."""

MAX_OFFLINE_HOURS: Final = 24 * 30
"""Older lists than a month say nothing about today, whatever the item."""

_ITEM: Final = frozenset(
    {
        "code",
        "name",
        "purpose",
        "basis",
        "legal_basis",
        "retention",
        "level",
        "version",
        "effective_from",
        "effective_until",
        "region",
        "stages",
        "visits_allowed",
        "delivery",
        "own_forms",
        "materials",
        "conditions",
        "facts",
        "form",
        "offline",
    }
)
_MATERIAL: Final = frozenset({"id", "name", "of", "required", "paper_baseline", "supplement_days", "accepts"})
_ACCEPTED: Final = frozenset({"query", "type", "claims", "claims_if_present", "optional"})
_CONDITION: Final = frozenset({"id", "label", "refusal", "rule"})


class InvalidServiceItemError(InvalidInputError):
    """A service item's data file breaks a rule; ``where`` names the file and the place."""

    code = "invalid-service-item"


def parse_service_item(data: bytes, catalogue: Catalogue, *, file_name: str) -> ServiceItem:
    """Read one item.

    Args:
        data: the file.
        catalogue: knows the licence types and their claims.
        file_name: for the error.

    Raises:
        InvalidServiceItemError: with the file and the JSON pointer of the first rule that is broken.
    """
    try:
        reader = Reader(parse_json(data, error=InvalidServiceItemError), error=InvalidServiceItemError)
        return _parse(reader, catalogue)
    except InvalidInputError as error:
        raise InvalidServiceItemError(
            error.message.zh, error.message.en, where=f"{file_name}#{error.where or ''}"
        ) from error


def _parse(reader: Reader, catalogue: Catalogue) -> ServiceItem:
    reader.refuse_unknown(_ITEM)
    materials = tuple(
        _material(entry, catalogue) for entry in reader.objects("materials", min_items=1, max_items=20)
    )
    asked = _asked(reader, materials)
    item = ServiceItem(
        code=_matching(reader, "code", _CODE),
        name=parse_text(reader.object("name")),
        purpose=parse_text(reader.object("purpose")),
        basis=LegalBasis(
            BasisKind(reader.choice("basis", tuple(BasisKind))), parse_text(reader.object("legal_basis"))
        ),
        retention=parse_text(reader.object("retention")),
        level=RegionLevel(reader.choice("level", tuple(RegionLevel))),
        version=reader.integer("version", minimum=1, maximum=999),
        effective_from=_day(reader, "effective_from"),
        effective_until=_day(reader, "effective_until") if "effective_until" in reader else None,
        region=_region(reader),
        stages=_stages(reader),
        visits_allowed=reader.integer("visits_allowed", minimum=0, maximum=9),
        delivery=reader.boolean("delivery"),
        own_forms=reader.integer("own_forms", minimum=0, maximum=20),
        materials=materials,
        conditions=tuple(_condition(entry, asked) for entry in reader.objects("conditions", max_items=20)),
        facts=tuple(
            ClaimReference(*_reference(reader, "facts", text, asked))
            for text in reader.texts("facts", min_items=1)
        ),
        form=_form(reader, asked),
        offline=_offline(reader.object("offline")),
    )
    if item.effective_until is not None and item.effective_until < item.effective_from:
        raise reader.fail("effective_until", "结束日早于开始日。", "It would end before it begins.")
    ids = [condition.id for condition in item.conditions]
    if len(set(ids)) != len(ids):
        raise reader.fail("conditions", "条件的 id 重复。", "Two conditions have the same id.")
    # What is asked for must itself be a query that a wallet accepts.
    parse_dcql(build_item_query(item).to_json())
    return item


def parse_text(reader: Reader) -> Text:
    """``{"zh": …, "en": …}``, both there."""
    reader.refuse_unknown(frozenset({"zh", "en"}))
    return Text(reader.text("zh", max_chars=500), reader.text("en", max_chars=500))


def _material(reader: Reader, catalogue: Catalogue) -> Material:
    reader.refuse_unknown(_MATERIAL)
    ways = [_way(entry, catalogue) for entry in reader.objects("accepts", min_items=1, max_items=MAX_WAYS)]
    return Material(
        id=_matching(reader, "id", _NAME),
        name=parse_text(reader.object("name")),
        subject=Subject(reader.choice("of", tuple(Subject))),
        required=reader.boolean("required"),
        accepts=tuple(accepted for way in ways for accepted in way),
        options=tuple(tuple(accepted.query for accepted in way) for way in ways),
        paper_baseline=reader.integer("paper_baseline", minimum=0, maximum=50),
        supplement_days=reader.optional_integer("supplement_days", minimum=1, maximum=60),
    )


def _way(reader: Reader, catalogue: Catalogue) -> tuple[AcceptedLicence, ...]:
    """One licence, or ``{"all_of": […]}``: several that satisfy a material only together."""
    if "all_of" not in reader:
        return (_accepted(reader, catalogue),)
    reader.refuse_unknown(frozenset({"all_of"}))
    return tuple(_accepted(entry, catalogue) for entry in reader.objects("all_of", min_items=2, max_items=5))


def _day(reader: Reader, member: str) -> date:
    day = parse_day(reader.text(member, max_chars=10))
    if day is None:
        raise reader.fail(member, "日期应写作 YYYY-MM-DD。", "A day is written as YYYY-MM-DD.")
    return day


def _region(reader: Reader) -> str:
    """A prefix of division codes: nothing, a province (2 digits), a city (4) or a county (6)."""
    prefix = reader.text("region", min_chars=0, max_chars=6)
    if not re.fullmatch(r"(?:[0-9]{2}){0,3}", prefix, re.ASCII):
        raise reader.fail(
            "region", "区划前缀应为 0、2、4 或 6 位数字。", "A prefix of divisions has 0, 2, 4 or 6 digits."
        )
    return prefix


def _stages(reader: Reader) -> tuple[Stage, ...]:
    names = reader.texts("stages", min_items=1, max_items=len(Stage))
    try:
        stages = tuple(Stage(name) for name in names)
    except ValueError:
        stages = ()
    if Stage.HANDLING not in stages or sorted(stages, key=tuple(Stage).index) != list(stages):
        raise reader.fail(
            "stages",
            "阶段应按 consult、application、pre_check、handling、feedback 的顺序，且须有 handling。",
            "Stages come in the order consult, application, pre_check, handling, feedback, and handling is one.",
        )
    return stages


def _form(reader: Reader, asked: Mapping[str, AcceptedLicence]) -> tuple[FormField, ...]:
    fields = tuple(_form_field(entry, asked) for entry in reader.objects("form", max_items=60))
    if len({field.id for field in fields}) != len(fields):
        raise reader.fail("form", "表单字段的 id 重复。", "Two fields of the form have the same id.")
    return fields


def _form_field(reader: Reader, asked: Mapping[str, AcceptedLicence]) -> FormField:
    reader.refuse_unknown(frozenset({"id", "label", "kind", "required", "from"}))
    sources = reader.optional_texts("from", min_items=1, max_items=10) or ()
    return FormField(
        id=_matching(reader, "id", _NAME),
        label=parse_text(reader.object("label")),
        kind=FieldInput(reader.choice("kind", tuple(FieldInput))),
        required=reader.boolean("required"),
        sources=tuple(ClaimReference(*_reference(reader, "from", text, asked)) for text in sources),
    )


def _offline(reader: Reader) -> OfflinePolicy:
    reader.refuse_unknown(frozenset({"trust_max_age_hours", "status_max_age_hours", "unredeemed"}))
    return OfflinePolicy(
        timedelta(hours=reader.integer("trust_max_age_hours", minimum=0, maximum=MAX_OFFLINE_HOURS)),
        timedelta(hours=reader.integer("status_max_age_hours", minimum=0, maximum=MAX_OFFLINE_HOURS)),
        reader.boolean("unredeemed"),
    )


def _accepted(reader: Reader, catalogue: Catalogue) -> AcceptedLicence:
    reader.refuse_unknown(_ACCEPTED)
    licence_type = catalogue.by_code(reader.text("type"), where=reader.pointer("type"))
    claims = reader.texts("claims", min_items=1, max_items=30)
    if_present = reader.optional_texts("claims_if_present", min_items=1, max_items=10) or ()
    for name in claims:
        # A claim that a licence may lack would make the whole query unanswerable (OpenID4VP 1.0 section 6.4.1).
        if not _always_there(licence_type, name):
            raise reader.fail(
                "claims",
                f"字段 {name} 不存在或可能缺失。",
                f"The claim {name} does not exist or may be absent.",
            )
    optional = reader.optional_texts("optional", min_items=1, max_items=MAX_OPTIONAL) or ()
    for member, names in (("claims_if_present", if_present), ("optional", optional)):
        for name in names:
            if licence_type.field(name) is None and name not in COMMON_CLAIMS:
                raise reader.fail(member, f"字段 {name} 不存在。", f"The claim {name} does not exist.")
    if len({*claims, *if_present, *optional}) != len(claims) + len(if_present) + len(optional):
        raise reader.fail("claims", "字段重复。", "A claim is asked for twice.")
    return AcceptedLicence(_matching(reader, "query", _NAME), licence_type, claims, if_present, optional)


def _always_there(licence_type: LicenceType, name: str) -> bool:
    """Whether every licence of the type has the claim; an end of validity is there only where no licence is long-term."""
    if name == "valid_until":
        return licence_type.validity.kind is ValidityKind.YEARS and not licence_type.validity.or_long_term
    field = licence_type.field(name) or COMMON_CLAIMS.get(name)
    return field is not None and field.required


def _asked(reader: Reader, materials: tuple[Material, ...]) -> Mapping[str, AcceptedLicence]:
    accepted = [entry for material in materials for entry in material.accepts]
    by_query = {entry.query: entry for entry in accepted}
    if len(by_query) != len(accepted) or len({material.id for material in materials}) != len(materials):
        raise reader.fail("materials", "材料或查询的 id 重复。", "Two materials or queries have the same id.")
    return by_query


def _condition(reader: Reader, asked: Mapping[str, AcceptedLicence]) -> Condition:
    reader.refuse_unknown(_CONDITION)
    rule = reader.object("rule")
    kind = rule.choice("kind", tuple(_RULES))
    return Condition(
        id=_matching(reader, "id", _CODE),
        label=parse_text(reader.object("label")),
        refusal=parse_text(reader.object("refusal")),
        rule=_RULES[kind](rule, asked),
    )


def _reference(reader: Reader, member: str, text: str, asked: Mapping[str, AcceptedLicence]) -> Reference:
    """``query.claim``; the item must ask for it, or the rule could never be judged."""
    match = _REFERENCE.fullmatch(text)
    accepted = asked.get(match[1]) if match else None
    if match is None or accepted is None or match[2] not in accepted.asked:
        raise reader.fail(
            member, f"{text} 不是本事项请求的字段。", f"{text} is not a claim that this item asks for."
        )
    return (match[1], match[2])


def _one(reader: Reader, member: str, asked: Mapping[str, AcceptedLicence]) -> Reference:
    return _reference(reader, member, reader.text(member), asked)


def _several(reader: Reader, member: str, asked: Mapping[str, AcceptedLicence]) -> tuple[Reference, ...]:
    return tuple(
        _reference(reader, member, text, asked) for text in reader.texts(member, min_items=1, max_items=10)
    )


def _equal(reader: Reader, asked: Mapping[str, AcceptedLicence]) -> Rule:
    reader.refuse_unknown(frozenset({"kind", "claims"}))
    claims = _several(reader, "claims", asked)
    if len(claims) < 2:
        raise reader.fail("claims", "至少比较两个字段。", "At least two claims are compared.")
    return EqualClaims(claims)


def _among(reader: Reader, asked: Mapping[str, AcceptedLicence]) -> Rule:
    reader.refuse_unknown(frozenset({"kind", "claim", "others"}))
    return ClaimAmong(_one(reader, "claim", asked), _several(reader, "others", asked))


def _one_of(reader: Reader, asked: Mapping[str, AcceptedLicence]) -> OneOf:
    reader.refuse_unknown(frozenset({"kind", "claim", "values"}))
    return OneOf(_one(reader, "claim", asked), reader.texts("values", min_items=1))


def _has_class(reader: Reader, asked: Mapping[str, AcceptedLicence]) -> Rule:
    reader.refuse_unknown(frozenset({"kind", "claim", "classes"}))
    return HasClass(_one(reader, "claim", asked), reader.texts("classes", min_items=1))


def _valid_for(reader: Reader, asked: Mapping[str, AcceptedLicence]) -> Rule:
    reader.refuse_unknown(frozenset({"kind", "claim", "months"}))
    return ValidFor(_one(reader, "claim", asked), reader.integer("months", minimum=1, maximum=120))


def _age(reader: Reader, asked: Mapping[str, AcceptedLicence]) -> Rule:
    reader.refuse_unknown(frozenset({"kind", "birth", "at_least", "below", "only_if"}))
    only_if = reader.optional_object("only_if")
    at_least = reader.optional_integer("at_least", minimum=0, maximum=150)
    below = reader.optional_integer("below", minimum=1, maximum=150)
    if at_least is None and below is None:
        raise reader.fail("at_least", "须有年龄下限或上限。", "A lower or an upper limit is needed.")
    return Age(
        _one(reader, "birth", asked), at_least, below, None if only_if is None else _one_of(only_if, asked)
    )


def _issued_by(reader: Reader, asked: Mapping[str, AcceptedLicence]) -> Rule:
    reader.refuse_unknown(frozenset({"kind", "query", "authorities", "divisions"}))
    query = reader.text("query", max_chars=80)
    if query not in asked:
        raise reader.fail("query", "本事项不请求此证照。", "The item does not ask for this licence.")
    authorities = reader.optional_texts("authorities", min_items=1, max_items=100) or ()
    divisions = reader.optional_texts("divisions", min_items=1, max_items=100) or ()
    if not authorities and not divisions:
        raise reader.fail("authorities", "须写明机关或地区。", "Authorities or divisions are needed.")
    return IssuedBy(query, tuple(str(parse_uscc(code)) for code in authorities), divisions)


_RULES: Final[Mapping[str, Callable[[Reader, Mapping[str, AcceptedLicence]], Rule]]] = {
    "equal": _equal,
    "among": _among,
    "one_of": _one_of,
    "has_class": _has_class,
    "valid_for": _valid_for,
    "age": _age,
    "issued_by": _issued_by,
}


def _matching(reader: Reader, member: str, pattern: re.Pattern[str]) -> str:
    text = reader.text(member, max_chars=80)
    if not pattern.fullmatch(text):
        raise reader.fail(member, "名称格式不正确。", "The name is not of the expected form.")
    return text
