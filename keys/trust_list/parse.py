"""Reading the claims of a trust list: untrusted JSON to a value, or an error that names the place."""

from __future__ import annotations

import binascii
import re
from datetime import UTC, datetime
from typing import Any, Final

from keys.certificates import load_certificate
from keys.certificates.wire import MAX_CERTIFICATE_BYTES
from keys.errors import CertificateError, TrustListError
from keys.trust_list.entry import Grant, Role, ServiceItem, TrustEntry
from keys.trust_list.value import INSTANT_FORMAT, NATION, RegionEntry, TrustList, in_area
from standards.json_reader import Reader
from standards.text import Text

MAX_ENTRIES: Final = 20_000
"""Most organisations on one list: a province has about 5,000 issuing authorities."""

MAX_REGIONS: Final = 4_000
"""Most regions on the nation's list: all provinces, cities and counties are fewer."""

_MAX_CERTIFICATES: Final = 16
_MAX_GRANTS: Final = 2_000
_MAX_URI_CHARS: Final = 1_024
_MAX_CODE_CHARS: Final = 64
_MAX_NAME_CHARS: Final = 200
_MAX_CERTIFICATE_CHARS: Final = MAX_CERTIFICATE_BYTES * 4 // 3 + 4
_DIVISION: Final = re.compile(r"[0-9]{6}")
_USCC: Final = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_THUMBPRINT: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_INSTANT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_LATEST_EPOCH: Final = 253_402_300_799  # 9999-12-31T23:59:59Z, the last second that datetime can hold


def parse_trust_list(claims: Any) -> TrustList:
    """The list in a claims set, not verified; raises ``TrustListError``.

    A list speaks only about its own area: an entry whose division lies outside is refused, and so is the whole list,
    because whoever made it cannot be relied on.
    """
    reader = Reader(claims, error=TrustListError)
    division = _matching(reader, "division", _DIVISION)
    issued_at, next_update = _epoch(reader, "iat"), _epoch(reader, "exp")
    if next_update <= issued_at:
        raise reader.fail(
            "exp", "下次更新时间早于签发时间。", "The next update is due before the list was made."
        )
    if division != NATION and "regions" in reader:
        raise reader.fail("regions", "只有国家级列表可以列出地区。", "Only the nation's list names regions.")
    regions = (
        tuple(_region(item) for item in reader.objects("regions", max_items=MAX_REGIONS))
        if division == NATION
        else ()
    )
    if len({region.division for region in regions}) != len(regions):
        raise reader.fail("regions", "同一地区出现两次。", "A region occurs twice.")
    entries = tuple(_entry(item, division) for item in reader.objects("entries", max_items=MAX_ENTRIES))
    return TrustList(
        division=division,
        name=_text(reader, "name"),
        uri=reader.text("sub", max_chars=_MAX_URI_CHARS),
        sequence=reader.integer("sequence", minimum=1),
        issued_at=issued_at,
        next_update=next_update,
        crl_uri=reader.optional_text("crl_uri", max_chars=_MAX_URI_CHARS),
        regions=regions,
        entries=entries,
        certificates_uri=reader.optional_text("certificates_uri", max_chars=_MAX_URI_CHARS),
    )


def _region(reader: Reader) -> RegionEntry:
    division = _matching(reader, "division", _DIVISION)
    if division == NATION:
        raise reader.fail("division", "国家不是地区。", "The nation is not a region.")
    texts = reader.texts(
        "authorities", max_chars=_MAX_CERTIFICATE_CHARS, min_items=1, max_items=_MAX_CERTIFICATES
    )
    return RegionEntry(
        division=division,
        name=_text(reader, "name"),
        list_uri=reader.text("list_uri", max_chars=_MAX_URI_CHARS),
        list_signers=_thumbprints(reader, "list_signers"),
        authorities=tuple(
            _certificate(text, reader.pointer("authorities", index)) for index, text in enumerate(texts)
        ),
        crl_uri=reader.optional_text("crl_uri", max_chars=_MAX_URI_CHARS),
    )


def _entry(reader: Reader, area: str) -> TrustEntry:
    division = _matching(reader, "division", _DIVISION)
    if not in_area(division, area):
        raise reader.fail(
            "division", "该机构不在本列表的辖区内。", "This organisation is outside the list's area."
        )
    since, until = _period(reader)
    return TrustEntry(
        role=Role(reader.choice("role", tuple(Role))),
        uscc=_matching(reader, "uscc", _USCC),
        name=_text(reader, "name"),
        division=division,
        certificates=_thumbprints(reader, "certificates"),
        since=since,
        until=until,
        issuer_identifier=reader.optional_text("issuer_identifier", max_chars=_MAX_URI_CHARS),
        licence_types=tuple(_grant(item) for item in _optional_objects(reader, "licence_types")),
        service_items=tuple(
            ServiceItem(item.text("code", max_chars=_MAX_CODE_CHARS), _text(item, "name"))
            for item in _optional_objects(reader, "service_items")
        ),
    )


def _grant(reader: Reader) -> Grant:
    since, until = _period(reader)
    return Grant(reader.text("code", max_chars=_MAX_CODE_CHARS), since, until)


def _period(reader: Reader) -> tuple[datetime, datetime | None]:
    since = _instant(reader, "since")
    until = _instant(reader, "until") if "until" in reader else None
    if until is not None and until < since:
        raise reader.fail("until", "终止时间早于起始时间。", "The end is before the beginning.")
    return since, until


def _optional_objects(reader: Reader, name: str) -> list[Reader]:
    return list(reader.objects(name, max_items=_MAX_GRANTS)) if name in reader else []


def _text(reader: Reader, name: str) -> Text:
    inner = reader.object(name)
    return Text(inner.text("zh", max_chars=_MAX_NAME_CHARS), inner.text("en", max_chars=_MAX_NAME_CHARS))


def _matching(reader: Reader, name: str, pattern: re.Pattern[str]) -> str:
    value = reader.text(name, max_chars=64)
    if not pattern.fullmatch(value):
        raise reader.fail(name, "格式不正确。", "This member is malformed.")
    return value


def _thumbprints(reader: Reader, name: str) -> tuple[str, ...]:
    values = reader.texts(name, max_chars=43, min_items=1, max_items=_MAX_CERTIFICATES)
    if not all(_THUMBPRINT.fullmatch(value) for value in values):
        raise reader.fail(name, "证书指纹格式不正确。", "A certificate thumbprint is malformed.")
    return values


def _instant(reader: Reader, name: str) -> datetime:
    value = reader.text(name, max_chars=20)
    if not _INSTANT.fullmatch(value):
        raise reader.fail(name, "时间格式不正确。", "This instant is malformed.")
    try:
        return datetime.strptime(value, INSTANT_FORMAT).replace(tzinfo=UTC)
    except ValueError as cause:
        raise reader.fail(name, "没有这个时间。", "There is no such instant.") from cause


def _epoch(reader: Reader, name: str) -> datetime:
    return datetime.fromtimestamp(reader.integer(name, maximum=_LATEST_EPOCH), UTC)


def _certificate(text: str, where: str) -> bytes:
    try:
        der = binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
        load_certificate(der)
    except (binascii.Error, UnicodeEncodeError, CertificateError) as cause:
        raise TrustListError("证书格式不正确。", "A certificate is malformed.", where=where) from cause
    return der
