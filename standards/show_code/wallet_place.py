"""Addresses of a wallet service in few bytes: its own address without ``https://``, its status lists by their number.

The paths are part of the format: ``{wallet}/show-codes/redeem`` and ``{wallet}/status-lists/{number}``.
"""

from __future__ import annotations

from typing import Any, Final

from standards.cwt.readers import MAX_URI_CHARS, read_integer, read_status, read_text
from standards.status_list import StatusReference

_HTTPS: Final = "https://"
_HTTP: Final = "http://"
_LISTS: Final = "/status-lists/"
_REDEEM: Final = "/show-codes/redeem"
_MAX_LIST_NUMBER: Final = 2**40


def redeem_url(wallet_url: str) -> str:
    """Where a wallet service redeems codes."""
    return f"{wallet_url}{_REDEEM}"


def short_address(wallet_url: str) -> str:
    """The address as it is carried; one without a scheme means https."""
    return wallet_url.removeprefix(_HTTPS)


def read_address(value: Any) -> str:
    """The reverse of :func:`short_address`; raises ``ValueError``. Whether it may be asked is for others to say."""
    text = read_text(value, MAX_URI_CHARS)
    if text.startswith(_HTTP):
        return text
    if "://" in text:
        raise ValueError("https is not written")
    return _HTTPS + text


def short_status(reference: StatusReference, wallet_url: str) -> list[Any]:
    """``[list, index]``; a list of the same wallet service by its number, any other by its address."""
    number = reference.uri.removeprefix(f"{wallet_url}{_LISTS}")
    own = number.isascii() and number.isdigit() and str(int(number)) == number
    return [int(number) if own else reference.uri, reference.index]


def read_short_status(value: Any, wallet_url: str) -> StatusReference:
    """The reverse of :func:`short_status`; raises ``ValueError`` or ``TypeError``."""
    [place, index] = value
    if not isinstance(place, str):
        place = f"{wallet_url}{_LISTS}{read_integer(place, 0, _MAX_LIST_NUMBER)}"
    return read_status({"uri": place, "idx": index})
