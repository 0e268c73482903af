"""Why a case does not go on."""

from __future__ import annotations

from standards.errors import ElicenceError, InvalidInputError


class UnknownCaseError(ElicenceError):
    """There is no such case, or it is another department's."""

    code = "unknown-case"


class InvalidCaseError(InvalidInputError):
    """What was sent does not open a case, or is no step of one."""

    code = "invalid-case"


class CaseStateError(ElicenceError):
    """The case is not in a state from which this step may be taken."""

    code = "case-state"


class CaseChangedError(ElicenceError):
    """Somebody else took a step at the same moment; the page shows what was there before."""

    code = "case-changed"


class SamePersonError(ElicenceError):
    """Who received a case may not approve it (R8)."""

    code = "same-person"


class MixedHoldersError(ElicenceError):
    """Licences of different people were shown in one case where the item wants those of one."""

    code = "mixed-holders"


class WrongCollectorError(ElicenceError):
    """Who collects the result is neither the applicant nor somebody who may act for them."""

    code = "wrong-collector"


class SupplementNotAllowedError(ElicenceError):
    """A material that is missing may not follow later."""

    code = "supplement-not-allowed"
