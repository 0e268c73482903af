"""A bundle: everything a window needs to verify without a network, signed as a whole by its department.

The parts are signed by those who made them (trust lists, revocation lists, status lists), or are the department's own
(items, issuers of identity codes). The manifest names each with its digest and is signed by the department: so nothing can be
left out, put back or mixed from two bundles. It goes whole, or as a difference to a bundle that the window has.

The file: zlib (RFC 1950) over JSON ``{"manifest": JWS, "base": version, "parts": [...]}`` (no base: whole), one entry a part in the
order of the manifest: ``null`` (as in the base), ``{"whole": base64}``, ``{"change": base64}`` (deflate over the base's text),
``{"status": base64}`` (``status_difference``).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from keys.path_validation import PathError
from keys.signer import Signer
from keys.trust_list import TrustStore
from standards.errors import InvalidInputError
from standards.jose import UnverifiedJws, build_jws, build_x5c, parse_jws, verify_jws, x5c_of
from standards.json_reader import Reader, parse_json
from standards.text import Text
from verifier.offline.errors import BundleBaseError, InvalidBundleError
from verifier.offline.status_difference import status_difference, status_from_difference

MANIFEST_TYPE: Final = "elicence-bundle+jwt"
MEDIA_TYPE: Final = "application/vnd.elicence.bundle"
MAX_FILE_BYTES: Final = 64 * 1024 * 1024
MAX_PLAIN_BYTES: Final = 192 * 1024 * 1024
MAX_PART_BYTES: Final = 16 * 1024 * 1024
MAX_PARTS: Final = 5000
_MAX_MANIFEST_CHARS: Final = 4 * 1024 * 1024
_WINDOW: Final = 32 * 1024
"""How far back deflate can point: the end of a longer base is no help."""

KINDS: Final = ("nation", "region", "revocation", "certificates", "status", "item", "identity-issuer", "type")
STATUS: Final = "status"
TYPE: Final = "type"

Key = tuple[str, str]
"""Kind and name of a part."""

Parts = Mapping[Key, bytes]


@dataclass(frozen=True, slots=True)
class Listed:
    """A part as the manifest names it."""

    kind: str
    name: str
    digest: str

    @property
    def key(self) -> Key:
        return (self.kind, self.name)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle says it holds; nothing verified.

    Attributes:
        text: the JWS.
        department: USCC that claims to have made it.
        version: higher than those before it.
        made_at: when.
        parts: in the order of the file.
        unreachable: origins whose status lists could not be had anew when it was made.
    """

    text: str
    jws: UnverifiedJws
    department: str
    version: int
    made_at: datetime
    parts: tuple[Listed, ...]
    unreachable: tuple[str, ...]


def digest_of(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def build_manifest(
    department: str, version: int, parts: Parts, *, unreachable: Iterable[str], signer: Signer, at: datetime
) -> str:
    """Sign what a bundle holds."""
    header = {"typ": MANIFEST_TYPE, "x5c": build_x5c(signer.certificate_chain)}
    claims = {
        "iss": department,
        "iat": int(at.timestamp()),
        "version": version,
        "parts": [[kind, name, digest_of(content)] for (kind, name), content in parts.items()],
        "unreachable": sorted(unreachable),
    }
    return build_jws(header, claims, signer.sign)


def parse_manifest(text: str) -> Manifest:
    """Read a manifest; raises ``InvalidBundleError``."""
    try:
        jws = parse_jws(text, max_chars=_MAX_MANIFEST_CHARS)
        claims = Reader(jws.claims(), error=InvalidBundleError)
        parts = tuple(_listed(one) for one in jws.claims().get("parts", ()))
        if len({part.key for part in parts}) != len(parts) or len(parts) > MAX_PARTS:
            raise _damaged()
        return Manifest(
            text,
            jws,
            claims.text("iss", max_chars=18),
            claims.integer("version", minimum=1, maximum=2**53),
            datetime.fromtimestamp(claims.integer("iat", minimum=0, maximum=2**40), UTC),
            parts,
            claims.texts("unreachable", max_items=1000, min_items=0),
        )
    except InvalidBundleError:
        raise
    except (InvalidInputError, TypeError, ValueError) as cause:
        raise _damaged() from cause


def verify_manifest(manifest: Manifest, trust: TrustStore, departments: Iterable[str], at: datetime) -> None:
    """See that one of our departments signed it; raises ``InvalidBundleError``.

    Args:
        manifest: as read.
        trust: with the lists of the bundle itself: they bring their own signatures.
        departments: unified social credit codes of this node's departments.
        at: now.
    """
    try:
        path = trust.validator.validate(x5c_of(manifest.jws.header), at)
        verify_jws(manifest.jws, path.public_key, typ=MANIFEST_TYPE)
    except (PathError, InvalidInputError) as cause:
        raise InvalidBundleError(
            "离线包的签名不成立。", "The signature of the bundle does not hold.", where="manifest"
        ) from cause
    if path.subject.uscc != manifest.department or manifest.department not in set(departments):
        raise InvalidBundleError(
            "离线包不是由本部门签发的。", "The bundle was made by somebody else.", where="manifest"
        )


def pack(manifest: str, parts: Parts, *, base: Parts | None = None, base_version: int | None = None) -> bytes:
    """The file: whole, or by difference to ``base``."""
    entries = [_entry(key, content, base or {}) for key, content in parts.items()]
    by_difference = {"base": base_version} if base else {}
    return zlib.compress(orjson.dumps({"manifest": manifest, **by_difference, "parts": entries}), 9)


def unpack(content: bytes, held: tuple[int, Parts] | None = None) -> tuple[Manifest, dict[Key, bytes]]:
    """Manifest and parts of a file, each as the manifest's digest says; whose it is, is not verified yet.

    Args:
        content: the file.
        held: version and parts of the bundle in hand, for a difference.

    Raises:
        BundleBaseError: a difference to another one.
        InvalidBundleError: damaged, incomplete or altered.
    """
    value = parse_json(_inflated(content), error=InvalidBundleError)
    body = Reader(value, error=InvalidBundleError)
    manifest = parse_manifest(body.text("manifest", max_chars=_MAX_MANIFEST_CHARS))
    base_version = body.optional_integer("base", minimum=1, maximum=2**53)
    if base_version is not None and (held is None or held[0] != base_version):
        raise BundleBaseError(
            "离线包是对另一版本的差异。",
            "The bundle is a difference to a version that is not in hand.",
            next_step=Text("请取完整的离线包。", "Take the whole bundle."),
        )
    base = held[1] if held is not None and base_version is not None else {}
    entries = value.get("parts")
    if not isinstance(entries, list) or len(entries) != len(manifest.parts):
        raise _damaged()
    parts = {
        listed.key: _content(entry, listed, base.get(listed.key))
        for listed, entry in zip(manifest.parts, entries, strict=True)
    }
    return manifest, parts


def _entry(key: Key, content: bytes, base: Parts) -> dict[str, str] | None:
    old = base.get(key)
    if old == content:
        return None
    whole = {"whole": base64.b64encode(content).decode()}
    if old is None:
        return whole
    if key[0] == STATUS:
        difference = status_difference(old.decode("ascii", "replace"), content.decode("ascii", "replace"))
        return whole if difference is None else {"status": base64.b64encode(difference).decode()}
    deflate = zlib.compressobj(9, zdict=old[-_WINDOW:])
    return {"change": base64.b64encode(deflate.compress(content) + deflate.flush()).decode()}


def _content(entry: Any, listed: Listed, old: bytes | None) -> bytes:
    try:
        content = _read_entry(entry, old)
    except (binascii.Error, zlib.error, ValueError, TypeError) as cause:
        raise _damaged() from cause
    if digest_of(content) != listed.digest:
        raise InvalidBundleError(
            f"离线包中的 {listed.kind} {listed.name[:120]} 与清单不符，已拒绝。",
            f"The part {listed.kind} {listed.name[:120]} is not what the manifest names: refused.",
            where=f"{listed.kind} {listed.name}"[:200],
        )
    return content


def _read_entry(entry: Any, old: bytes | None) -> bytes:
    if isinstance(entry, dict) and len(entry) == 1:
        (form, text), *_ = entry.items()
        data = base64.b64decode(text, validate=True)
        if form == "whole":
            return data
        if old is not None and form == "change":
            inflate = zlib.decompressobj(zdict=old[-_WINDOW:])
            content = inflate.decompress(data, MAX_PART_BYTES)
            if not inflate.eof:
                raise _damaged()
            return content
        if old is not None and form == "status":
            return status_from_difference(old.decode("ascii", "replace"), data).encode()
    elif entry is None and old is not None:
        return old
    raise _damaged()


def _inflated(content: bytes) -> bytes:
    if len(content) > MAX_FILE_BYTES:
        raise _damaged()
    inflate = zlib.decompressobj()
    try:
        plain = inflate.decompress(content, MAX_PLAIN_BYTES)
    except zlib.error as cause:
        raise _damaged() from cause
    if not inflate.eof or inflate.unused_data:
        raise _damaged()
    return plain


def _listed(value: Any) -> Listed:
    kind, name, digest = value
    if kind not in KINDS or not all(isinstance(one, str) and 0 < len(one) <= 2000 for one in value):
        raise _damaged()
    return Listed(kind, name, digest)


def _damaged() -> InvalidBundleError:
    return InvalidBundleError("离线包已损坏或不完整。", "The bundle is damaged or incomplete.")
