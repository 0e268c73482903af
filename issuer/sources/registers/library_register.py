"""This node's own library as a register: who has an identity card, which entity has a business licence."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from issuer.library.store.holders import LicenceHolders

RESIDENT_IDENTITY_CARD: Final = "11100000000013338W001"
BUSINESS_LICENCE: Final = "11100000MB0143028R001"


class LibraryRegister:
    """Knows the holders of one licence type, whatever the licence's state: who is there was registered once."""

    def __init__(
        self, holders: LicenceHolders, type_code: str, authorities: Callable[[], Collection[str]]
    ) -> None:
        """Args:
        holders: of the library.
        type_code: whose holders are the register.
        authorities: USCCs of the node's authorities that may issue the type.
        """
        self._holders = holders
        self._type_code = type_code
        self._authorities = authorities

    def known(self, code_type: str, numbers: Collection[str]) -> frozenset[str]:
        """See ``HolderRegister``."""
        return self._holders.known(self._authorities(), self._type_code, code_type, numbers)
