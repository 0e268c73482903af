"""Building a path: everything about an ``x5c`` chain that does not depend on the instant (RFC 5280 section 6).

Signatures, names, basic constraints, path length, name constraints and unknown critical extensions are checked by
``cryptography.x509.verification``. This module adds what the profile of DESIGN section 4 asks beyond it: the chain
comes leaf first and complete, it never brings an anchor (HAIP 1.0), a leaf is no authority, keys are P-256, key usages
fit, the subject has a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Final

from cryptography import x509
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
from keys.certificates.wire import MAX_CERTIFICATE_BYTES, UNREADABLE, certificate_to_der
from keys.errors import CertificateError
from keys.path_error import PathError, PathReason

MAX_CHAIN_CERTIFICATES: Final = 4
"""Longest chain without its anchor: an authority below district, city and province."""

_Extensions = Mapping[type[x509.ExtensionType], x509.ExtensionType]
"""Extensions of one certificate by their class; the library refuses one that occurs twice."""

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
    loaded = _load_chain(chain_der, anchor_ders)
    chain = tuple(item.certificate for item in loaded)
    leaf = chain[0]
    try:
        _check_algorithms(loaded)
        extensions = _check_leaf(leaf)
        anchor, valid_from, valid_until = _verify_to_anchor(chain, anchors)
    except PathError:
        # A chain out of order, or a certificate signed by itself, is the plainer reason.
        _check_names(chain)
        raise
    if leaf.subject == (*chain[1:], anchor)[0].subject:
        # The path holds, so the subject above is the leaf's issuer.
        raise PathError(PathReason.SELF_SIGNED, where="/0")
    try:
        subject = certificate_subject(leaf)
    except CertificateError as cause:
        raise PathError(PathReason.UNSUITABLE_SUBJECT, where="/0") from cause
    public_key = leaf.public_key()
    assert isinstance(public_key, ec.EllipticCurvePublicKey)
    dns_names, uris = _alternative_names(extensions)
    usages = extensions.get(x509.ExtendedKeyUsage)
    issuers_der = (*chain_der[1:], _anchor_der(anchor))
    return ValidatedPath(
        leaf=leaf,
        chain_der=chain_der,
        anchor=anchor,
        subject=subject,
        public_key=public_key,
        thumbprint=loaded[0].thumbprint,
        authority_thumbprints=tuple(item.thumbprint for item in loaded[1:]),
        dns_names=dns_names,
        uris=uris,
        extended_key_usages=frozenset(usages) if isinstance(usages, x509.ExtendedKeyUsage) else None,
        valid_from=valid_from,
        valid_until=valid_until,
        certified_by=tuple(
            (issuer_der, certificate.serial_number)
            for issuer_der, certificate in zip(issuers_der, chain, strict=True)
        ),
    )


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A certificate of a chain, nothing of it verified, with what it costs time to find out.

    Attributes:
        certificate: the certificate; its subject can be read.
        thumbprint: SHA-256 of its DER, base64url.
        permitted: whether its key and its signature use permitted algorithms.
        self_signed: for an authority, whether it names itself as its issuer; a leaf's is seen in its path.
    """

    certificate: x509.Certificate
    thumbprint: str
    permitted: bool
    self_signed: bool = False


def _load_chain(chain_der: tuple[bytes, ...], anchor_ders: frozenset[bytes]) -> tuple[_Loaded, ...]:
    """The certificates of a chain that brings no anchor and no self-signed authority."""
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
            loaded = _load_leaf(der) if index == 0 else _load_authority(der)
        except UNREADABLE as cause:
            raise PathError(PathReason.MALFORMED, where=f"/{index}") from cause
        if loaded.self_signed:
            raise PathError(PathReason.ANCHOR_IN_CHAIN, where=f"/{index}")
        chain.append(loaded)
    return tuple(chain)


def _load_leaf(der: bytes) -> _Loaded:
    """Raises one of ``UNREADABLE`` for anything but a certificate."""
    certificate = x509.load_der_x509_certificate(der)
    _ = certificate.subject, certificate.issuer  # parsed when they are asked for, and kept
    if der[-len(certificate.signature) - 1] != 0:
        # The library passes over the count of unused bits: it would give one certificate several thumbprints.
        raise ValueError("a signature is a whole number of bytes")
    return _Loaded(certificate, certificate_thumbprint(der), _has_permitted_algorithms(certificate))


@lru_cache(maxsize=256)
def _load_authority(der: bytes) -> _Loaded:
    loaded = _load_leaf(der)
    return replace(loaded, self_signed=loaded.certificate.subject == loaded.certificate.issuer)


_anchor_der = lru_cache(maxsize=16)(certificate_to_der)


def _check_names(chain: tuple[x509.Certificate, ...]) -> None:
    """Whether each certificate names the next as its issuer, and none itself."""
    if chain[0].subject == chain[0].issuer:
        raise PathError(PathReason.SELF_SIGNED, where="/0")
    for index, (below, above) in enumerate(pairwise(chain)):
        if below.issuer != above.subject:
            raise PathError(PathReason.WRONG_ORDER, where=f"/{index + 1}")


def _check_algorithms(chain: tuple[_Loaded, ...]) -> None:
    for index, loaded in enumerate(chain):
        if not loaded.permitted:
            raise PathError(PathReason.UNSUITABLE_ALGORITHM, where=f"/{index}")


def _has_permitted_algorithms(certificate: x509.Certificate) -> bool:
    try:
        return certificate.signature_algorithm_oid in CERTIFICATE_ALGORITHM_OIDS and is_permitted_key(
            certificate.public_key()
        )
    except UNREADABLE:
        return False


def _check_leaf(leaf: x509.Certificate) -> _Extensions:
    """The leaf's extensions, once it is sure that it signs data and no certificates."""
    try:
        extensions = {type(extension.value): extension.value for extension in leaf.extensions}
    except UNREADABLE as cause:
        raise PathError(PathReason.MALFORMED, where="/0") from cause
    constraints, usage = extensions.get(x509.BasicConstraints), extensions.get(x509.KeyUsage)
    is_authority = isinstance(constraints, x509.BasicConstraints) and constraints.ca
    signs_data = (
        isinstance(usage, x509.KeyUsage)
        and usage.digital_signature
        and not usage.key_cert_sign
        and not usage.crl_sign
    )
    if is_authority or not signs_data:
        raise PathError(PathReason.UNSUITABLE_USAGE, where="/0")
    return extensions


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
        except (VerificationError, *UNREADABLE) as cause:
            failure = cause
            continue
        if found == path:
            return anchor, valid_from, valid_until
        failure = PathError(PathReason.WRONG_ORDER)
    if failure is None:
        raise PathError(PathReason.EXPIRED)
    raise PathError(PathReason.NOT_CERTIFIED) from failure


def _alternative_names(extensions: _Extensions) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = extensions.get(x509.SubjectAlternativeName)
    if not isinstance(names, x509.SubjectAlternativeName):
        return (), ()
    return (
        tuple(name.lower() for name in names.get_values_for_type(x509.DNSName)),
        tuple(names.get_values_for_type(x509.UniformResourceIdentifier)),
    )
