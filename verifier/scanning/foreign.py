"""Telling apart what is no licence: by its first characters, its length and its check digits. Nothing is opened or asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from standards.codes.citizen_number import InvalidCitizenNumberError, parse_citizen_number
from standards.codes.licence_identifier import InvalidLicenceIdentifierError, parse_licence_identifier
from standards.codes.uscc import is_uscc
from verifier.scanning.foreign_kind import ForeignKind
from verifier.scanning.harmless import harmless
from verifier.scanning.recognised import Foreign

MAX_TEXT_CHARS: Final = 256 * 1024
"""Longest text looked at; a licence with a portrait is shorter."""

_QUIET: Final = frozenset(
    {
        ForeignKind.PAYMENT_CODE,
        ForeignKind.ID_NUMBER,
        ForeignKind.WIFI,
        ForeignKind.VCARD,
        ForeignKind.PASSWORD_GENERATOR,
        ForeignKind.HEALTH_CODE,
        ForeignKind.RAIL_TICKET,
        ForeignKind.BOARDING_PASS,
        ForeignKind.PHONE_NUMBER,
        ForeignKind.MESSAGE,
        ForeignKind.ENCRYPTED_RESPONSE,
        ForeignKind.OTHER_TOKEN,
        ForeignKind.UNREADABLE,
    }
)
"""Of these not a character is shown or kept: they are secrets or personal data of who holds them up by mistake."""

_B64 = "[A-Za-z0-9_-]"
_DIGITS: Final = re.compile(r"[0-9]+", re.ASCII)


def _pattern(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.ASCII | re.IGNORECASE)
    return lambda text: compiled.match(text) is not None


# In this order; the first that fits. No pattern repeats a repetition, so each takes time in proportion to the text.
_KINDS: Final[tuple[tuple[ForeignKind, Callable[[str], bool]], ...]] = (
    (
        ForeignKind.SCRIPT,
        _pattern(r"(javascript|vbscript|data):|<!doctype|<(script|html|svg|iframe|img|body|object|embed)\b"),
    ),
    (
        ForeignKind.WINDOW_REQUEST,
        _pattern(
            r"(openid4vp|mdoc-openid4vp|haip|haip-vp|eudi-openid4vp):|https?://[^\s?#]{1,200}/present\?[^\s]{0,3000}request_uri="
        ),
    ),
    (
        ForeignKind.OFFER,
        _pattern(
            r"(openid-credential-offer|haip-vci):|https?://[^\s?#]{1,200}\?[^\s]{0,3000}credential_offer(_uri)?="
        ),
    ),
    (ForeignKind.MOBILE_DOCUMENT, _pattern(r"mdoc:")),
    (
        ForeignKind.PAYEE_CODE,
        _pattern(
            r"wxp://|alipays?://|upi://|https?://(qr\.alipay\.com|qr\.95516\.com|wx\.tenpay\.com|payapp\.(weixin|wechatpay)\.)|000201[0-9]{2}"
        ),
    ),
    (
        ForeignKind.CONTACT_CODE,
        _pattern(
            r"(weixin|wechat|tg|whatsapp|line)://|https?://(u\.wechat\.com|weixin\.qq\.com|w\.url\.cn|wa\.me|t\.me|qm\.qq\.com)/"
        ),
    ),
    (
        ForeignKind.HEALTH_CODE,
        _pattern(r"HC[0-9]:|shc:/|https?://[^\s/]{0,80}(jkm|healthcode|jiankang)[^\s/]{0,80}/"),
    ),
    (ForeignKind.WIFI, _pattern(r"WIFI:")),
    (ForeignKind.VCARD, _pattern(r"BEGIN:VCARD|MECARD:|BIZCARD:")),
    (ForeignKind.PASSWORD_GENERATOR, _pattern(r"otpauth(-migration)?://|FIDO:/")),
    (ForeignKind.CRYPTOCURRENCY, _pattern(r"(bitcoin|ethereum|litecoin|monero|solana|tron|lightning):")),
    (ForeignKind.MESSAGE, _pattern(r"(tel|sms|smsto|mailto|matmsg|geo):|BEGIN:V(EVENT|CALENDAR)")),
    (ForeignKind.WEB_LINK, _pattern(r"(https?|ftp|wss?)://|www\.[a-z0-9-]+\.")),
    (ForeignKind.INVOICE, _pattern(r"0[0-9],[0-9]{2},[0-9]*,[0-9]{8,20},")),
    (ForeignKind.BOARDING_PASS, _pattern(r"M[1-9][A-Z][A-Z ./-]{19}[E ][A-Z0-9]{5,7} ?[A-Z]{6}")),
    (ForeignKind.PRODUCT_CODE, _pattern(r"\]C1|\(01\)[0-9]{14}")),
    (ForeignKind.LICENCE_IDENTIFIER, _pattern(r"1\.2\.156\.3005\.2\.")),
    (
        ForeignKind.ENCRYPTED_RESPONSE,
        _pattern(rf"(response=)?ey{_B64}+\.{_B64}*\.{_B64}+\.{_B64}+\.{_B64}+(&[^\s]*)?\Z"),
    ),
    (ForeignKind.OTHER_TOKEN, _pattern(rf"(Bearer )?ey{_B64}+\.{_B64}*\.{_B64}*\Z")),
    (ForeignKind.APP_LINK, _pattern(r"[a-z][a-z0-9+.-]{1,30}://")),
)


def foreign(text: str) -> Foreign:
    """What ``text`` is, if it is no code of ours."""
    if not text:
        return Foreign(ForeignKind.EMPTY)
    kind = _kind(text)
    return Foreign(kind, "" if kind in _QUIET else harmless(text))


def _kind(text: str) -> ForeignKind:
    if len(text) > MAX_TEXT_CHARS:
        return ForeignKind.TOO_LONG
    if _is_binary(text):
        return ForeignKind.UNREADABLE
    compact = re.sub(r"[\s-]", "", text) if len(text) < 400 else text
    if _DIGITS.fullmatch(compact):
        return _kind_of_number(compact)
    if _is_citizen_number(compact):
        return ForeignKind.ID_NUMBER
    if is_uscc(compact):
        return ForeignKind.ORGANISATION_NUMBER
    if _is_identifier(compact):
        return ForeignKind.LICENCE_IDENTIFIER
    for kind, fits in _KINDS:
        if fits(text):
            return kind
    return ForeignKind.TEXT


def _kind_of_number(number: str) -> ForeignKind:
    size, head = len(number), number[:2]
    if _is_citizen_number(number):
        return ForeignKind.ID_NUMBER
    # The payment codes that phones show, by the first two digits (WeChat Pay: 18 digits; Alipay: 16 to 24).
    if (size == 18 and "10" <= head <= "15") or (16 <= size <= 24 and "25" <= head <= "30"):
        return ForeignKind.PAYMENT_CODE
    # UnionPay's QR payment codes: 19 digits from 62.
    if size == 19 and head == "62":
        return ForeignKind.PAYMENT_CODE
    if is_uscc(number):
        return ForeignKind.ORGANISATION_NUMBER
    if size == 11 and "13" <= head <= "19":
        return ForeignKind.PHONE_NUMBER
    if size in (12, 13, 14) and _ean_holds(number):
        return ForeignKind.PRODUCT_CODE
    # What is printed on rail tickets is one enciphered number of this length.
    if 100 <= size <= 200:
        return ForeignKind.RAIL_TICKET
    return ForeignKind.PLAIN_NUMBER


def _ean_holds(number: str) -> bool:
    """Check digit of GS1 General Specifications section 7.9."""
    digits = [int(digit) for digit in reversed(number)]
    return sum(digits[0::2]) % 10 == -3 * sum(digits[1::2]) % 10


def _is_citizen_number(text: str) -> bool:
    try:
        parse_citizen_number(text.upper())
    except InvalidCitizenNumberError:
        return False
    return True


def _is_identifier(text: str) -> bool:
    try:
        parse_licence_identifier(text)
    except InvalidLicenceIdentifierError:
        return False
    return True


def _is_binary(text: str) -> bool:
    """Whether much of it is no character that anybody writes."""
    start = text[:2000]
    odd = sum(
        1 for char in start if unicodedata.category(char) in {"Cc", "Cs", "Co", "Cn"} and char not in "\t\r\n"
    )
    return odd * 10 > len(start)
