"""What a scanner typed that is no SD-JWT: a show-licence code (``ELC1:``) or a printed sheet (``ELP1:``)."""

from __future__ import annotations

from standards.show_code import (
    SHEET_PREFIX,
    SHOW_CODE_PREFIX,
    UnverifiedSheet,
    UnverifiedShowCode,
    parse_sheet,
    parse_show_code,
)
from standards.show_code.redemption import sheet_name

ScannedCode = UnverifiedShowCode | UnverifiedSheet


def is_code(text: str) -> bool:
    """Whether ``text`` says that it is a code or a sheet."""
    return text.strip().startswith((SHOW_CODE_PREFIX, SHEET_PREFIX))


def parse_scanned(text: str) -> ScannedCode:
    """The code or sheet, nothing of it verified; raises ``ShowCodeError``."""
    stripped = text.strip()
    return parse_sheet(stripped) if stripped.startswith(SHEET_PREFIX) else parse_show_code(stripped)


def name_of(scanned: ScannedCode) -> str:
    """Its name, over what was signed: for single use, and in a request for redemption."""
    return sheet_name(scanned) if isinstance(scanned, UnverifiedSheet) else scanned.code_id


def redeem_url_of(scanned: ScannedCode) -> str:
    """Where it says that it is redeemed, unverified."""
    if isinstance(scanned, UnverifiedSheet):
        return scanned.unverified.redeem_url
    return scanned.delegation.unverified.redeem_url
