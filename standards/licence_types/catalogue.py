"""The catalogue: licence types in all of their versions, by code and by vct."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from standards.errors import InvalidInputError
from standards.licence_types.data_file import parse_licence_type
from standards.licence_types.data_reader import InvalidLicenceTypeError
from standards.licence_types.licence_type import LicenceType, vct_of
from standards.licence_types.type_metadata import type_metadata
from standards.sd_jwt_vc import encode_type_metadata
from standards.text import Text


class UnknownLicenceTypeError(InvalidInputError):
    """A type code or vct that the catalogue does not know."""

    code = "unknown-licence-type"


@dataclass(frozen=True, slots=True)
class TypeIndex:
    """Licence types, ready to be found.

    Attributes:
        by_code: the newest version of each type.
        by_vct: every version.
        withdrawn: codes of the types of which no new licence is issued.
        documents: by vct, the type metadata as they were first published; a version that is not in it has the document
            that its own data make.
    """

    by_code: Mapping[str, LicenceType]
    by_vct: Mapping[str, LicenceType]
    withdrawn: frozenset[str]
    documents: Mapping[str, bytes]

    @classmethod
    def of(
        cls,
        types: Iterable[LicenceType],
        withdrawn: Iterable[str] = (),
        documents: Mapping[str, bytes] | None = None,
    ) -> TypeIndex:
        """The index of ``types``; raises ``InvalidLicenceTypeError`` when a version occurs twice."""
        by_code: dict[str, LicenceType] = {}
        by_vct: dict[str, LicenceType] = {}
        for licence_type in types:
            if licence_type.vct in by_vct:
                raise InvalidLicenceTypeError(
                    f"{licence_type.vct} 在目录中出现两次。",
                    f"{licence_type.vct} occurs twice in the catalogue.",
                )
            by_vct[licence_type.vct] = licence_type
            newest = by_code.get(licence_type.code)
            if newest is None or int(newest.version) < int(licence_type.version):
                by_code[licence_type.code] = licence_type
        return cls(by_code, by_vct, frozenset(withdrawn), documents or {})


class Catalogue:
    """Licence types, found by code or by vct. Immutable.

    A type may be there in several versions, because licences of an older one are in people's hands: its code means
    the newest, each ``vct`` its own.
    """

    __slots__ = ("_kept",)

    def __init__(self, types: Iterable[LicenceType]) -> None:
        self._kept = TypeIndex.of(types)

    def __iter__(self) -> Iterator[LicenceType]:
        return iter(self._index().by_code.values())

    def __len__(self) -> int:
        return len(self._index().by_code)

    def all(self) -> tuple[LicenceType, ...]:
        """All types in their newest versions, in the order of their files."""
        return tuple(self._index().by_code.values())

    def versions(self) -> tuple[LicenceType, ...]:
        """All types in all versions."""
        return tuple(self._index().by_vct.values())

    def find(self, code: str) -> LicenceType | None:
        """The newest version of the type of ``code``, or ``None``."""
        return self._index().by_code.get(code)

    def find_vct(self, vct: str) -> LicenceType | None:
        """The type of ``vct``, or ``None``."""
        return self._index().by_vct.get(vct)

    def by_code(self, code: str, *, where: str | None = None) -> LicenceType:
        """The newest version of the type of ``code``; raises ``UnknownLicenceTypeError``."""
        return self._known(self.find(code), where)

    def by_vct(self, vct: str, *, where: str | None = None) -> LicenceType:
        """The type of ``vct``; raises ``UnknownLicenceTypeError``."""
        return self._known(self.find_vct(vct), where)

    def find_version(self, code: str, version: str) -> LicenceType | None:
        """One version of the type of ``code``, or ``None``."""
        return self.find_vct(vct_of(code, version))

    def is_withdrawn(self, code: str) -> bool:
        """Whether no new licence of the type is issued. Licences that there are stay as they are."""
        return code in self._index().withdrawn

    def metadata_document(self, licence_type: LicenceType) -> bytes:
        """The type metadata as published, over which ``vct#integrity`` is made: the same octets for good."""
        recorded = self._index().documents.get(licence_type.vct)
        return encode_type_metadata(type_metadata(licence_type)) if recorded is None else recorded

    def _index(self) -> TypeIndex:
        return self._kept

    @staticmethod
    def _known(found: LicenceType | None, where: str | None) -> LicenceType:
        if found is None:
            raise UnknownLicenceTypeError(
                "证照目录中没有此证照类型。",
                "The licence catalogue does not know this type.",
                where=where,
                next_step=Text("用 GET /api/v1/types 查看可用类型。", "See GET /api/v1/types for the types."),
            )
        return found


@cache
def load_catalogue() -> Catalogue:
    """The catalogue that ships with this package, read and checked on first use.

    Raises:
        InvalidLicenceTypeError: a data file that breaks a rule; it names the file and the place.
    """
    folder = resources.files(__package__).joinpath("data")
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".json")), key=lambda file: file.name
    )
    return Catalogue(parse_licence_type(file.read_bytes(), file_name=file.name) for file in files)
