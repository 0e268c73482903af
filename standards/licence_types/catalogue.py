"""The catalogue: every licence type that ships, by code and by vct."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources

from standards.errors import InvalidInputError
from standards.licence_types.data_file import parse_licence_type
from standards.licence_types.data_reader import InvalidLicenceTypeError
from standards.licence_types.licence_type import LicenceType
from standards.text import Text


class UnknownLicenceTypeError(InvalidInputError):
    """A type code or vct that the catalogue does not know."""

    code = "unknown-licence-type"


class Catalogue:
    """Licence types, found by code or by vct. Immutable.

    A type may be there in several versions, because licences of an older one are in people's hands: its code means
    the newest, each ``vct`` its own.
    """

    __slots__ = ("_by_code", "_by_vct")

    def __init__(self, types: Iterable[LicenceType]) -> None:
        self._by_code: dict[str, LicenceType] = {}
        self._by_vct: dict[str, LicenceType] = {}
        for licence_type in types:
            if licence_type.vct in self._by_vct:
                raise InvalidLicenceTypeError(
                    f"{licence_type.vct} 在目录中出现两次。",
                    f"{licence_type.vct} occurs twice in the catalogue.",
                )
            self._by_vct[licence_type.vct] = licence_type
            newest = self._by_code.get(licence_type.code)
            if newest is None or int(newest.version) < int(licence_type.version):
                self._by_code[licence_type.code] = licence_type

    def __iter__(self) -> Iterator[LicenceType]:
        return iter(self._by_code.values())

    def __len__(self) -> int:
        return len(self._by_code)

    def all(self) -> tuple[LicenceType, ...]:
        """All types in their newest versions, in the order of their files."""
        return tuple(self._by_code.values())

    def find(self, code: str) -> LicenceType | None:
        """The newest version of the type of ``code``, or ``None``."""
        return self._by_code.get(code)

    def find_vct(self, vct: str) -> LicenceType | None:
        """The type of ``vct``, or ``None``."""
        return self._by_vct.get(vct)

    def by_code(self, code: str, *, where: str | None = None) -> LicenceType:
        """The newest version of the type of ``code``; raises ``UnknownLicenceTypeError``."""
        return self._known(self._by_code.get(code), where)

    def by_vct(self, vct: str, *, where: str | None = None) -> LicenceType:
        """The type of ``vct``; raises ``UnknownLicenceTypeError``."""
        return self._known(self._by_vct.get(vct), where)

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
