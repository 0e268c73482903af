"""The preview: every selected licence is looked at, none is touched."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from issuer.library.change_input import ChangeRequest, parse_change_request
from issuer.library.change_licence import deciding_state
from issuer.library.errors import ProposalOpenError
from issuer.library.event import Operation
from issuer.library.library import Library
from issuer.library.licence import Licence, local_day
from issuer.library.lifecycle import check_expiry, transition
from issuer.library.selection import Selection
from issuer.library.store.finding import LicenceFinder
from issuer.operations.bulk_operation import MOST_LICENCES, Looked, Obstacle, Order, Preview, Sample
from issuer.operations.errors import TooManySelectedError
from standards.errors import ElicenceError
from standards.text import Text

_PAGE: Final = 1_000
_SAMPLE_POSSIBLE: Final = 5
_SAMPLE_OF_EACH: Final = 2
_MOST_SAMPLES: Final = 40

NOT_THERE: Final = Obstacle(
    "licence-not-found",
    Text("没有此证照，或它已被新版本取代。", "There is no such licence, or a newer version has replaced it."),
)


@dataclass(frozen=True, slots=True)
class LookedOver:
    """A preview, and the licences on which it stands."""

    preview: Preview
    licences: tuple[Looked, ...]


def look_over(
    library: Library, finder: LicenceFinder, selection: Selection, order: Order, *, at: datetime
) -> LookedOver:
    """Look at every licence of the selection as it is now.

    Args:
        library: for the types.
        finder: reads the selection.
        selection: whose licences, and which.
        order: what is to be done to each.
        at: now.

    Raises:
        TooManySelectedError: there are more than ``MOST_LICENCES``.
    """
    looked: list[Looked] = []
    counts: Counter[Obstacle] = Counter()
    samples: list[Sample] = []
    shown: Counter[Obstacle | None] = Counter()
    digest = hashlib.sha256()
    for one, sample in _all(library, finder, selection, order, at):
        if len(looked) == MOST_LICENCES:
            raise TooManySelectedError(MOST_LICENCES)
        looked.append(one)
        digest.update(
            f"{one.identifier} {one.revision} {one.obstacle.code if one.obstacle else ''}\n".encode()
        )
        if one.obstacle is not None:
            counts[one.obstacle] += 1
        most = _SAMPLE_POSSIBLE if one.obstacle is None else _SAMPLE_OF_EACH
        if shown[one.obstacle] < most and len(samples) < _MOST_SAMPLES:
            shown[one.obstacle] += 1
            samples.append(sample)
    samples.sort(
        key=lambda sample: (sample.obstacle is not None, (sample.obstacle and sample.obstacle.code) or "")
    )
    preview = Preview(len(looked), tuple(counts.most_common()), tuple(samples), digest.hexdigest())
    return LookedOver(preview, tuple(looked))


def request_for(library: Library, licence: Licence, order: Order, at: datetime) -> ChangeRequest:
    """The order as a request for one licence, checked against its type.

    Raises:
        InvalidInputError: the licence's type has no such thing (an inspection).
    """
    return parse_change_request(
        order.body(), licence, library.type_of(licence), library.catalogue, today=local_day(at)
    )


def obstacle_of(library: Library, licence: Licence, order: Order, at: datetime) -> Obstacle | None:
    """What stands against the order for this licence as it is: what ``change_licence`` would refuse."""
    try:
        request_for(library, licence, order, at)
        transition(order.operation, deciding_state(licence, order.operation, at))
        if order.operation is Operation.EXPIRE:
            check_expiry(licence.valid_until, local_day(at))
    except ElicenceError as error:
        return Obstacle(error.code, error.message)
    if licence.proposal is not None:
        # Even the same operation: its own proposer and approver are to stand behind it.
        return _PROPOSAL_OPEN
    return None


_PROPOSAL_OPEN: Final = Obstacle(
    ProposalOpenError.code,
    Text("已有待审批的操作。", "Another operation already waits for its approval."),
)


def _all(
    library: Library, finder: LicenceFinder, selection: Selection, order: Order, at: datetime
) -> Iterator[tuple[Looked, Sample]]:
    missing = set(selection.identifiers)
    after: str | None = None
    while page := finder.licences(selection, after, _PAGE):
        for licence in page:
            identifier = str(licence.identifier)
            missing.discard(identifier)
            obstacle = obstacle_of(library, licence, order, at)
            yield (
                Looked(identifier, licence.revision, obstacle),
                Sample(identifier, licence.type_code, licence.state.value, obstacle),
            )
        after = str(page[-1].identifier)
    for identifier in sorted(missing):
        yield Looked(identifier, 0, NOT_THERE), Sample(identifier, "", "", NOT_THERE)
