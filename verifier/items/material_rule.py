"""Step 9 of the report: do the licences shown satisfy the item? A pure function over verified claims and an instant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

from standards.text import Text
from standards.verification_report import Finding, Outcome, Step
from verifier.items.conditions import Condition, Shown
from verifier.items.service_item import Material, ServiceItem
from verifier.items.short_form import is_short, same_person

CHINA_TIME: Final = timezone(timedelta(hours=8), "UTC+08:00")
"""Ages and days count by the one civil time of the country (GB/T 7408)."""


NONE_SHORT: Final[frozenset[str]] = frozenset()


def check_materials(
    item: ServiceItem,
    claims: Mapping[str, Mapping[str, Any]],
    at: datetime,
    *,
    short: frozenset[str] = NONE_SHORT,
) -> tuple[Finding, ...]:
    """One finding for each material and one for each condition that applies.

    Args:
        item: what was applied for.
        claims: query id → claims of the licence that passed the steps before; a licence that did not pass is absent.
        at: the instant of the decision, aware.
        short: query ids of licences of which only the compact form is there: they satisfy their material, and a
            condition over a claim that they do not carry cannot be judged.
    """
    today = at.astimezone(CHINA_TIME).date()
    return (*_materials(item, claims, short), *_conditions(item, claims, today, short))


def _materials(item: ServiceItem, claims: Shown, short: frozenset[str]) -> Iterator[Finding]:
    for material in item.materials:
        query = satisfied_by(material, claims, short)
        if query is not None:
            yield Finding(
                Step.MATERIAL_RULE,
                "material-satisfied",
                Outcome.PASSED,
                Text(f"材料「{material.name.zh}」已满足。", f"Material “{material.name.en}” is satisfied."),
                query=query,
            )
        elif material.required:
            # A code shows one licence: the others come next, and nothing is wrong yet.
            awaited = bool(short) or any(is_short(claims, one) for one in claims)
            yield _awaited(material) if awaited else _missing(material)
        else:
            yield Finding(
                Step.MATERIAL_RULE,
                "material-optional",
                Outcome.NEUTRAL,
                Text(
                    f"材料「{material.name.zh}」为可选，未出示。",
                    f"Material “{material.name.en}” is optional and was not shown.",
                ),
            )


def satisfied_by(material: Material, claims: Shown, short: frozenset[str] = NONE_SHORT) -> str | None:
    """Query id of the (first) licence that satisfies a material with all the claims it needs, or ``None``."""
    whole = {
        accepted.query
        for accepted in material.accepts
        if (licence := claims.get(accepted.query)) is not None
        and (
            accepted.query in short
            or is_short(claims, accepted.query)
            or all(name in licence for name in accepted.claims)
        )
    }
    return next((option[0] for option in material.options if whole.issuperset(option)), None)


def _awaited(material: Material) -> Finding:
    return replace(
        _missing(material),
        code="material-awaited",
        outcome=Outcome.INDETERMINATE,
        message=Text(
            f"还需要材料「{material.name.zh}」。", f"The material “{material.name.en}” is still to be shown."
        ),
        sub_indication="TRY_LATER",
    )


def _missing(material: Material) -> Finding:
    names = {accepted.query: accepted.licence_type.name for accepted in material.accepts}
    zh = "，或".join("和".join(names[query].zh for query in option) for option in material.options)
    en = ", or ".join(" and ".join(names[query].en for query in option) for option in material.options)
    return Finding(
        Step.MATERIAL_RULE,
        "material-missing",
        Outcome.FAILED,
        Text(
            f"材料「{material.name.zh}」未由有效证照满足。",
            f"No valid licence satisfies the material “{material.name.en}”.",
        ),
        Text(f"请申请人出示：{zh}。", f"Ask the applicant to show: {en}."),
        query=material.accepts[0].query,
        sub_indication="SIG_CONSTRAINTS_FAILURE",
    )


def _conditions(item: ServiceItem, claims: Shown, today: date, short: frozenset[str]) -> Iterator[Finding]:
    for condition in item.conditions:
        met = condition.rule.check(claims, today)
        if met is None:
            continue
        if any(
            (query in short or is_short(claims, query)) and claim not in claims[query]
            for query, claim in condition.rule.references
            if query in claims
        ):
            one = same_person(condition.rule, claims)
            yield (
                _unreadable(condition) if one is None else _by_end(condition) if one else _not_met(condition)
            )
            continue
        yield _met(condition) if met else _not_met(condition)


def _met(condition: Condition) -> Finding:
    message = Text(f"条件「{condition.label.zh}」符合。", f"Condition “{condition.label.en}” is met.")
    return Finding(Step.MATERIAL_RULE, f"condition-met-{condition.id}", Outcome.PASSED, message)


def _by_end(condition: Condition) -> Finding:
    met = _met(condition)
    return replace(
        met,
        code=f"condition-met-by-end-{condition.id}",
        message=Text(
            f"条件「{condition.label.zh}」符合（脱机：按姓名和证件号码末四位比对）。",
            f"Condition “{condition.label.en}” is met (cut off: by name and the last four of the number).",
        ),
    )


def _unreadable(condition: Condition) -> Finding:
    return Finding(
        Step.MATERIAL_RULE,
        f"condition-unreadable-{condition.id}",
        Outcome.INDETERMINATE,
        Text(
            f"脱机时证照码不含核对「{condition.label.zh}」所需的信息。",
            f"Cut off, the code does not carry what “{condition.label.en}” is judged by.",
        ),
        Text(
            "请待网络恢复后重新出示，或按纸质材料办理并注明理由。",
            "Have it shown again once the network is back, or take it on paper with the reason.",
        ),
        query=condition.rule.references[0][0],
        sub_indication="TRY_LATER",
    )


def _not_met(condition: Condition) -> Finding:
    return Finding(
        Step.MATERIAL_RULE,
        f"condition-not-met-{condition.id}",
        Outcome.FAILED,
        condition.refusal,
        Text(
            "请核对证照，或以补正、不予受理处理。", "Check the licences, then ask for a supplement or refuse."
        ),
        query=condition.rule.references[0][0],
        sub_indication="SIG_CONSTRAINTS_FAILURE",
    )
