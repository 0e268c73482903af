"""How long each kind of document is made to last, and how long a copy may be good for: data, by licence type.

What ships stands in ``seal-policy.json`` beside this module; ``{data}/documents/seal-policy.json`` of the operator overrides single
members, for all types (``default``) or for one (``types``, by its code of 21 characters).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import Final

from issuer.documents.errors import InvalidSealPolicyError
from keys.sealing import SealLevel
from standards.json_reader import Reader, parse_json

FILE_NAME: Final = "seal-policy.json"
DIRECTORY: Final = "documents"

LONGEST_COPY_DAYS: Final = 3660
"""No policy lets a copy last for longer: by then it is a second original."""

_LEVELS: Final = tuple(level.value for level in SealLevel)
_MEMBERS: Final = frozenset({"original", "copy", "copy_days", "longest_copy_days"})
_TYPE_CODE: Final = re.compile(r"[0-9A-Z]{21}", re.ASCII)
_MAX_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class SealPolicy:
    """Of one licence type.

    Attributes:
        original: level of the seal on originals (ETSI EN 319 142-1 section 6); only B-LTA is renewed before it weakens.
        copy: level on copies for one use.
        copy_days: how long a copy is good for unless its asker says otherwise.
        longest_copy_days: the longest that may be asked for.
    """

    original: SealLevel
    copy: SealLevel
    copy_days: int
    longest_copy_days: int

    @property
    def longest_copy(self) -> timedelta:
        """The longest that a copy may be good for."""
        return timedelta(days=self.longest_copy_days)


@dataclass(frozen=True, slots=True)
class SealPolicies:
    """The policy of every type."""

    default: SealPolicy
    by_type: Mapping[str, SealPolicy]

    def of(self, type_code: str) -> SealPolicy:
        """The policy of a licence type, by its code."""
        return self.by_type.get(type_code, self.default)


def load_policies(data: Path | None = None) -> SealPolicies:
    """What ships, and what the operator changed in the data directory.

    Raises:
        InvalidSealPolicyError: the operator's file is no policy; ``where`` says what.
    """
    shipped = resources.files(__package__).joinpath(FILE_NAME).read_bytes()
    policies = parse_policies(shipped)
    file = data / DIRECTORY / FILE_NAME if data is not None else None
    if file is None or not file.exists():
        return policies
    return parse_policies(file.read_bytes(), policies)


def parse_policies(content: bytes, under: SealPolicies | None = None) -> SealPolicies:
    """Read a file; a member that it lacks is as in ``under``, and a type's as in the file's own default.

    Raises:
        InvalidSealPolicyError: not such a file, an unknown member, level or code, or days that make no sense.
    """
    if len(content) > _MAX_BYTES:
        raise InvalidSealPolicyError("文件过大。", "The file is too large.")
    reader = Reader(parse_json(content, error=InvalidSealPolicyError), error=InvalidSealPolicyError)
    reader.refuse_unknown(frozenset({"default", "types"}))
    given = reader.optional_object("default")
    default = (
        _policy(given, None if under is None else under.default)
        if given is not None or under is None
        else under.default
    )
    by_type = {} if under is None else {code: under.by_type[code] for code in under.by_type}
    types = reader.optional_object("types")
    for code in types.names() if types is not None else ():
        assert types is not None
        if not _TYPE_CODE.fullmatch(code):
            raise types.fail(
                code, "不是证照类型代码（21 位）。", "No code of a licence type (21 characters)."
            )
        by_type[code] = _policy(types.object(code), by_type.get(code, default))
    return SealPolicies(default, by_type)


def _policy(reader: Reader | None, under: SealPolicy | None) -> SealPolicy:
    if reader is None:
        raise InvalidSealPolicyError("缺少 default。", "The member `default` is missing.", where="/default")
    reader.refuse_unknown(_MEMBERS)
    if under is None:
        policy = SealPolicy(
            SealLevel(reader.choice("original", _LEVELS)),
            SealLevel(reader.choice("copy", _LEVELS)),
            reader.integer("copy_days", minimum=1, maximum=LONGEST_COPY_DAYS),
            reader.integer("longest_copy_days", minimum=1, maximum=LONGEST_COPY_DAYS),
        )
    else:
        original, copy = reader.optional_choice("original", _LEVELS), reader.optional_choice("copy", _LEVELS)
        days = reader.optional_integer("copy_days", minimum=1, maximum=LONGEST_COPY_DAYS)
        longest = reader.optional_integer("longest_copy_days", minimum=1, maximum=LONGEST_COPY_DAYS)
        policy = replace(
            under,
            original=under.original if original is None else SealLevel(original),
            copy=under.copy if copy is None else SealLevel(copy),
            copy_days=under.copy_days if days is None else days,
            longest_copy_days=under.longest_copy_days if longest is None else longest,
        )
    if policy.copy_days > policy.longest_copy_days:
        raise reader.fail(
            "copy_days", "默认天数超过最长天数。", "The usual number of days is more than the longest."
        )
    return policy
