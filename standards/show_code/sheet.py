"""A printed sheet: ``ELP1:`` and Base45 of CBOR ``[compact licence, permission]``.

For people without a phone. The permission is a COSE_Sign1 of the copy's key over
``[sheet id, not before, lifetime in seconds, [items], wallet service, [list, index], [name, last four] or null]`` and
``"ELP1" ‖ SHA-256(compact licence)``. Paper can be copied: it is limited to stated items and dates, and can be withdrawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from standards.cwt import UnverifiedCompactLicence, parse_compact_licence
from standards.cwt.cbor import decode_cbor, encode_cbor
from standards.cwt.cose import UnverifiedSign1, build_sign1, parse_sign1, verify_sign1
from standards.cwt.errors import CwtError
from standards.cwt.readers import MALFORMED, read_instant, read_integer, read_text
from standards.jose import PublicJwk, Sign
from standards.show_code.acting import NUMBER_END_CHARS
from standards.show_code.envelope import open_text, seal_text
from standards.show_code.errors import PermissionSignatureError, PermissionTimeError, ShowCodeError
from standards.show_code.wallet_place import (
    read_address,
    read_short_status,
    redeem_url,
    short_address,
    short_status,
)
from standards.status_list import StatusReference

SHEET_PREFIX: Final = "ELP1:"

MAX_SHEET_LIFETIME: Final = timedelta(days=92)
"""Longest a sheet serves: what is on paper ends by itself."""

MAX_ITEMS: Final = 5
"""Most service items of one sheet; each takes its place in the symbol."""

_MAX_ITEM_CHARS: Final = 64
_MAX_ID_CHARS: Final = 32
_MAX_NAME_CHARS: Final = 100
_CONTEXT: Final = b"ELP1"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who else than the holder may hand the sheet over: name, and the last four of the number."""

    name: str
    number_end: str


@dataclass(frozen=True, slots=True)
class Permission:
    """What the holder's key allows with a sheet.

    Attributes:
        sheet_id: names the sheet; short, it is printed too.
        not_before, expires_at: when it may be used, whole seconds, at most ``MAX_SHEET_LIFETIME`` apart.
        items: codes of the service items that it is for, at least one.
        wallet_url: address of the wallet service, where a window on line has the use noted and gets more.
        status: the sheet's own entry in the wallet provider's list.
        bearer: who may hand it over, or ``None`` for the holder alone.
    """

    sheet_id: str
    not_before: datetime
    expires_at: datetime
    items: tuple[str, ...]
    wallet_url: str
    status: StatusReference
    bearer: Bearer | None = None

    def __post_init__(self) -> None:
        if not timedelta() < self.expires_at - self.not_before <= MAX_SHEET_LIFETIME:
            raise ShowCodeError("纸质凭证最长 92 天。", "A printed sheet lasts at most 92 days.")
        if not 0 < len(self.items) <= MAX_ITEMS:
            raise ShowCodeError("纸质凭证须写明 1 至 5 个事项。", "A printed sheet names one to five items.")

    @property
    def redeem_url(self) -> str:
        """Where a window has a use noted."""
        return redeem_url(self.wallet_url)

    def covers(self, item: str | None) -> bool:
        """Whether the sheet is for the service item of this code."""
        return item in self.items


@dataclass(frozen=True, slots=True)
class UnverifiedSheet:
    """A well-formed sheet of which nothing has been verified."""

    licence: UnverifiedCompactLicence
    message: UnverifiedSign1
    unverified: Permission


@dataclass(frozen=True, slots=True)
class VerifiedSheet:
    """A sheet that the holder's key signed. Made only by :func:`verify_sheet`."""

    permission: Permission


def build_sheet(licence: bytes, permission: Permission, sign: Sign) -> str:
    """The text of a sheet; ``sign`` is by the key of the copy. Signed again when it would end in a space."""
    begins = int(permission.not_before.timestamp())
    bearer = permission.bearer
    payload = encode_cbor(
        [
            permission.sheet_id,
            begins,
            int(permission.expires_at.timestamp()) - begins,
            list(permission.items),
            short_address(permission.wallet_url),
            short_status(permission.status, permission.wallet_url),
            None if bearer is None else [bearer.name, bearer.number_end],
        ]
    )
    external = _CONTEXT + sha256(licence).digest()
    while True:
        text = seal_text(SHEET_PREFIX, [licence, build_sign1({}, payload, sign, external=external)])
        if not text.endswith(" "):
            return text


def parse_sheet(text: str) -> UnverifiedSheet:
    """A sheet from what a scanner typed; raises ``ShowCodeError``."""
    licence, signed = open_text(SHEET_PREFIX, text, parts=2)
    try:
        message = parse_sign1(signed)
        return UnverifiedSheet(
            parse_compact_licence(licence), message, _read_permission(decode_cbor(message.payload))
        )
    except ShowCodeError:
        raise
    except CwtError as cause:
        raise ShowCodeError(cause.message.zh, cause.message.en) from cause
    except (OverflowError, *MALFORMED) as cause:
        raise ShowCodeError("纸质凭证格式不对。", "The sheet does not have its form.") from cause


def verify_sheet(
    sheet: UnverifiedSheet, *, holder_key: PublicJwk, at: datetime, clock_skew: timedelta = timedelta()
) -> VerifiedSheet:
    """The sheet as signed by ``holder_key``, in its time at ``at``; item and status are for the caller.

    Raises ``PermissionSignatureError`` or ``PermissionTimeError``.
    """
    try:
        verify_sign1(sheet.message, holder_key.public_key(), external=_CONTEXT + sheet.licence.digest)
    except CwtError as cause:
        raise PermissionSignatureError(
            "纸质凭证不是持证人签发的。", "The holder's key did not sign this sheet."
        ) from cause
    permission = sheet.unverified
    if not permission.not_before - clock_skew <= at < permission.expires_at + clock_skew:
        raise PermissionTimeError("纸质凭证不在有效时间内。", "The sheet is not valid at this time.")
    return VerifiedSheet(permission)


def _read_permission(value: Any) -> Permission:
    [sheet_id, begins, seconds, items, address, status, bearer] = value
    wallet_url = read_address(address)
    not_before = read_instant(begins)
    lifetime = timedelta(seconds=read_integer(seconds, 1, int(MAX_SHEET_LIFETIME.total_seconds())))
    return Permission(
        read_text(sheet_id, _MAX_ID_CHARS),
        not_before,
        not_before + lifetime,
        tuple(read_text(item, _MAX_ITEM_CHARS) for item in items),
        wallet_url,
        read_short_status(status, wallet_url),
        None if bearer is None else _read_bearer(bearer),
    )


def _read_bearer(value: Any) -> Bearer:
    [name, number_end] = value
    return Bearer(read_text(name, _MAX_NAME_CHARS), read_text(number_end, NUMBER_END_CHARS))
