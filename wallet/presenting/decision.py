"""What a person decided about a request, before anybody has held it against the request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wallet.presenting.consent import Consent, Picked
from wallet.presenting.errors import ConsentChangedError, SensitiveNotConfirmedError


@dataclass(frozen=True, slots=True)
class Decision:
    """A yes, and to what.

    Attributes:
        selection: query id → holding id; ``None`` for the least that answers the request.
        extras: query id → names of optional fields to show besides.
        sensitive: whether sensitive data may be shown; ``None`` where the person's own program asks in its own way.
        seen: fingerprint of what the person saw, or ``None`` where the caller does not say.
    """

    selection: Mapping[str, str] | None = None
    extras: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sensitive: bool | None = None
    seen: str | None = None


def apply_decision(consent: Consent, decision: Decision) -> Sequence[Picked]:
    """What is to be sent.

    Raises:
        ConsentChangedError: the person saw something else.
        LicencesMissingError, InvalidSelectionError: the selection does not answer the request.
        SensitiveNotConfirmedError: sensitive data are among it, and the person did not agree to that.
    """
    if decision.seen is not None and decision.seen != consent.fingerprint:
        raise ConsentChangedError
    picked = consent.resolve(decision.selection, decision.extras)
    if decision.sensitive is False and is_sensitive(picked):
        raise SensitiveNotConfirmedError
    return picked


def is_sensitive(picked: Sequence[Picked]) -> bool:
    """Whether sensitive personal data would be shown (Personal Information Protection Law article 28)."""
    return any(shown.sensitive for one in picked for shown in one.option.shown)
