"""What a verifier demands beyond the standards: limits of time and form, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class VerificationPolicy:
    """Limits under which a licence is accepted. The defaults are for a staffed window."""

    clock_skew: timedelta = timedelta(seconds=60)
    """How far other clocks may differ from ours; applied to every time that another party wrote."""

    key_binding_max_age: timedelta = timedelta(minutes=10)
    """How long ago the holder may have signed the presentation (RFC 9901 section 7.3)."""

    status_list_max_age: timedelta = timedelta(hours=24)
    """How old a status list may be, whatever its own ``exp`` allows; older → INDETERMINATE, never accepted."""

    trust_list_max_age: timedelta | None = None
    """How old the issuer's trust list may be beside its own next update; ``None``: as old as that allows."""

    offline: bool = False
    """Whether the lists are those of a node that is cut off: the report says how old the trust list is, too."""

    code_clock_skew: timedelta = timedelta(seconds=10)
    """How far a phone's clock may differ when it makes a code; it corrects it by the wallet service's, so this is mostly
    the time that scanning takes. A code serves for a minute: more would let a photograph of it serve for longer."""

    redemption_required: bool = False
    """Whether a code that could not be redeemed is INDETERMINATE: without it, nobody knows that it is used only here."""

    status_required: bool = True
    """Whether a credential without a status reference is refused: it could not be revoked."""

    max_presentation_chars: int = 256 * 1024
    """Longest presentation that is read, in characters: room for a portrait."""
