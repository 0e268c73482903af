"""Use case at a window: a bundle is checked as a whole and put in force, or refused as a whole."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from keys.path_validation import PathValidator
from keys.private_files import make_private_directory, replace_private_file
from keys.trust_list import NATION, TrustStore
from service.trust_feed.anchors import load_anchors
from service.trust_feed.kept_lists import KeptLists, Lists
from service.trust_feed.renewal import Renewal
from standards.errors import InvalidInputError
from standards.licence_types import load_catalogue
from standards.status_list import parse_status_list_token
from verifier.identity_codes.register import identity_trust
from verifier.items import ITEMS_DIRECTORY
from verifier.items.item_file import parse_service_item
from verifier.items.register import with_own
from verifier.node import VerifierNode
from verifier.offline.bundle import STATUS, TYPE, Manifest, Parts, unpack, verify_manifest
from verifier.offline.errors import InvalidBundleError
from verifier.offline.type_parts import check_type_part
from verifier.offline.upstream import Upstream

_FILE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.json", re.ASCII)

CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""How far ahead of this machine's clock a bundle may be dated."""


def take_bundle(node: VerifierNode, upstream: Upstream, at: datetime) -> Manifest | None:
    """Fetch what is new and put it in force; ``None`` when nothing is.

    Raises:
        OutboundError: the centre cannot be reached, or answered something else.
        InvalidBundleError: what it sent is refused; the bundle in force stays.
    """
    applied = node.offline.applied()
    whole = applied is not None and node.offline.parts_of(applied.manifest) is not None
    content = upstream.bundle(applied.manifest.version if applied is not None and whole else None, at)
    return None if content is None else apply_bundle(node, content, at)


def apply_bundle(node: VerifierNode, content: bytes, at: datetime) -> Manifest:
    """Check a bundle and put it in force. It may come over the network or on a stick: what counts is its signature.

    Raises:
        InvalidBundleError: damaged, incomplete, altered, by somebody else, dated in the future, or older than the one
            in force, as a whole or in one of its lists.
        TrustAnchorError: this node has no anchor.
    """
    applied = node.offline.applied()
    held = node.offline.parts_of(applied.manifest) if applied is not None else None
    manifest, parts = unpack(
        content, (applied.manifest.version, held) if applied and held is not None else None
    )
    if applied is not None and manifest.version < applied.manifest.version:
        raise _older("离线包", "The bundle")
    if manifest.made_at > at + CLOCK_TOLERANCE:
        raise InvalidBundleError(
            "离线包的时间在将来：请校准本机时钟。",
            "The bundle is dated in the future: set this machine's clock.",
            where="manifest",
        )
    directory = KeptLists(node.settings.data / "trust" / "lists")
    renewal = _trust_of(node.settings.trust_anchor_file, directory, parts, held or {}, at)
    departments = [department.uscc for department in node.departments.all()]
    verify_manifest(manifest, renewal.store, departments, at)
    _check_status_lists(parts, held or {})
    _check_files(parts)
    # The lists verify themselves, so they may lie on disk a moment before the bundle turns; all else hangs on one write.
    with directory.refreshing(wait_seconds=5):
        directory.write(renewal.to_lists())
    _write_files(node, parts, held or {})
    node.offline.apply(manifest, parts, at)
    return manifest


def _trust_of(anchor_file: Path, directory: KeptLists, parts: Parts, held: Parts, at: datetime) -> Renewal:
    """The lists of the bundle over those in hand. One that is not signed as it should, or older than that of the bundle in
    force, refuses the bundle. One that is only older than what this window fetched by itself meanwhile is left: a centre may look
    at the lists a minute later.
    """
    anchors = load_anchors(anchor_file)
    lists = _lists_in(parts)
    if lists.nation is None:
        raise InvalidBundleError(
            "离线包缺少国家信任列表。", "The bundle lacks the nation's trust list.", where="nation"
        )
    judged = Renewal(TrustStore(PathValidator(anchors)))
    judged.take_kept(_lists_in(held), at)
    judged.problems.clear()
    judged.take_kept(lists, at)
    for name, problem in judged.problems.items():
        raise InvalidBundleError(
            f"离线包中的信任列表 {name} 被拒绝：{problem.message.zh}",
            f"The trust list {name} of the bundle is refused: {problem.message.en}",
            where=name,
        )
    renewal = Renewal(TrustStore(PathValidator(anchors)))
    renewal.take_kept(directory.read(), at)
    renewal.take_kept(lists, at)
    missing = renewal.store.missing_divisions()
    if missing:
        raise InvalidBundleError(
            f"离线包缺少地区 {missing[0]} 的信任列表。",
            f"The bundle lacks the trust list of {missing[0]}.",
            where=missing[0],
        )
    return renewal


def _lists_in(parts: Parts) -> Lists:
    return Lists(
        nation=parts.get(("nation", NATION), b"").decode("ascii", "replace") or None,
        regions={
            name: text.decode("ascii", "replace") for (kind, name), text in parts.items() if kind == "region"
        },
        revocation_lists={name: der for (kind, name), der in parts.items() if kind == "revocation"},
        certificates={name: pem for (kind, name), pem in parts.items() if kind == "certificates"},
    )


def _check_status_lists(parts: Parts, held: Parts) -> None:
    """No list may go back in time, or go away: an old one would bring revoked licences back."""
    for key, content in parts.items():
        if key[0] != STATUS:
            continue
        issued_at = _issued_at(content, key[1])
        before = held.get(key)
        if before is not None and issued_at < _issued_at(before, key[1]):
            raise _older(f"状态列表 {key[1][:200]}", f"The status list {key[1][:200]}")


def _issued_at(content: bytes, uri: str) -> int:
    try:
        claims = parse_status_list_token(content.decode("ascii", "replace")).jws.claims()
        if claims.get("sub") != uri:
            raise _wrong(uri)
        return int(claims["iat"])
    except (InvalidInputError, KeyError, TypeError, ValueError) as cause:
        raise _wrong(uri) from cause


def _check_files(parts: Parts) -> None:
    catalogue = load_catalogue()
    try:
        own = [
            parse_service_item(content, catalogue, file_name=name)
            for (kind, name), content in parts.items()
            if kind == "item" and _is_file(name)
        ]
        with_own(own)
        for (kind, name), content in parts.items():
            if kind == TYPE:
                check_type_part(name, content)
        identity_trust(
            content for (kind, name), content in parts.items() if kind == "identity-issuer" and _is_file(name)
        )
    except InvalidBundleError:
        raise
    except InvalidInputError as cause:
        raise InvalidBundleError(cause.message.zh, cause.message.en, where=cause.where) from cause


def _write_files(node: VerifierNode, parts: Parts, held: Parts) -> None:
    """Items and issuers of identity codes as files. What the last bundle brought and this one lacks goes; no other file does."""
    for kind, directory in (
        ("item", node.settings.data / ITEMS_DIRECTORY),
        ("identity-issuer", node.identity_issuers.directory),
    ):
        wanted = {name: content for (one, name), content in parts.items() if one == kind}
        make_private_directory(directory)
        for one, name in held:
            if one == kind and name not in wanted:
                (directory / name).unlink(missing_ok=True)
        for name, content in wanted.items():
            path = directory / name
            if not path.exists() or path.read_bytes() != content:
                replace_private_file(path, content)


def _is_file(name: str) -> bool:
    if not _FILE.fullmatch(name):
        raise _wrong(name)
    return True


def _older(zh: str, en: str) -> InvalidBundleError:
    return InvalidBundleError(f"{zh}比现有的更旧，已拒绝。", f"{en} is older than the one in hand: refused.")


def _wrong(name: str) -> InvalidBundleError:
    return InvalidBundleError(
        f"离线包中的 {name[:200]} 无法使用。",
        f"The part {name[:200]} of the bundle cannot be used.",
        where=name[:200],
    )
