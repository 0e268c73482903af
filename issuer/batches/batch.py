"""A batch of offers: which licences, how the offers travel, and until when they serve."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from issuer.batches.errors import InvalidBatchError
from issuer.issuance.make_offer import By
from issuer.library.selection import MOST_IDENTIFIERS, Selection, parse_selection
from standards.codes.licence_identifier import parse_licence_identifier
from standards.json_reader import Reader
from standards.licence_types import Catalogue

WHAT: Final = ("offers",)
"""What can be made. Wallets refresh by themselves: nothing is made for them."""

DEFAULT_HOURS: Final = 24
MAX_HOURS: Final = 72
"""How long offers of a batch serve: their links have to reach people first. A new master key waits for the last."""

_MEMBERS: Final = frozenset({"what", "selection", "licences", "tx_code", "by", "hours"})


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """What is asked for.

    Attributes:
        selection: which licences of the authority.
        tx_code: whether each offer also needs a code that travels another way.
        by: how an offer travels in its links.
        hours: how long the offers serve.
    """

    selection: Selection
    tx_code: bool
    by: By
    hours: int

    @property
    def names_licences(self) -> bool:
        """Whether the licences were named one by one, so that one that is not found is to be told."""
        selection = self.selection
        return bool(selection.identifiers) and selection == Selection(
            selection.authority, identifiers=selection.identifiers, all_versions=True
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch that was begun.

    Attributes:
        id: unguessable, or made from the caller's key.
        request: what it is.
        made_by: id of a member of staff, or name of a system; nobody else gets the result.
        at: when it was asked for, UTC.
        expires_at: end of its offers and of its result.
        seed: from which references and codes of its offers are made, so that a repeated step makes the same.
        job: that makes the offers, or ``None``.
        fetched: how often the result was fetched.
    """

    id: str
    request: BatchRequest
    made_by: str
    at: datetime
    expires_at: datetime
    seed: bytes = field(repr=False)
    job: str | None = None
    fetched: int = 0

    @property
    def authority(self) -> str:
        """USCC of the authority whose licences they are."""
        return self.request.selection.authority


def expiry(at: datetime, hours: int) -> datetime:
    """End of offers asked for at ``at``; whole seconds, so that what is told is what is kept."""
    return at.replace(microsecond=0) + timedelta(hours=hours)


def parse_batch_request(obj: Any, authority: str, catalogue: Catalogue) -> BatchRequest:
    """Read ``{"what": "offers", "selection": {…} | "licences": […], "tx_code", "by", "hours"}``.

    Args:
        obj: untrusted JSON.
        authority: USCC of who asks.
        catalogue: to know the type that is named.

    Raises:
        InvalidInputError: with the place of what is wrong; a selection without any condition is refused.
    """
    reader = Reader(obj, error=InvalidBatchError)
    reader.refuse_unknown(_MEMBERS)
    reader.optional_choice("what", WHAT)
    if ("selection" in reader) == ("licences" in reader):
        raise InvalidBatchError(
            "请给出 selection 或 licences 之一。",
            "Give either `selection` or `licences`.",
            where="/selection",
        )
    if "licences" in reader:
        selection = _named(reader, authority)
    else:
        selection = parse_selection(reader.any("selection"), authority, where="/selection")
        if selection.is_everything:
            raise InvalidBatchError(
                "请至少给出一个条件，例如证照类型。",
                "Give at least one condition, for instance the type.",
                where="/selection",
            )
        if selection.type_code is not None:
            catalogue.by_code(selection.type_code, where="/selection/type")
    by: By = "reference" if reader.optional_choice("by", ("value", "reference")) == "reference" else "value"
    return BatchRequest(
        selection=selection,
        tx_code=reader.optional_boolean("tx_code") or False,
        by=by,
        hours=reader.optional_integer("hours", minimum=1, maximum=MAX_HOURS) or DEFAULT_HOURS,
    )


def _named(reader: Reader, authority: str) -> Selection:
    texts = reader.texts("licences", max_chars=160, min_items=1, max_items=MOST_IDENTIFIERS)
    identifiers = {
        str(parse_licence_identifier(text, where=reader.pointer("licences", index)))
        for index, text in enumerate(texts)
    }
    # All versions: a version that was replaced is refused as what it is, not as unknown.
    return Selection(authority, identifiers=tuple(sorted(identifiers)), all_versions=True)
