"""From an ``x5c`` chain without anchor to a validated path, at an instant (RFC 5280 section 6, HAIP 1.0).

Of all that makes a path, only the validity window and revocation depend on the instant. So a chain is built once
(``keys.path_building``, about two signature checks) and kept; the window, the purpose and the revocation lists are
looked at every time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from keys.certificates import TRUST_LIST_SIGNING, RevocationList
from keys.certificates.wire import certificate_to_der
from keys.path_building import ValidatedPath, build_path
from keys.path_error import PathError, PathReason

__all__ = ["PathError", "PathReason", "PathValidator", "Purpose", "ValidatedPath"]

DEFAULT_CACHED_PATHS: Final = 1024
"""How many paths are kept: about 10 KB each, and more authorities than one window meets in a day."""

DOCUMENT_SIGNING: Final = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
"""Extended key usage id-kp-documentSigning (RFC 9336)."""


class Purpose(StrEnum):
    """What a leaf's key signs."""

    SIGNING = "signing"
    """Credentials, status lists, requests: an organisation acting in its own name."""

    TRUST_LIST = "trust-list"
    """Trust lists, and nothing else."""

    TIME_STAMPING = "time-stamping"
    """Time stamps, and nothing else (RFC 3161 section 2.3)."""

    FOREIGN = "foreign"
    """What an organisation outside the nation's order signs: it has no code of ours, and usages are its own affair."""


# RFC 5280 section 4.2.1.12: a leaf that names extended usages is good for those alone.
_USAGES: Final[dict[Purpose, frozenset[ObjectIdentifier]]] = {
    Purpose.SIGNING: frozenset({DOCUMENT_SIGNING, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}),
    Purpose.TRUST_LIST: frozenset({TRUST_LIST_SIGNING}),
    Purpose.TIME_STAMPING: frozenset({ExtendedKeyUsageOID.TIME_STAMPING}),
}


class _PathCache:
    """The paths built so far, bounded. Errors are not kept: a stranger could fill the memory with chains of his."""

    def __init__(self, anchors: tuple[x509.Certificate, ...], size: int) -> None:
        anchor_ders = frozenset(certificate_to_der(anchor) for anchor in anchors)

        @lru_cache(maxsize=size)
        def path_of(chain_der: tuple[bytes, ...]) -> ValidatedPath:
            return build_path(chain_der, anchors, anchor_ders)

        self.path_of = path_of


class PathValidator:
    """Validates chains against the anchors of this node. Immutable; safe to share between threads."""

    def __init__(
        self,
        anchors: Iterable[x509.Certificate],
        revocation_lists: Iterable[RevocationList] = (),
        *,
        cached_paths: int = DEFAULT_CACHED_PATHS,
        _cache: _PathCache | None = None,
    ) -> None:
        self.anchors: tuple[x509.Certificate, ...] = tuple(anchors)
        self._cache = _cache or _PathCache(self.anchors, cached_paths)
        # Of several lists of one authority the newest counts, however they are ordered.
        ordered = sorted(revocation_lists, key=lambda listed: listed.number)
        self._revocation_lists = {listed.issuer_der: listed for listed in ordered}

    def with_revocation_lists(self, revocation_lists: Iterable[RevocationList]) -> PathValidator:
        """A validator with the same anchors and kept paths, and these revocation lists in place of the old."""
        return PathValidator(self.anchors, revocation_lists, _cache=self._cache)

    @property
    def revocation_lists(self) -> tuple[RevocationList, ...]:
        """The revocation lists that are consulted."""
        return tuple(self._revocation_lists.values())

    def validate(
        self, chain_der: tuple[bytes, ...], at: datetime, purpose: Purpose = Purpose.SIGNING
    ) -> ValidatedPath:
        """The path of a chain at ``at`` (aware UTC) for ``purpose``; raises ``PathError``.

        A revoked certificate is refused from its revocation on. A revocation list that is overdue at ``at`` is not
        taken as "not revoked": ``PathError`` with ``indeterminate`` set. An authority without a list in hand is
        not asked about.
        """
        path = self._cache.path_of(chain_der)
        if at < path.valid_from:
            raise PathError(PathReason.NOT_YET_VALID)
        if at > path.valid_until:
            raise PathError(PathReason.EXPIRED)
        _check_purpose(path, purpose)
        self._check_revocation(path, at, purpose)
        return path

    def _check_revocation(self, path: ValidatedPath, at: datetime, purpose: Purpose) -> None:
        stale = False
        for issuer_der, serial in path.certified_by:
            listed = self._revocation_lists.get(issuer_der)
            if listed is None:
                continue
            revoked = listed.revoked.get(serial)
            if revoked is not None and revoked.since <= at:
                raise PathError(PathReason.REVOKED)
            stale = stale or listed.stale_at(at)
        # A new trust list is how a node learns of newer revocation lists: an overdue one must not lock it out.
        if stale and purpose is not Purpose.TRUST_LIST:
            raise PathError(PathReason.REVOCATION_STALE)


def _check_purpose(path: ValidatedPath, purpose: Purpose) -> None:
    if purpose is Purpose.FOREIGN:
        return
    wanted = _USAGES[purpose]
    if path.extended_key_usages is None:
        suitable = purpose is Purpose.SIGNING
    else:
        suitable = not wanted.isdisjoint(path.extended_key_usages)
    if not suitable:
        raise PathError(PathReason.UNSUITABLE_USAGE)
    if purpose is Purpose.SIGNING and path.subject.uscc is None:
        raise PathError(PathReason.UNSUITABLE_SUBJECT)
