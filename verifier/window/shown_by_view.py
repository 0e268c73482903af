"""Who showed a licence for its holder, arranged for a clerk: a sentence, then the grounds under their labels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from standards.codes.division_names import division_text
from standards.licence_types import load_catalogue
from standards.licence_types.masking import NUMBER_MASK
from standards.mandate import Scope
from standards.text import Text
from verifier.checking.acting_findings import CAPACITY_NAMES
from verifier.checking.shown_by import ShownBy
from verifier.checking.step_5_validity import CHINA_TIME
from verifier.items import load_items
from verifier.scanning.harmless import harmless


@dataclass(frozen=True, slots=True)
class ShownByView:
    """Who showed it.

    Attributes:
        sentence: of whom, by whom, as what.
        person: the name to compare with the identity document in front of the clerk.
        number: the number on it, and the same masked.
        subject: for whom.
        grant: id of the grant, or ``None`` for a representative.
        scope: how far it reaches, one line for each limit; empty without a grant.
        until: last day, as an ISO date in China, or ``None`` without a grant.
    """

    sentence: Text
    person: str
    number: str
    masked: str
    subject: str
    grant: str | None
    scope: tuple[Text, ...]
    until: str | None

    @property
    def key(self) -> str:
        """The same for the same person under the same grant."""
        return f"{self.number} {self.grant or self.subject}"


def view_shown_by(shown_by: ShownBy, licence: Text) -> ShownByView:
    """``shown_by`` in words; ``licence`` is the name of the licence's type."""
    capacity = CAPACITY_NAMES[shown_by.capacity]
    subject, person = harmless(shown_by.subject.name), harmless(shown_by.person.name)
    return ShownByView(
        sentence=Text(
            f"{subject}的{licence.zh}，由{capacity.zh}{person}出示。",
            f"{licence.en} of {subject}, shown by {person}, {capacity.en}.",
        ),
        person=person,
        number=shown_by.person.number,
        masked=NUMBER_MASK.apply(shown_by.person.number),
        subject=subject,
        grant=shown_by.grant,
        scope=() if shown_by.scope is None else tuple(_limits(shown_by.scope)),
        until=_last_day(shown_by.expires_at),
    )


def _limits(scope: Scope) -> Iterable[Text]:
    if scope.is_full:
        yield Text("全部证照、事项和地区", "All licences, service items and regions")
        return
    if scope.licence_types is not None:
        yield _listed("证照：", "Licences: ", [_type_name(code) for code in sorted(scope.licence_types)])
    if scope.service_items is not None:
        yield _listed("事项：", "Service items: ", [_item_name(code) for code in sorted(scope.service_items)])
    if scope.divisions is not None:
        names = [division_text(code) for code in sorted(scope.divisions)]
        yield _listed("地区：", "Regions: ", names)
    if scope.uses is not None:
        yield Text(
            f"共可使用 {scope.uses} 次（由钱包计数）", f"{scope.uses} uses in all, counted by the wallet"
        )


def _listed(zh: str, en: str, names: list[Text]) -> Text:
    return Text(zh + "、".join(name.zh for name in names), en + ", ".join(name.en for name in names))


def _type_name(code: str) -> Text:
    known = load_catalogue().find(code)
    return known.name if known else Text(code, code)


def _item_name(code: str) -> Text:
    known = load_items().find(code)
    return known.name if known else Text(code, code)


def _last_day(expires_at: datetime | None) -> str | None:
    return None if expires_at is None else expires_at.astimezone(CHINA_TIME).date().isoformat()
