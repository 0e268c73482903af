"""Putting disclosed claims back in the place of their digests (RFC 9901 section 7.1 step 3).

Refused, each by the clause that asks for it: a digest that occurs twice, a disclosure that no digest refers to, a
disclosed name that is already there, a digest in the wrong kind of place, ``_sd_alg`` below the top level.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from standards.sd_jwt.disclosure import DIGEST_ALGORITHM, Disclosure
from standards.sd_jwt.errors import SdJwtError, UnsignedDisclosureError

MAX_DEPTH: Final = 32
"""Deepest nesting of claims that is followed, disclosures counted like any other level."""

_NESTED: Final = (dict, list)
# Names that mean something only at the top level, or in an array.
_MISPLACED: Final = frozenset({"...", "_sd_alg"})

RevealedPath = tuple[str | int, ...]
"""Where a disclosed claim stands among the revealed claims: names and indexes from the top."""


def reveal(payload: Mapping[str, Any], disclosures: Iterable[Disclosure]) -> dict[str, Any]:
    """The claims as the issuer meant them, without what was withheld; raises as ``reveal_with_paths``."""
    return reveal_with_paths(payload, disclosures)[0]


def reveal_with_paths(
    payload: Mapping[str, Any], disclosures: Iterable[Disclosure]
) -> tuple[dict[str, Any], tuple[RevealedPath, ...]]:
    """The claims as the issuer meant them, without what was withheld, and the path of each disclosed one.

    Args:
        payload: claims of the issuer-signed JWT.
        disclosures: all disclosures that were received with it.

    Raises ``UnsignedDisclosureError`` for a disclosure without a digest, ``SdJwtError`` for any other breach.
    """
    if payload.get("_sd_alg", DIGEST_ALGORITHM) != DIGEST_ALGORITHM:
        raise SdJwtError(
            "不支持的披露摘要算法。",
            "The digest algorithm of the disclosures is not supported.",
            where="/_sd_alg",
        )
    unused: dict[str, Disclosure] = {}
    for disclosure in disclosures:
        if disclosure.digest in unused:
            raise SdJwtError("披露项重复。", "A disclosure occurs twice.")
        unused[disclosure.digest] = disclosure
    walk = _Walk(unused)
    claims = walk.object_at((), {name: value for name, value in payload.items() if name != "_sd_alg"})
    if unused:
        raise UnsignedDisclosureError(
            "出示的信息与签发机构签署的内容不一致。",
            "A disclosure was shown that the issuer did not sign.",
        )
    return claims, tuple(walk.disclosed)


class _Walk:
    """One walk over one payload: takes disclosures out of ``unused`` as their digests are met."""

    __slots__ = ("_seen", "_unused", "disclosed")

    def __init__(self, unused: dict[str, Disclosure]) -> None:
        self.disclosed: list[RevealedPath] = []
        self._unused = unused
        self._seen: set[str] = set()

    def object_at(self, path: RevealedPath, members: Mapping[str, Any]) -> dict[str, Any]:
        _require_depth(path)
        claims: dict[str, Any] = {}
        digests: Any = ()
        for name, value in members.items():
            if name == "_sd":
                digests = value
            elif name in _MISPLACED:
                raise SdJwtError("保留名称用错了位置。", "A reserved name stands where it must not.")
            elif isinstance(value, _NESTED):
                claims[name] = self._value_at((*path, name), value)
            else:
                claims[name] = value
        if not isinstance(digests, list | tuple):
            raise SdJwtError("摘要列表格式不正确。", "The digests of an object are not a list.")
        for digest in digests:
            disclosure = self._take(digest)
            if disclosure is None:
                continue
            _, _, name_or_none, value = disclosure
            if name_or_none is None:
                raise SdJwtError(
                    "数组元素的披露项用错了位置。", "A disclosed array element stands in an object."
                )
            if name_or_none in claims:
                raise SdJwtError("同一声明出现两次。", "A disclosed claim has the name of one already there.")
            place = (*path, name_or_none)
            self.disclosed.append(place)
            claims[name_or_none] = self._value_at(place, value) if isinstance(value, _NESTED) else value
        return claims

    def _value_at(self, path: RevealedPath, value: Any) -> Any:
        if isinstance(value, dict):
            return self.object_at(path, value)
        if isinstance(value, list):
            return self._array_at(path, value)
        return value

    def _array_at(self, path: RevealedPath, items: list[Any]) -> list[Any]:
        _require_depth(path)
        revealed: list[Any] = []
        for item in items:
            if not (isinstance(item, dict) and len(item) == 1 and "..." in item):
                revealed.append(self._value_at((*path, len(revealed)), item))
                continue
            disclosure = self._take(item["..."])
            if disclosure is None:
                continue
            if disclosure.name is not None:
                raise SdJwtError("声明的披露项用错了位置。", "A disclosed claim stands in an array.")
            self.disclosed.append((*path, len(revealed)))
            revealed.append(self._value_at((*path, len(revealed)), disclosure.value))
        return revealed

    def _take(self, digest: Any) -> Disclosure | None:
        if not isinstance(digest, str):
            raise SdJwtError("摘要格式不正确。", "A digest is not a text.")
        if digest in self._seen:
            raise SdJwtError("摘要重复。", "A digest occurs twice.")
        self._seen.add(digest)
        return self._unused.pop(digest, None)


def _require_depth(path: RevealedPath) -> None:
    if len(path) >= MAX_DEPTH:
        raise SdJwtError(f"内容嵌套超过 {MAX_DEPTH} 层。", f"The claims nest deeper than {MAX_DEPTH} levels.")
