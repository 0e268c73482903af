"""On what ground an organisation handles personal data: the person's consent, or a duty that a law gives it.

Personal Information Protection Law article 13: consent, or, among others, what is necessary to perform statutory
duties. Either way the organisation says which rule it relies on and how long it keeps what it saw (article 17).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from standards.json_reader import Reader
from standards.single_line import is_single_line
from standards.text import Text

MAX_CHARS: Final = 500
"""Longest name of a rule, in characters."""


class BasisKind(StrEnum):
    """The ground itself."""

    CONSENT = "consent"
    """The person agrees, and may as well refuse."""
    STATUTORY = "statutory"
    """A law tells the organisation to look (article 13 item 3); for the person's own application it still asks."""


BASIS_NAMES: Final = {
    BasisKind.CONSENT: Text("您的授权同意", "Your consent"),
    BasisKind.STATUTORY: Text("法定职责", "Statutory duty"),
}


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """The ground, and the rule that it rests on.

    Attributes:
        kind: consent or statutory duty.
        law: name of the rule, in the organisation's words; may be ``None`` for consent.
    """

    kind: BasisKind
    law: Text | None = None

    @property
    def name(self) -> Text:
        """The ground in words."""
        return BASIS_NAMES[self.kind]

    def to_json(self) -> dict[str, Any]:
        """The wire shape."""
        return {"kind": self.kind.value} | ({} if self.law is None else {"law": self.law.to_json()})


def parse_legal_basis(reader: Reader) -> LegalBasis:
    """Read ``{"kind", "law"}``; words that rearrange a line are refused, for they stand beside ours.

    Raises:
        InvalidInputError: it is not of this shape, or a statutory duty names no law.
    """
    kind = BasisKind(reader.choice("kind", tuple(BasisKind)))
    law = parse_plain_text(reader, "law")
    if kind is BasisKind.STATUTORY and law is None:
        raise reader.fail("law", "法定职责须写明依据。", "A statutory duty names its law.")
    return LegalBasis(kind, law)


def parse_plain_text(reader: Reader, name: str, *, max_chars: int = MAX_CHARS) -> Text | None:
    """An optional ``{"zh", "en"}`` of others' words, each one line without control or direction characters."""
    words = reader.optional_object(name)
    if words is None:
        return None
    for language in ("zh", "en"):
        if not is_single_line(words.text(language, max_chars=max_chars)):
            raise words.fail(language, "含有不可打印的字符。", "It has characters that cannot be printed.")
    return Text(words.text("zh", max_chars=max_chars), words.text("en", max_chars=max_chars))
