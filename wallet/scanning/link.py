"""What a link is for: an offer of a licence, or a request to show one."""

from __future__ import annotations

from enum import StrEnum
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from standards.qr import read_qr_codes
from wallet.scanning.errors import NoCodeInPictureError, UnknownLinkError

MAX_LINK_CHARS: Final = 16_384
"""Longest link that is looked at, in characters."""


class LinkKind(StrEnum):
    """What a link leads to."""

    OFFER = "offer"
    REQUEST = "request"


def kind_of_link(link: str) -> LinkKind:
    """The kind of a link, by its query parameters (OpenID4VCI 1.0 section 4.1, OpenID4VP 1.0 section 5.4).

    Only the kind: whoever handles it parses it strictly.

    Raises:
        UnknownLinkError: it is neither.
    """
    if len(link) > MAX_LINK_CHARS:
        raise UnknownLinkError
    try:
        names = {name for name, _ in parse_qsl(urlsplit(link.strip()).query, max_num_fields=50)}
    except ValueError as error:
        raise UnknownLinkError from error
    if names & {"credential_offer", "credential_offer_uri"}:
        return LinkKind.OFFER
    if "client_id" in names and names & {"request_uri", "request"}:
        return LinkKind.REQUEST
    raise UnknownLinkError


def link_in_picture(picture: bytes) -> str:
    """The first link of ours among the QR codes of a picture.

    Raises:
        InvalidPictureError: no picture, or too large a one.
        NoCodeInPictureError: no code in it.
        UnknownLinkError: codes, but none that this wallet handles.
    """
    codes = read_qr_codes(picture)
    if not codes:
        raise NoCodeInPictureError
    for code in codes:
        try:
            kind_of_link(code.text)
        except UnknownLinkError:
            continue
        return code.text
    raise UnknownLinkError
