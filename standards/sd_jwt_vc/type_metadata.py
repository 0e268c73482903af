"""Type metadata: what a credential type is called and which claims it has (draft-ietf-oauth-sd-jwt-vc-13 sections 4 and 5).

The document is signed over by ``vct#integrity`` in every credential, in the syntax of W3C Subresource Integrity:
an algorithm's name and **standard** base64 over the hash of the raw octets as served.
"""

from __future__ import annotations

import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256, sha384, sha512
from typing import Any, Final

import orjson

from standards.json_reader import Reader, parse_json
from standards.sd_jwt_vc.errors import TypeMetadataError

MAX_DOCUMENT_BYTES: Final = 256 * 1024
"""Largest document that is read."""

_HASHES: Final = {"sha512": sha512, "sha384": sha384, "sha256": sha256}
"""Hash functions of Subresource Integrity, strongest first."""

_DISCLOSURE_RULES: Final = frozenset({"always", "allowed", "never"})


@dataclass(frozen=True, slots=True)
class Display:
    """A name in one language: of the type (``name``) or of a claim (``label``); the locale is a BCP 47 tag."""

    locale: str
    name: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimMetadata:
    """What is said of one claim (section 9 of the draft).

    Attributes:
        path: claims path; a text names a member, a number an element, ``None`` every element.
        display: labels by language.
        mandatory: whether the issuer must include it.
        disclosure: ``always``, ``allowed`` or ``never`` selectively disclosable.
    """

    path: tuple[str | int | None, ...]
    display: tuple[Display, ...]
    mandatory: bool
    disclosure: str


@dataclass(frozen=True, slots=True)
class TypeMetadata:
    """Metadata of one credential type.

    Attributes:
        vct: the type.
        name: its name for developers, or ``None``.
        display: names for people, by language.
        claims: its claims, in the order of printing.
    """

    vct: str
    name: str | None
    display: tuple[Display, ...]
    claims: tuple[ClaimMetadata, ...]


def encode_type_metadata(metadata: Mapping[str, Any]) -> bytes:
    """The one document of given metadata: the same value always gives the same octets."""
    return orjson.dumps(metadata, option=orjson.OPT_SORT_KEYS)


def vct_integrity(document: bytes) -> str:
    """Value of ``vct#integrity`` for a type metadata document as served (section 5)."""
    return f"sha256-{binascii.b2a_base64(sha256(document).digest(), newline=False).decode('ascii')}"


def has_integrity(document: bytes, integrity: str) -> bool:
    """Whether ``document`` is what ``integrity`` was made over: by its strongest known hash, as W3C SRI says."""
    listed: dict[str, set[str]] = {}
    for item in integrity.split():
        name, _, value = item.partition("-")
        listed.setdefault(name, set()).add(value.partition("?")[0])
    for name, hash_function in _HASHES.items():
        if name in listed:
            digest = binascii.b2a_base64(hash_function(document).digest(), newline=False).decode("ascii")
            return digest in listed[name]
    return False


def parse_type_metadata(
    document: bytes, *, vct: str | None = None, integrity: str | None = None
) -> TypeMetadata:
    """Type metadata from an untrusted document.

    Args:
        document: the octets as fetched.
        vct: the type that the credential names; the document must be of it.
        integrity: ``vct#integrity`` of the verified credential; the document must match it.

    Raises ``TypeMetadataError`` for anything else. Members that are not known are ignored, as section 4.2 asks.
    """
    if len(document) > MAX_DOCUMENT_BYTES:
        raise TypeMetadataError("证照类型说明过大。", "The type metadata are too large.")
    if integrity is not None and not has_integrity(document, integrity):
        raise TypeMetadataError(
            "证照类型说明与签署的不一致。", "The type metadata are not those that were signed."
        )
    reader = Reader(parse_json(document, error=TypeMetadataError), error=TypeMetadataError)
    named = reader.text("vct")
    if vct is not None and named != vct:
        raise reader.fail("vct", "证照类型说明属于另一类型。", "The type metadata are of another type.")
    claims = reader.objects("claims") if "claims" in reader else ()
    return TypeMetadata(
        vct=named,
        name=reader.optional_text("name"),
        display=_parse_displays(reader, "name"),
        claims=tuple(_parse_claim(claim) for claim in claims),
    )


def _parse_claim(claim: Reader) -> ClaimMetadata:
    path = claim.list("path", min_items=1, max_items=16)
    for token in path:
        if isinstance(token, bool) or not (token is None or isinstance(token, str | int)):
            raise claim.fail("path", "路径格式不正确。", "The path is malformed.")
    return ClaimMetadata(
        path=tuple(path),
        display=_parse_displays(claim, "label"),
        mandatory=claim.optional_boolean("mandatory") or False,
        disclosure=claim.optional_choice("sd", _DISCLOSURE_RULES) or "allowed",
    )


def _parse_displays(reader: Reader, name_member: str) -> tuple[Display, ...]:
    if "display" not in reader:
        return ()
    return tuple(
        Display(item.text("locale", max_chars=64), item.text(name_member), item.optional_text("description"))
        for item in reader.objects("display")
    )
