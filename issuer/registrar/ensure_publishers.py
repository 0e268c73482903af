"""Founding the nation and its regions: a certificate authority and a list signer each.

Every step is found done when it is repeated, so a command that was killed halfway is run again from the start: keys
are made once, certificates hang on their keys, rows are written last.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509

from issuer.registrar.errors import AnchorConflictError, InvalidRegistrationError
from issuer.registrar.registrar import Registrar, authority_key, list_key
from keys.certificates import (
    TRUST_LIST_SIGNING,
    CertificateAuthority,
    CertificateSubject,
    certificate_to_pem,
    issue_ca,
    issue_leaf,
    issue_root,
    load_certificate,
)
from keys.certificates.issue import chain_below_anchor
from keys.certificates.wire import certificate_to_der
from keys.private_files import create_private_file, make_private_directory
from keys.trust_list import NATION
from service.trust_feed.anchors import load_anchors
from standards.text import Text

ROOT_VALIDITY: Final = timedelta(days=20 * 365)
REGION_VALIDITY: Final = timedelta(days=10 * 365)
LIST_SIGNER_VALIDITY: Final = timedelta(days=5 * 365)

RENEW_BEFORE: Final = timedelta(days=365)
"""A list signer whose certificate ends sooner than this gets a new one when its publisher is founded again."""

CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""Certificates begin this much before they are made, for verifiers whose clock is behind."""

_DIVISION: Final = re.compile(r"[0-9]{6}")


def ensure_nation(registrar: Registrar, name: Text, *, at: datetime) -> x509.Certificate:
    """The nation's root, founded when it is not there; its certificate becomes this node's anchor.

    Raises ``AnchorConflictError`` when the node is configured to trust another nation only.
    """
    key_id = authority_key(NATION)
    signer = registrar.keys.ensure(key_id)
    if not signer.certificate_chain:
        root = issue_root(
            CertificateSubject(name.zh),
            signer,
            valid_from=at - CLOCK_TOLERANCE,
            valid_until=at + ROOT_VALIDITY,
        )
        registrar.keys.attach_certificates(key_id, (certificate_to_der(root),))
    authority = registrar.certificate_authority(NATION)
    _ensure_list_signer(registrar, authority, NATION, name, at)
    registrar.store.add_publisher(NATION, name)
    _ensure_anchor_file(registrar, authority.certificate)
    return authority.certificate


def ensure_region(registrar: Registrar, division: str, name: Text, *, at: datetime) -> x509.Certificate:
    """A region's certificate authority under this node's root, founded when it is not there.

    Args:
        registrar: of a node that holds the nation's root.
        division: code of the region, 6 digits.
        name: for people.
        at: now.

    Raises ``RegionNotFoundError`` before the nation is founded, ``InvalidRegistrationError`` for a code that is none.
    """
    if not _DIVISION.fullmatch(division) or division == NATION:
        raise InvalidRegistrationError(
            "行政区划代码应为 6 位数字。", "A division code has 6 digits.", where="division"
        )
    root = registrar.certificate_authority(NATION)
    key_id = authority_key(division)
    signer = registrar.keys.ensure(key_id)
    if not signer.certificate_chain:
        certificate = issue_ca(
            CertificateSubject(name.zh, division=division),
            signer.public_key,
            root,
            valid_from=begin_under(root.certificate, at),
            valid_until=end_under(root.certificate, at + REGION_VALIDITY),
            crl_uri=registrar.crl_uri(NATION),
        )
        registrar.keys.attach_certificates(key_id, (certificate_to_der(certificate),))
    authority = registrar.certificate_authority(division)
    _ensure_list_signer(registrar, authority, division, name, at)
    registrar.store.add_publisher(division, name)
    return authority.certificate


def begin_under(issuer: x509.Certificate, at: datetime) -> datetime:
    """Start of a certificate made at ``at``, not before its issuer's."""
    return max(at - CLOCK_TOLERANCE, issuer.not_valid_before_utc)


def end_under(issuer: x509.Certificate, until: datetime) -> datetime:
    """End of a certificate, not after its issuer's."""
    return min(until, issuer.not_valid_after_utc)


def _ensure_list_signer(
    registrar: Registrar, authority: CertificateAuthority, division: str, name: Text, at: datetime
) -> None:
    key_id = list_key(division)
    signer = registrar.keys.ensure(key_id)
    if signer.certificate_chain:
        held = load_certificate(signer.certificate_chain[0])
        if held.not_valid_after_utc - at > RENEW_BEFORE:
            return
    certificate = issue_leaf(
        # Another name than the authority's own: a certificate whose subject is its issuer counts as self-signed.
        CertificateSubject(f"{name.zh} 信任列表", division=None if division == NATION else division),
        signer.public_key,
        authority,
        valid_from=begin_under(authority.certificate, at),
        valid_until=end_under(authority.certificate, at + LIST_SIGNER_VALIDITY),
        crl_uri=registrar.crl_uri(division),
        extended_key_usages=(TRUST_LIST_SIGNING,),
    )
    registrar.keys.attach_certificates(key_id, chain_below_anchor(certificate, authority.certificate))


def _ensure_anchor_file(registrar: Registrar, root: x509.Certificate) -> None:
    path = registrar.anchor_file
    if not path.exists():
        make_private_directory(path.parent)
        try:
            create_private_file(path, certificate_to_pem(root).encode("ascii"))
        except FileExistsError:
            pass
        else:
            return
    if root not in load_anchors(path):
        raise AnchorConflictError(
            f"信任根文件 {path} 中是另一个国家根；不会覆盖它。",
            f"The trust anchor file {path} names another root, and is not overwritten.",
            where=str(path),
            next_step=Text(
                "确认应信任哪个根：移走该文件后重试，或在别处建立新的国家根。",
                "Decide which root to trust: move the file away and repeat, or found the nation elsewhere.",
            ),
        )
