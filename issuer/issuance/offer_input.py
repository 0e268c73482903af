"""The body of a request for an offer, as a department's system sends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from issuer.issuance.errors import HolderRequiredError, NotAHolderError
from issuer.issuance.make_offer import By
from issuer.library.licence import Holder, Licence
from standards.json_reader import Reader

_MEMBERS: Final = frozenset({"holder", "tx_code", "by"})
_HOLDER_MEMBERS: Final = frozenset({"code_type", "number", "name"})


@dataclass(frozen=True, slots=True)
class HolderReference:
    """Which holder is meant: by number, and by the number's type where it is said."""

    number: str
    code_type: str | None = None


@dataclass(frozen=True, slots=True)
class OfferRequest:
    """What is asked for.

    Attributes:
        holder: whose copies, or ``None`` when the licence has one holder.
        tx_code: whether a transaction code is wanted.
        by: how the offer travels.
    """

    holder: HolderReference | None
    tx_code: bool
    by: By

    def holder_of(self, licence: Licence) -> Holder | None:
        """The holder of ``licence`` that is meant, or ``None`` when the request names none.

        Raises:
            NotAHolderError: the one named does not hold the licence.
            HolderRequiredError: the number fits two holders by different types.
        """
        meant = self.holder
        if meant is None:
            return None
        found = [
            holder
            for holder in licence.holders
            if holder.number == meant.number and meant.code_type in (None, holder.code_type)
        ]
        if not found:
            raise NotAHolderError
        if len(found) > 1:
            raise HolderRequiredError
        return found[0]


def parse_offer_request(document: Any) -> OfferRequest:
    """Read ``{"holder": {"code_type", "number"} | "number", "tx_code": bool, "by": "value|reference"}``; all optional.

    Raises:
        InvalidInputError: a member is malformed or not known.
    """
    reader = Reader(document)
    reader.refuse_unknown(_MEMBERS)
    by: By = "reference" if reader.optional_choice("by", ("value", "reference")) == "reference" else "value"
    tx_code = reader.optional_boolean("tx_code") if _given(reader, "tx_code") else None
    return OfferRequest(_parse_holder(reader), tx_code or False, by)


def _parse_holder(reader: Reader) -> HolderReference | None:
    if not _given(reader, "holder"):
        return None
    if isinstance(reader.any("holder"), str):
        return HolderReference(reader.text("holder", max_chars=64, strip=True))
    holder = reader.object("holder")
    holder.refuse_unknown(_HOLDER_MEMBERS)
    return HolderReference(
        holder.text("number", max_chars=64, strip=True), holder.optional_text("code_type", max_chars=8)
    )


def _given(reader: Reader, name: str) -> bool:
    """A member that is ``null`` counts as left out, as systems that fill in forms send it."""
    return name in reader and reader.any(name) is not None
