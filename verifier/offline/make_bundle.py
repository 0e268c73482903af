"""Use case at a centre: the newest bundle for its windows, made anew when the last one is a minute old."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import structlog

from keys.path_validation import PathError
from keys.trust_list import TrustStore
from service.outbound import Outbound, OutboundError
from service.trust_feed import TrustListsMissingError
from service.trust_feed.kept_lists import KeptLists
from service.type_feed import origin_of
from standards.errors import InvalidInputError
from standards.json_reader import Reader, parse_json
from standards.status_list import StatusListError
from standards.status_list.token import MAX_TOKEN_CHARS
from verifier.checking.status_lists import signer_chain, verified_list
from verifier.departments.department import Department
from verifier.identity_codes.register import issuer_files
from verifier.items import ITEMS_DIRECTORY
from verifier.node import VerifierNode
from verifier.offline.bundle import STATUS, Key, Manifest, Parts, build_manifest, digest_of, parse_manifest
from verifier.offline.type_parts import MadeTypes
from verifier.window.relying_party import signer_of

FRESH_FOR: Final = timedelta(seconds=60)
MAX_LISTS_BYTES: Final = 64 * 1024 * 1024

_MAKING = threading.Lock()
_made_at: dict[tuple[str, str], datetime] = {}
_made_types: dict[str, MadeTypes] = {}
_LOG = structlog.get_logger(__name__)


def newest_bundle(node: VerifierNode, department: Department, at: datetime) -> tuple[Manifest, Parts]:
    """The newest bundle of a department (durable writes only when something changed).

    Raises:
        TrustListsMissingError: nothing to put into it yet.
        DepartmentNotCertifiedError: nobody to sign it.
    """
    place = (node.settings.database_name("verifier"), department.uscc)
    with _MAKING:
        newest = node.offline.newest(department.uscc)
        made_at = _made_at.get(place)
        if newest is not None and made_at is not None and timedelta(0) <= at - made_at < FRESH_FOR:
            kept = node.offline.parts_of(newest)
            if kept is not None:
                return newest, kept
        manifest, parts = make_bundle(node, department, newest, at)
        _made_at[place] = at
        return manifest, parts


def make_bundle(
    node: VerifierNode, department: Department, newest: Manifest | None, at: datetime
) -> tuple[Manifest, Parts]:
    """A new bundle, or the newest where nothing changed."""
    signer = signer_of(node.keys, department)
    trust = node.trust.current()
    if trust.nation is None:
        raise TrustListsMissingError
    before = (node.offline.parts_of(newest) if newest is not None else None) or {}
    parts: dict[Key, bytes] = {
        (kind, name): content.encode() if isinstance(content, str) else content
        for kind, name, content in node.trust.parts()
    }
    kept = KeptLists(node.settings.data / "trust" / "lists").read()
    parts |= {("certificates", name): pem for name, pem in kept.certificates.items() if pem}
    tokens, unreachable = _status_lists(node.outbound, trust, _origins(node, trust, before), at)
    # A publisher that cannot be reached now: what the last bundle had of it goes on, and is as old as it says.
    carried = {
        key: content
        for key, content in before.items()
        if key[0] == STATUS and origin_of(key[1]) in unreachable and key[1] not in tokens
    }
    parts |= carried | {(STATUS, uri): token.encode() for uri, token in tokens.items()}
    issuers = [entry.issuer_identifier or "" for entry in trust.listed_issuers(at)]
    made_types = _made_types.setdefault(node.settings.database_name("verifier"), MadeTypes())
    parts |= made_types.parts(node.outbound, issuers, before, at, away=unreachable)
    items = node.settings.data / ITEMS_DIRECTORY
    parts |= {("item", path.name): path.read_bytes() for path in sorted(items.glob("*.json"))}
    parts |= {
        ("identity-issuer", path.name): path.read_bytes()
        for path in issuer_files(node.identity_issuers.directory)
    }
    same = newest is not None and {one.key: one.digest for one in newest.parts} == {
        key: digest_of(content) for key, content in parts.items()
    }
    if same and newest is not None and set(newest.unreachable) == set(unreachable):
        node.offline.still_current(newest, at)
        return newest, parts
    version = max(newest.version + 1 if newest else 1, int(at.timestamp()))
    text = build_manifest(department.uscc, version, parts, unreachable=unreachable, signer=signer, at=at)
    manifest = parse_manifest(text)
    node.offline.add(manifest, parts, at)
    return manifest, parts


def _origins(node: VerifierNode, trust: TrustStore, before: Parts) -> Iterator[str]:
    """Where status lists of listed organisations are published: issuers, and wallet services, of whom the trust list says no
    address: this node's, and those of which a check here or the last bundle had a list.
    """
    seen = {origin_of(node.settings.wallet_url): None}
    for held in trust.regions.values():
        for entry in held.value.entries:
            if entry.issuer_identifier is not None:
                seen[origin_of(entry.issuer_identifier)] = None
    seen |= dict.fromkeys(origin_of(name) for kind, name in before if kind == STATUS)
    seen |= dict.fromkeys(sorted(node.status.origins()))
    return iter(seen)


def _status_lists(
    outbound: Outbound, trust: TrustStore, origins: Iterator[str], at: datetime
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Tokens by address, only such as an organisation under our anchors signed; and the origins that did not answer."""
    tokens: dict[str, str] = {}
    unreachable: list[str] = []
    for origin in origins:
        try:
            response = outbound.get(
                f"{origin}/status-lists", accept="application/json", max_bytes=MAX_LISTS_BYTES
            )
            if response.status != 200:
                raise StatusListError("", f"The publisher answered {response.status}.")
            lists = Reader(parse_json(response.body, error=StatusListError), error=StatusListError).object(
                "status_lists"
            )
            found = {uri: lists.text(uri, max_chars=MAX_TOKEN_CHARS) for uri in lists.names()}
        except (OutboundError, InvalidInputError) as cause:
            _LOG.warning("status-lists-not-had", origin=origin, reason=cause.message.en)
            unreachable.append(origin)
            continue
        tokens |= {uri: token for uri, token in found.items() if _is_signed(uri, token, trust, at)}
    return tokens, tuple(unreachable)


def _is_signed(uri: str, token: str, trust: TrustStore, at: datetime) -> bool:
    try:
        path = trust.validator.validate(signer_chain(token), at)
        verified_list(token, uri, path.chain_der[0])
    except (PathError, InvalidInputError):
        _LOG.warning("status-list-left-out", uri=uri)
        return False
    return True
