"""Building a path: everything about an ``x5c`` chain that does not depend on the instant (RFC 5280 section 6).

Signatures, names, basic constraints, path length, name constraints and unknown critical extensions are checked by
``cryptography.x509.verification``. This module adds what the profile of DESIGN section 4 asks beyond it: the chain
comes leaf first and complete, it never brings an anchor (HAIP 1.0), a leaf is no authority, keys are P-256, key usages
fit, the subject has a name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ObjectIdentifier
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from keys.algorithms import CERTIFICATE_ALGORITHM_OIDS, is_permitted_key
from keys.certificates import CertificateSubject, certificate_subject, certificate_thumbprint
from keys.certificates.wire import MAX_CERTIFICATE_BYTES, certificate_to_der
from keys.errors import CertificateError
from keys.path_error import PathError, PathReason

MAX_CHAIN_CERTIFICATES: Final = 4
"""Longest chain without its anchor: an authority below district, city and province."""

_Extension = TypeVar("_Extension", bound=x509.ExtensionType)

_AUTHORITY_POLICY: Final = ExtensionPolicy.webpki_defaults_ca().may_be_present(
    x509.ExtendedKeyUsage, Criticality.AGNOSTIC, None
)
# The library's defaults are for web servers: ours need no host name, and say their usage in their own way.
_LEAF_POLICY: Final = (
    ExtensionPolicy.webpki_defaults_ee()
    .may_be_present(x509.SubjectAlternativeName, Criticality.AGNOSTIC, None)
    .may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, None)
    .require_present(x509.KeyUsage, Criticality.CRITICAL, None)
)


@dataclass(frozen=True, slots=True)
class ValidatedPath:
    """A chain that leads to an anchor. Made only here, handed out by ``PathValidator``.

    Attributes:
        leaf: the signer's certificate.
        chain_der: the chain as received, leaf first, anchor left out.
        anchor: the configured anchor it leads to.
        subject: the organisation of the leaf.
        public_key: the leaf's P-256 key.
        thumbprint: SHA-256 of the leaf, base64url (``x509_hash``).
        authority_thumbprints: SHA-256 of the authorities between leaf and anchor, nearest first.
        dns_names: host names of the leaf (SAN dNSName), in lower case.
        uris: identifiers of the leaf (SAN URI).
        extended_key_usages: OIDs, or ``None`` when the leaf names none.
        valid_from: latest start of validity on the path, anchor included.
        valid_until: earliest end of validity on the path, anchor included.
    """

    leaf: x509.Certificate
    chain_der: tuple[bytes, ...]
    anchor: x509.Certificate
    subject: CertificateSubject
    public_key: ec.EllipticCurvePublicKey
    thumbprint: str
    authority_thumbprints: tuple[str, ...]
    dns_names: tuple[str, ...]
    uris: tuple[str, ...]
    extended_key_usages: frozenset[ObjectIdentifier] | None
    valid_from: datetime
    valid_until: datetime
    certified_by: tuple[tuple[bytes, int], ...] = field(repr=False)
    """DER of its issuer and serial number, for each certificate of the chain: what revocation lists speak about."""


def build_path(
    chain_der: tuple[bytes, ...], anchors: tuple[x509.Certificate, ...], anchor_ders: frozenset[bytes]
) -> ValidatedPath:
    """The path from a chain to one of ``anchors`` (``anchor_ders``: their DER); raises ``PathError``.

    The caller holds the instant against the path's window.
    """
    chain = _load_chain(chain_der, anchor_ders)
    leaf = chain[0]
    usages = _check_leaf(leaf)
    anchor, valid_from, valid_until = _verify_to_anchor(chain, anchors)
    try:
        subject = certificate_subject(leaf)
    except CertificateError as cause:
        raise PathError(PathReason.UNSUITABLE_SUBJECT, where="/0") from cause
    public_key = leaf.public_key()
    assert isinstance(public_key, ec.EllipticCurvePublicKey)
    dns_names, uris = _alternative_names(leaf)
    issuers_der = (*chain_der[1:], _anchor_der(anchor))
    return ValidatedPath(
        leaf=leaf,
        chain_der=chain_der,
        anchor=anchor,
        subject=subject,
        public_key=public_key,
        thumbprint=certificate_thumbprint(chain_der[0]),
        authority_thumbprints=tuple(certificate_thumbprint(der) for der in chain_der[1:]),
        dns_names=dns_names,
        uris=uris,
        extended_key_usages=usages,
        valid_from=valid_from,
        valid_until=valid_until,
        certified_by=tuple(
            (issuer_der, certificate.serial_number)
            for issuer_der, certificate in zip(issuers_der, chain, strict=True)
        ),
    )


def _load_chain(chain_der: tuple[bytes, ...], anchor_ders: frozenset[bytes]) -> tuple[x509.Certificate, ...]:
    """The certificates of a chain that is in order, brings no anchor and holds nothing self-signed."""
    if not chain_der:
        raise PathError(PathReason.EMPTY)
    if len(chain_der) > MAX_CHAIN_CERTIFICATES:
        raise PathError(PathReason.TOO_LONG)
    chain = []
    for index, der in enumerate(chain_der):
        if der in anchor_ders:
            raise PathError(PathReason.ANCHOR_IN_CHAIN, where=f"/{index}")
        if len(der) > MAX_CERTIFICATE_BYTES:
            raise PathError(PathReason.MALFORMED, where=f"/{index}")
        try:
            # Each leaf is new, its authorities are few and come again and again.
            loaded = _load(der) if index == 0 else _load_authority(der)
        except ValueError as cause:
            raise PathError(PathReason.MALFORMED, where=f"/{index}") from cause
        if loaded.subject == loaded.issuer:
            reason = PathReason.SELF_SIGNED if index == 0 else PathReason.ANCHOR_IN_CHAIN
            raise PathError(reason, where=f"/{index}")
        chain.append(loaded)
    for index, (below, above) in enumerate(pairwise(chain)):
        if below.issuer != above.subject:
            raise PathError(PathReason.WRONG_ORDER, where=f"/{index + 1}")
    for index, loaded in enumerate(chain):
        if not loaded.permitted:
            raise PathError(PathReason.UNSUITABLE_ALGORITHM, where=f"/{index}")
    return tuple(loaded.certificate for loaded in chain)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A certificate with what is asked of it more than once; the library parses a name anew at each access.

    Attributes:
        certificate: nothing of it verified.
        subject: whose it is.
        issuer: who certified it.
        permitted: whether its key and its signature use permitted algorithms.
    """

    certificate: x509.Certificate
    subject: x509.Name
    issuer: x509.Name
    permitted: bool


def _load(der: bytes) -> _Loaded:
    """Raises ``ValueError`` for anything but a certificate."""
    certificate = x509.load_der_x509_certificate(der)
    return _Loaded(
        certificate, certificate.subject, certificate.issuer, _has_permitted_algorithms(certificate)
    )


_load_authority = lru_cache(maxsize=256)(_load)
_anchor_der = lru_cache(maxsize=16)(certificate_to_der)


def _has_permitted_algorithms(certificate: x509.Certificate) -> bool:
    try:
        return certificate.signature_algorithm_oid in CERTIFICATE_ALGORITHM_OIDS and is_permitted_key(
            certificate.public_key()
        )
    except (ValueError, UnsupportedAlgorithm):
        return False


def _check_leaf(leaf: x509.Certificate) -> frozenset[ObjectIdentifier] | None:
    """The leaf's extended key usages, once it is sure that it signs data and no certificates."""
    try:
        constraints = _extension(leaf, x509.BasicConstraints)
        usage = _extension(leaf, x509.KeyUsage)
        extended = _extension(leaf, x509.ExtendedKeyUsage)
    except (ValueError, x509.DuplicateExtension) as cause:
        raise PathError(PathReason.MALFORMED, where="/0") from cause
    is_authority = constraints is not None and constraints.ca
    signs_data = (
        usage is not None and usage.digital_signature and not usage.key_cert_sign and not usage.crl_sign
    )
    if is_authority or not signs_data:
        raise PathError(PathReason.UNSUITABLE_USAGE, where="/0")
    return None if extended is None else frozenset(extended)


def _extension(certificate: x509.Certificate, kind: type[_Extension]) -> _Extension | None:
    """The extension of a kind; an extension that occurs twice makes the library raise ``DuplicateExtension``."""
    values = (extension.value for extension in certificate.extensions)
    return next((value for value in values if isinstance(value, kind)), None)


def _verify_to_anchor(
    chain: tuple[x509.Certificate, ...], anchors: tuple[x509.Certificate, ...]
) -> tuple[x509.Certificate, datetime, datetime]:
    """The anchor that the chain leads to, and the window in which all of the path is valid."""
    # Two anchors of one name occur while a nation changes its root.
    candidates = [anchor for anchor in anchors if anchor.subject == chain[-1].issuer]
    if not candidates:
        raise PathError(PathReason.UNKNOWN_ANCHOR)
    failure: Exception | None = None
    for anchor in candidates:
        path = (*chain, anchor)
        valid_from = max(certificate.not_valid_before_utc for certificate in path)
        valid_until = min(certificate.not_valid_after_utc for certificate in path)
        if valid_from > valid_until:
            continue
        # Any instant of the window gives the same answer; the caller's instant is held against the window.
        verifier = (
            PolicyBuilder()
            .store(Store([anchor]))
            .time(valid_from)
            .max_chain_depth(MAX_CHAIN_CERTIFICATES)
            .extension_policies(ca_policy=_AUTHORITY_POLICY, ee_policy=_LEAF_POLICY)
            .build_client_verifier()
        )
        try:
            found = tuple(verifier.verify(chain[0], list(chain[1:])).chain)
        except (VerificationError, ValueError) as cause:
            failure = cause
            continue
        if found == path:
            return anchor, valid_from, valid_until
        failure = PathError(PathReason.WRONG_ORDER)
    if failure is None:
        raise PathError(PathReason.EXPIRED)
    raise PathError(PathReason.NOT_CERTIFIED) from failure


def _alternative_names(leaf: x509.Certificate) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = _extension(leaf, x509.SubjectAlternativeName)
    if names is None:
        return (), ()
    return (
        tuple(name.lower() for name in names.get_values_for_type(x509.DNSName)),
        tuple(names.get_values_for_type(x509.UniformResourceIdentifier)),
    )
