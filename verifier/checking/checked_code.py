"""What checking a code or a sheet answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from standards.mandate import Capacity
from standards.text import Text
from standards.verification_report import VerificationReport
from verifier.checking.checked import CheckedLicence
from verifier.checking.evidence import ListUsed


@dataclass(frozen=True, slots=True)
class ShortShownBy:
    """Who holds the phone, or may hand the sheet over, when it is not the holder: as the code says it, in short.

    Attributes:
        capacity: as what; ``None`` for who hands over a sheet.
        name: of the person.
        number_end: last four of the number.
        grant: id of the grant, or ``None``.
    """

    capacity: Capacity | None
    name: str = field(repr=False)
    number_end: str = field(repr=False)
    grant: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Wire shape."""
        return {
            "capacity": self.capacity,
            "name": self.name,
            "number_end": self.number_end,
            "grant": self.grant,
        }


@dataclass(frozen=True, slots=True)
class CheckedCode:
    """The answer about one code or sheet.

    Attributes:
        kind: ``code`` or ``sheet``.
        report: findings and verdict.
        name: of the code or sheet, or ``None`` when it could not be read.
        licence: the compact licence, once its issuer's signature and path hold: claims under their names, the number of
            a person in short; ``None`` else.
        shown_by: who shows for the holder, or ``None``; said by the holder's key once step 7 holds.
        items: service items that a sheet is for; empty for a code.
        expires_at: end of a sheet, or ``None``.
        redeemed: whether the wallet service redeemed it.
        portrait: the face of the person at the window, base64, from the verified identity card; ``None`` without one.
        presented: query id → licences that the wallet service presented, verified.
        vp_token: the same as received.
        lists: lists that the decision rests on.
        issuer_certificate: DER of the certificate under which the compact licence was checked, which names it by thumbprint
            only; ``None`` when it was not in hand.
    """

    kind: Literal["code", "sheet"]
    report: VerificationReport
    name: str | None = None
    licence: CheckedLicence | None = None
    shown_by: ShortShownBy | None = None
    items: tuple[str, ...] = ()
    expires_at: datetime | None = None
    redeemed: bool = False
    portrait: str | None = field(default=None, repr=False)
    presented: Mapping[str, tuple[CheckedLicence, ...]] = field(default_factory=dict, repr=False)
    vp_token: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    lists: tuple[ListUsed, ...] = ()
    issuer_certificate: bytes | None = field(default=None, repr=False)

    @property
    def issuer(self) -> Text | None:
        """Who issued the licence."""
        return self.licence.issuer if self.licence else None
