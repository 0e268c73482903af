"""What a presentation adds to a case: which slots tick, of whom the licences are, and whether that is the case's people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from standards.text import Text
from verifier.cases.case import Case, Holder, SlotState
from verifier.cases.errors import MixedHoldersError
from verifier.cases.item_terms import PEOPLE
from verifier.cases.steps import Ticked
from verifier.items import ServiceItem, issuer_facts, satisfied_by
from verifier.items.short_form import short_claims
from verifier.node import VerifierNode
from verifier.window.presentation import Received, ShownLicence

_UNSETTLED = frozenset({"failed", "indeterminate"})


def what_it_adds(item: ServiceItem, received: Received) -> Ticked:
    """Which materials an answer satisfies: a licence counts when no step of the report stands against it."""
    report, licences = received.answer.report, received.answer.licences
    against = {
        finding.get("query") or "": str(finding["code"])
        for finding in report["findings"]
        if finding["outcome"] in _UNSETTLED
    }
    good = {query: shown[0].claims for query, shown in licences.items() if shown and query not in against}
    satisfied = {
        material.id: query
        for material in item.materials
        if (query := satisfied_by(material, good, received.answer.short)) is not None
    }
    failed = {
        material.id: against[accepted.query]
        for material in item.materials
        for accepted in material.accepts
        if material.id not in satisfied and accepted.query in against
    }
    people: dict[str, Holder] = {}
    for material in item.materials:
        query = satisfied.get(material.id)
        if query is not None and material.subject in PEOPLE:
            holder = holder_of(licences[query][0])
            before = people.get(material.subject.value, Holder())
            people[material.subject.value] = before.joined_with(holder)
    return Ticked(received.asked.id, satisfied, people, _acting(licences), failed)


def holder_of(licence: ShownLicence) -> Holder:
    """Of whom a licence is, as far as it was shown."""
    number, name = licence.claims.get("holder_number"), licence.claims.get("holder_name")
    return Holder(number if isinstance(number, str) else None, name if isinstance(name, str) else None)


def mixed_holders(case: Case, item: ServiceItem, received: Received) -> Text | None:
    """The sentence for a clerk when licences of different people stand where the item wants those of one; else ``None``.

    Compared are the materials of one subject (applicant, spouse, child, company), within the answer and with what the
    case has from before.
    """
    licences = received.answer.licences
    known: dict[str, Holder] = dict(case.people)
    for material in item.materials:
        if material.subject not in PEOPLE:
            continue
        for accepted in material.accepts:
            for licence in licences.get(accepted.query, ()):
                holder = holder_of(licence)
                before = known.get(material.subject.value, Holder())
                if before.differs_from(holder):
                    return Text(
                        f"「{material.name.zh}」的持证人与本办件的其他材料不是同一人。",
                        f"“{material.name.en}” is of somebody else than the other materials of this case.",
                    )
                known[material.subject.value] = before.joined_with(holder)
    return None


def require_one_holder(case: Case, item: ServiceItem, received: Received) -> None:
    """Refuse what is of other people.

    Raises:
        MixedHoldersError: licences of different people.
    """
    sentence = mixed_holders(case, item, received)
    if sentence is not None:
        raise MixedHoldersError(
            sentence.zh,
            sentence.en,
            next_step=Text(
                "请本案申请人出示自己的证照，或为另一人单独开办件。",
                "Ask the applicant of this case for their own licence, or open a case for the other person.",
            ),
        )


def earlier_claims(node: VerifierNode, case: Case) -> Mapping[str, Mapping[str, Any]]:
    """Query id → claims of the licences that satisfy slots of the case already.

    From the presentations as long as they are kept, then from the acceptance records of the case.
    """
    wanted = {
        slot.query: slot.presentation
        for slot in case.slots.values()
        if slot.state is SlotState.SATISFIED and slot.query is not None and slot.presentation is not None
    }
    claims: dict[str, Mapping[str, Any]] = {}
    for presentation_id in dict.fromkeys(wanted.values()):
        found = node.presentations.find(presentation_id)
        if isinstance(found, Received):
            _take(claims, wanted, presentation_id, found.answer.licences, found.answer.short)
    if len(claims) < len(wanted):
        for record_id in case.records:
            record = node.records.find(case.department, record_id)
            if record is not None and record.is_whole and record.evidence is not None:
                _take(
                    claims,
                    wanted,
                    str(record.facts()["presentation"]),
                    record.evidence.licences,
                    record.evidence.short,
                )
    return claims


def _take(
    claims: dict[str, Mapping[str, Any]],
    wanted: Mapping[str, str],
    presentation_id: str,
    licences: Mapping[str, tuple[ShownLicence, ...]],
    short: frozenset[str],
) -> None:
    for query, shown in licences.items():
        if shown and wanted.get(query) == presentation_id:
            first = shown[0]
            facts = issuer_facts(first.issuer_uscc, first.issuer_division)
            said = short_claims(first.claims) if query in short else first.claims
            claims.setdefault(query, {**said, **facts})


def _acting(licences: Mapping[str, tuple[ShownLicence, ...]]) -> Holder:
    for shown in licences.values():
        for licence in shown:
            if licence.shown_by is not None:
                return Holder(licence.shown_by.person.number, licence.shown_by.person.name)
    return Holder()
