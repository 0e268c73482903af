"""Reading a DCQL query (OpenID4VP 1.0 section 6): every rule on known members, unknown members left aside."""

from __future__ import annotations

import re
from typing import Any, Final

from standards.dcql.query import (
    MDOC,
    SD_JWT,
    ClaimsPath,
    ClaimsQuery,
    CredentialQuery,
    CredentialSetQuery,
    DcqlQuery,
    TrustedAuthority,
)
from standards.errors import InvalidInputError
from standards.json_reader import Reader

MAX_CREDENTIALS: Final = 50
"""Most credential queries in one query."""

MAX_CLAIMS: Final = 200
"""Most claims in one credential query; also most claim sets and values."""

MAX_PATH: Final = 20
"""Longest claims path, in elements."""

AUTHORITY_TYPES: Final = ("aki", "etsi_tl", "openid_federation")
"""Kinds of trusted authority (section 6.1.1)."""

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")
_LARGEST_INTEGER: Final = 2**53 - 1


class InvalidDcqlQueryError(InvalidInputError):
    """What was given is not a DCQL query that can be answered."""

    code = "dcql-invalid-query"


def parse_dcql(obj: Any) -> DcqlQuery:
    """Read a ``dcql_query`` object.

    Raises:
        InvalidDcqlQueryError: with the JSON pointer of the first rule that is broken.
    """
    reader = Reader(obj, error=InvalidDcqlQueryError)
    credentials = tuple(
        _parse_credential(entry)
        for entry in reader.objects("credentials", min_items=1, max_items=MAX_CREDENTIALS)
    )
    ids = [credential.id for credential in credentials]
    if len(set(ids)) != len(ids):
        raise reader.fail("credentials", "凭证查询的 id 重复。", "Two credential queries have the same id.")
    sets: tuple[CredentialSetQuery, ...] = ()
    if "credential_sets" in reader:
        entries = reader.objects("credential_sets", min_items=1, max_items=MAX_CREDENTIALS)
        sets = tuple(_parse_set(entry, frozenset(ids)) for entry in entries)
    return DcqlQuery(credentials, sets)


def _parse_credential(reader: Reader) -> CredentialQuery:
    name = _parse_id(reader)
    kind = reader.choice("format", (SD_JWT, MDOC))
    claims: tuple[ClaimsQuery, ...] = ()
    if "claims" in reader:
        entries = reader.objects("claims", min_items=1, max_items=MAX_CLAIMS)
        claims = tuple(_parse_claim(entry, kind) for entry in entries)
    if len({claim.path for claim in claims}) != len(claims):
        raise reader.fail("claims", "同一字段被请求两次。", "The same claim is asked for twice.")
    named = [claim.id for claim in claims if claim.id is not None]
    if len(set(named)) != len(named):
        raise reader.fail("claims", "字段查询的 id 重复。", "Two claims queries have the same id.")
    authorities: tuple[TrustedAuthority, ...] = ()
    if "trusted_authorities" in reader:
        entries = reader.objects("trusted_authorities", min_items=1, max_items=MAX_CREDENTIALS)
        authorities = tuple(_parse_authority(entry) for entry in entries)
    binding = reader.optional_boolean("require_cryptographic_holder_binding")
    return CredentialQuery(
        id=name,
        format=kind,
        types=_parse_types(reader.object("meta"), kind),
        claims=claims,
        claim_sets=_parse_claim_sets(reader, claims),
        multiple=reader.optional_boolean("multiple") or False,
        require_holder_binding=binding if binding is not None else True,
        trusted_authorities=authorities,
    )


def _parse_id(reader: Reader) -> str:
    """An identifier of letters, digits, underscores and hyphens (section 6.1)."""
    name = reader.text("id", max_chars=100)
    if not _ID.fullmatch(name):
        raise reader.fail(
            "id", "id 只能含字母、数字、下划线和连字符。", "An id has letters, digits, _ and - only."
        )
    return name


def _parse_types(meta: Reader, kind: str) -> tuple[str, ...]:
    """``vct_values`` (appendix B.3.5) or ``doctype_value`` (appendix B.2.3); ``meta`` itself is required."""
    if kind == SD_JWT:
        return meta.texts("vct_values", min_items=1, max_items=MAX_CREDENTIALS, max_chars=2_000)
    return (meta.text("doctype_value", max_chars=500),)


def _parse_claim(reader: Reader, kind: str) -> ClaimsQuery:
    values: tuple[str | int | bool, ...] = ()
    if "values" in reader:
        values = tuple(reader.list("values", min_items=1, max_items=MAX_CLAIMS))
        if not all(_is_value(value) for value in values):
            raise reader.fail(
                "values", "值须为文字、整数或布尔值。", "Values are texts, integers or booleans."
            )
    return ClaimsQuery(
        path=_parse_path(reader, kind),
        id=_parse_id(reader) if "id" in reader else None,
        values=values,
        intent_to_retain=reader.optional_boolean("intent_to_retain") if kind == MDOC else None,
    )


def _is_value(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= 2_000
    return isinstance(value, bool) or (isinstance(value, int) and abs(value) <= _LARGEST_INTEGER)


def _parse_path(reader: Reader, kind: str) -> ClaimsPath:
    path = reader.list("path", min_items=1, max_items=MAX_PATH)
    for part in path:
        index = isinstance(part, int) and not isinstance(part, bool) and 0 <= part <= _LARGEST_INTEGER
        if not (part is None or index or (isinstance(part, str) and len(part) <= 500)):
            raise reader.fail(
                "path",
                "字段路径由文字、非负整数和 null 组成。",
                "A claims path consists of texts, integers from 0, and null.",
            )
    if kind == MDOC and not (len(path) == 2 and all(isinstance(part, str) for part in path)):
        raise reader.fail("path", "mdoc 的路径须为两段文字。", "An mdoc path is exactly two texts.")
    return tuple(path)


def _parse_claim_sets(reader: Reader, claims: tuple[ClaimsQuery, ...]) -> tuple[tuple[str, ...], ...]:
    if "claim_sets" not in reader:
        return ()
    ids = {claim.id for claim in claims}
    if not claims or None in ids:
        # Section 6.3: the id of a claims query is required when claim_sets is present.
        raise reader.fail(
            "claim_sets",
            "使用 claim_sets 时每个字段查询须有 id。",
            "With claim_sets every claims query needs an id, and there must be claims.",
        )
    return _parse_choices(reader, "claim_sets", frozenset(name for name in ids if name is not None))


def _parse_set(reader: Reader, ids: frozenset[str]) -> CredentialSetQuery:
    required = reader.optional_boolean("required")
    return CredentialSetQuery(
        _parse_choices(reader, "options", ids), required if required is not None else True
    )


def _parse_choices(reader: Reader, name: str, known: frozenset[str]) -> tuple[tuple[str, ...], ...]:
    """A list of non-empty lists of known ids, none twice in one list."""
    choices = []
    for choice in reader.list(name, min_items=1, max_items=MAX_CLAIMS):
        fits = isinstance(choice, list) and 0 < len(choice) <= MAX_CLAIMS
        if not fits or not all(isinstance(entry, str) and entry in known for entry in choice):
            raise reader.fail(
                name, "组合须为已定义 id 的非空列表。", "A choice is a non-empty list of ids defined here."
            )
        if len(set(choice)) != len(choice):
            raise reader.fail(name, "组合中 id 重复。", "A choice names an id twice.")
        choices.append(tuple(choice))
    return tuple(choices)


def _parse_authority(reader: Reader) -> TrustedAuthority:
    return TrustedAuthority(
        reader.choice("type", AUTHORITY_TYPES),
        reader.texts("values", min_items=1, max_items=MAX_CLAIMS, max_chars=2_000),
    )
