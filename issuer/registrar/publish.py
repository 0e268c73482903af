"""Signing what there is to say: trust lists and revocation lists, anew when they changed or grow old.

A signed text is kept and served as it is, because signing again gives another text under the same number, which
readers refuse. Of several processes that sign at once, one is published; the others serve its text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

import orjson

from issuer.registrar.errors import PublicationBusyError
from issuer.registrar.publication import LIST_VALIDITY, Publisher, SignedList, next_number
from issuer.registrar.registrar import Registrar, list_key, no_such_region
from issuer.registrar.store import ListKind
from keys.certificates import certificate_thumbprint, issue_crl
from keys.certificates.wire import certificate_to_der
from keys.trust_list import NATION, RegionEntry, TrustList, build_trust_list

_ATTEMPTS = 8
_CHANGING = frozenset({"iat", "exp", "sequence"})


def publish_all(registrar: Registrar, *, at: datetime) -> tuple[Publisher, ...]:
    """Publish every list of this node that is due; answers all publishers, the nation first."""
    divisions = [publisher.division for publisher in registrar.store.publishers()]
    # Regions before the nation: when a list signer changes, readers keep a region's old list until the nation names
    # the new signer, and then find the new list there already.
    published_now = [publish(registrar, division, at=at) for division in reversed(divisions)]
    return tuple(reversed(published_now))


def publish(registrar: Registrar, division: str, *, at: datetime) -> Publisher:
    """Publish the lists of one division if they are due; answers what is published now.

    Raises ``RegionNotFoundError`` for a division without a publisher here, ``PublicationBusyError``.
    """
    _publish_kind(registrar, division, "revocation_list", at)
    return _publish_kind(registrar, division, "trust_list", at)


def published(registrar: Registrar, division: str, *, at: datetime) -> Publisher:
    """What is published for a division, for whoever reads it: one read, and signed anew first when it grew old.

    Raises ``RegionNotFoundError`` for a division without a publisher here.
    """
    publisher = registrar.store.publisher(division)
    if publisher is None:
        raise no_such_region(division)
    lists = (publisher.trust_list, publisher.revocation_list)
    if all(held is not None and not held.is_due(held.digest, at) for held in lists):
        return publisher
    return publish(registrar, division, at=at)


def _publish_kind(registrar: Registrar, division: str, kind: ListKind, at: datetime) -> Publisher:
    for _ in range(_ATTEMPTS):
        publisher = registrar.store.publisher(division)
        if publisher is None:
            raise no_such_region(division)
        before = publisher.trust_list if kind == "trust_list" else publisher.revocation_list
        digest, sign = (
            _trust_list(registrar, publisher, at)
            if kind == "trust_list"
            else _revocation_list(registrar, division, at)
        )
        if before is not None and not before.is_due(digest, at):
            return publisher
        number = next_number(before, at)
        now = SignedList(number, at, digest, sign(number))
        # Lost to another process: look again, for it may have published without our change.
        if registrar.store.put_list(division, kind, before, now):
            return registrar.store.publisher(division) or publisher
    raise PublicationBusyError(
        f"{division} 的列表正被其他进程不断更新，请重试。",
        f"The list of {division} is being published by other processes; try again.",
    )


def _trust_list(
    registrar: Registrar, publisher: Publisher, at: datetime
) -> tuple[str, Callable[[int], bytes]]:
    division = publisher.division
    signer = registrar.keys.signer(list_key(division))

    def value(number: int) -> TrustList:
        return TrustList(
            division=division,
            name=publisher.name,
            uri=registrar.list_uri(division),
            sequence=number,
            issued_at=at,
            next_update=at + LIST_VALIDITY,
            crl_uri=registrar.crl_uri(division) if division == NATION else None,
            regions=_regions(registrar) if division == NATION else (),
            entries=tuple(row.entry for row in registrar.store.registrations(region=division)),
            certificates_uri=None if division == NATION else registrar.certificates_uri(division),
        )

    said = {name: item for name, item in value(1).to_claims().items() if name not in _CHANGING}
    # A list signed under an old certificate is due as well.
    said["signer"] = certificate_thumbprint(signer.certificate_chain[0])
    return _digest(said), lambda number: build_trust_list(value(number), signer).encode("ascii")


def _regions(registrar: Registrar) -> tuple[RegionEntry, ...]:
    return tuple(
        RegionEntry(
            division=publisher.division,
            name=publisher.name,
            list_uri=registrar.list_uri(publisher.division),
            list_signers=(
                certificate_thumbprint(
                    registrar.keys.signer(list_key(publisher.division)).certificate_chain[0]
                ),
            ),
            authorities=(
                certificate_to_der(registrar.certificate_authority(publisher.division).certificate),
            ),
            crl_uri=registrar.crl_uri(publisher.division),
        )
        for publisher in registrar.store.publishers()
        if publisher.division != NATION
    )


def _revocation_list(registrar: Registrar, division: str, at: datetime) -> tuple[str, Callable[[int], bytes]]:
    authority = registrar.certificate_authority(division)
    rows = registrar.store.revoked(division)
    said = [[str(row.serial), row.since.isoformat(), row.reason.value] for row in rows]
    issuer = certificate_thumbprint(certificate_to_der(authority.certificate))
    return _digest([issuer, said]), lambda number: issue_crl(
        authority, rows, number=number, at=at, next_update=at + LIST_VALIDITY
    )


def _digest(value: object) -> str:
    return hashlib.sha256(orjson.dumps(value)).hexdigest()
