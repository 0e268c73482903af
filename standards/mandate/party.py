"""A party to a mandate: a person, a legal entity or a child, by the document that identifies it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from standards.codes.holder_code import HolderKind, check_holder_number, holder_code_type
from standards.json_reader import Reader

MAX_NAME_CHARS: Final = 200
_MAX_NUMBER_CHARS: Final = 64


@dataclass(frozen=True, slots=True)
class Party:
    """Who grants, or who acts.

    Attributes:
        code_type: type of the identifying document (GB/T 36903 annex A), such as ``111`` or ``001``.
        number: its number.
        name: for people to read; parties are compared by type and number.
    """

    code_type: str
    number: str
    name: str

    @property
    def kind(self) -> HolderKind:
        """Natural person, legal entity or other; raises ``InvalidHolderCodeError`` for a type that does not exist."""
        return holder_code_type(self.code_type).kind

    def is_same(self, other: Party) -> bool:
        """Whether both are one person or one entity, whatever name is written beside the number."""
        return (self.code_type, self.number) == (other.code_type, other.number)

    def to_dict(self) -> dict[str, str]:
        """Wire shape."""
        return {"code_type": self.code_type, "number": self.number, "name": self.name}


def parse_party(reader: Reader) -> Party:
    """A party from an untrusted object; raises the reader's error, or that of the number's own form."""
    code_type = reader.text("code_type", max_chars=3)
    holder_code_type(code_type, where=reader.pointer("code_type"))
    number = reader.text("number", max_chars=_MAX_NUMBER_CHARS)
    return Party(
        code_type,
        check_holder_number(code_type, number, where=reader.pointer("number")),
        reader.text("name", max_chars=MAX_NAME_CHARS),
    )
