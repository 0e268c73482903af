"""Whose licences an account keeps: a natural person, a legal entity, or a child that has no number of its own yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from service.web.sign_in import Person
from standards.codes.holder_code import HOLDER_CODE_TYPES, HolderKind
from standards.mandate import Party


class SubjectKind(StrEnum):
    """What a subject is."""

    PERSON = "person"
    ENTITY = "entity"
    CHILD = "child"


_KINDS = {
    HolderKind.NATURAL_PERSON: SubjectKind.PERSON,
    HolderKind.LEGAL_ENTITY: SubjectKind.ENTITY,
    HolderKind.OTHER: SubjectKind.CHILD,
}


@dataclass(frozen=True, slots=True)
class Subject:
    """The holder of an account's licences, named as the licences name it.

    Attributes:
        code_type: GB/T 36903 annex A; ``001`` a legal entity, ``111`` a citizen, ``999`` a child by its birth certificate.
        number: of that document, in capitals. Personal: never in logs, addresses or plain storage.
        name: for people to read; subjects are compared by type and number.
    """

    code_type: str
    number: str = field(repr=False)
    name: str = field(repr=False)

    @property
    def kind(self) -> SubjectKind:
        """What it is; a code type outside of the annex counts as a person's: nobody else's rights reach it."""
        row = HOLDER_CODE_TYPES.get(self.code_type)
        return SubjectKind.PERSON if row is None else _KINDS[row.kind]

    def is_same(self, code_type: str, number: str) -> bool:
        """Whether a code type and a number, as a licence writes them, are this subject's."""
        return code_type == self.code_type and number.strip().upper() == self.number

    def party(self) -> Party:
        """The subject as a party to a mandate."""
        return Party(self.code_type, self.number, self.name)


def subject_of(person: Person) -> Subject:
    """A signed-in person as the subject of the person's own account."""
    return Subject(person.code_type, person.number, person.name)
