"""Who shows a code for whom, in short: enough for the clerk and for the status, the grant itself comes on line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from standards.cwt.readers import read_integer, read_text
from standards.jose import JoseError, b64url_decode, b64url_encode
from standards.mandate.acting import REPRESENTATIVE_CAPACITIES, Capacity
from standards.show_code.errors import ShowCodeError
from standards.show_code.wallet_place import read_short_status, short_status
from standards.status_list import StatusReference

_CAPACITIES: Final[tuple[Capacity, ...]] = (
    "legal_representative",
    "guardian",
    "manager",
    "agent",
    "relative",
)
"""In wire order, from 1: never reordered."""

_MAX_NAME_CHARS: Final = 100
_MAX_GRANT_CHARS: Final = 64
NUMBER_END_CHARS: Final = 4
_PACKED_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class ShortGrant:
    """The grant that is acted under.

    Attributes:
        id: its id.
        limited: whether it is limited to some types, items, divisions or times; then only the wallet service, asked
            on line, can say whether it carries this show.
        status: its entry in the wallet provider's list.
    """

    id: str
    limited: bool
    status: StatusReference


@dataclass(frozen=True, slots=True)
class ShortActing:
    """Who acts.

    Attributes:
        capacity: as what; who shows his own licence has no such value at all.
        name: of the person.
        number_end: last four characters of the person's number.
        grant: ``None`` for a legal representative or a guardian.
    """

    capacity: Capacity
    name: str
    number_end: str
    grant: ShortGrant | None

    def __post_init__(self) -> None:
        if (self.capacity in REPRESENTATIVE_CAPACITIES) != (self.grant is None):
            raise ShowCodeError("授权与身份不符。", "The grant does not fit the capacity.")
        if len(self.number_end) > NUMBER_END_CHARS:
            raise ShowCodeError("号码只写末四位。", "Only the last four of the number are written.")


def acting_array(acting: ShortActing, wallet_url: str) -> list[Any]:
    """``[capacity, name, last four, grant or null]``, a grant ``[id, limited, list, index]``;
    an id that is base64url of eight bytes or more goes as those bytes.
    """
    grant = acting.grant
    return [
        _CAPACITIES.index(acting.capacity) + 1,
        acting.name,
        acting.number_end,
        None
        if grant is None
        else [_pack_id(grant.id), grant.limited, *short_status(grant.status, wallet_url)],
    ]


def read_acting(value: Any, wallet_url: str) -> ShortActing:
    """The reverse of :func:`acting_array`; raises ``ValueError``, ``TypeError`` or ``ShowCodeError``."""
    [capacity, name, number_end, grant] = value
    return ShortActing(
        _CAPACITIES[read_integer(capacity, 1, len(_CAPACITIES)) - 1],
        read_text(name, _MAX_NAME_CHARS),
        read_text(number_end, NUMBER_END_CHARS),
        None if grant is None else _read_grant(grant, wallet_url),
    )


def _read_grant(value: Any, wallet_url: str) -> ShortGrant:
    [grant_id, limited, *status] = value
    if not isinstance(limited, bool):
        raise TypeError("not a boolean")
    return ShortGrant(_unpack_id(grant_id), limited, read_short_status(status, wallet_url))


def _pack_id(grant_id: str) -> str | bytes:
    """An id that is base64url of bytes as those bytes: a quarter less."""
    try:
        packed = b64url_decode(grant_id)
    except JoseError:
        return grant_id
    return packed if len(packed) >= _PACKED_BYTES else grant_id


def _unpack_id(value: Any) -> str:
    if isinstance(value, bytes) and len(value) >= _PACKED_BYTES:
        value = b64url_encode(value)
    return read_text(value, _MAX_GRANT_CHARS)
