"""From a signer's certificate to an anchor at an instant, with revocation lists of the node and those that the document carries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from keys.certificates import RevocationList
from keys.certificates.revocation import parse_crl, verify_crl
from keys.certificates.wire import UNREADABLE, certificate_to_der, load_certificate
from keys.errors import CertificateError
from keys.path_building import MAX_CHAIN_CERTIFICATES
from keys.path_validation import PathError, PathReason, PathValidator, Purpose, ValidatedPath

_MAX_POOL: Final = 400
_MAX_NAME_CHARS: Final = 100

_load = lru_cache(maxsize=512)(load_certificate)


@lru_cache(maxsize=256)
def _verified(crl_der: bytes, issuer_der: bytes) -> RevocationList | None:
    """A list as signed by an authority, or ``None``."""
    try:
        return verify_crl(parse_crl(crl_der), _load(issuer_der))
    except (CertificateError, *UNREADABLE):
        return None


class SealPaths:
    """Paths of everybody who signed one document. Certificates and lists of the document count for nothing by themselves."""

    def __init__(
        self, validator: PathValidator, certificates: Iterable[bytes], revocation_lists: Iterable[bytes]
    ) -> None:
        """Prepare.

        Args:
            validator: anchors, and the lists in hand.
            certificates: DER, as the document brings them.
            revocation_lists: DER, likewise.
        """
        self._validator = validator
        self._anchors = {certificate_to_der(one) for one in validator.anchors}
        self._anchor_names = {one.subject for one in validator.anchors}
        self._pool: dict[x509.Name, list[tuple[bytes, x509.Certificate]]] = {}
        self._lists = tuple(revocation_lists)
        self._take(certificates)

    def _take(self, certificates: Iterable[bytes]) -> None:
        for der in list(dict.fromkeys(certificates))[:_MAX_POOL]:
            try:
                certificate = _load(der)
            except CertificateError:
                continue
            row = (der, certificate)
            held = self._pool.setdefault(certificate.subject, [])
            if der not in self._anchors and row not in held:
                held.append(row)

    def validate(
        self, leaf: bytes, at: datetime, purpose: Purpose, beside: Iterable[bytes] = ()
    ) -> ValidatedPath:
        """The path of ``leaf`` at ``at``, with the certificates that came ``beside`` it; raises ``PathError``."""
        self._take(beside)
        chain = self._chain(leaf)
        embedded = self._embedded(chain)
        fresh = [one for one in embedded if not one.stale_at(at)]
        validator = self._validator
        if fresh:
            validator = validator.with_revocation_lists((*validator.revocation_lists, *fresh))
        path = validator.validate(chain, at, purpose)
        # A list that had ended by then says nothing about who was not revoked, and still who was.
        for one in embedded:
            for issuer, serial in path.certified_by:
                revoked = one.revoked.get(serial) if one.issuer_der == issuer else None
                if revoked is not None and revoked.since <= at:
                    raise PathError(PathReason.REVOKED)
        return path

    def has_lists_for(self, path: ValidatedPath) -> bool:
        """Whether the document carries a revocation list of every authority of a path."""
        spoken = {one.issuer_der for one in self._embedded(path.chain_der)}
        return all(issuer in spoken for issuer, _ in path.certified_by)

    def _chain(self, leaf: bytes) -> tuple[bytes, ...]:
        """Leaf first, anchor left out; raises ``PathError`` where no anchor of ours stands above it."""
        try:
            certificate = _load(leaf)
        except CertificateError as cause:
            raise PathError(PathReason.MALFORMED) from cause
        chain = [leaf]
        while certificate.issuer not in self._anchor_names:
            above = [row for row in self._pool.get(certificate.issuer, ()) if row[0] not in chain]
            # Two certificates of one authority occur while it renews: its key identifier tells them apart.
            row = next((one for one in above if _certified(certificate, one[1])), None)
            if row is None or len(chain) == MAX_CHAIN_CERTIFICATES:
                raise PathError(PathReason.UNKNOWN_ANCHOR)
            chain.append(row[0])
            certificate = row[1]
        return tuple(chain)

    def _embedded(self, chain: tuple[bytes, ...]) -> list[RevocationList]:
        authorities = [*chain[1:], *self._anchors]
        found = (_verified(listed, authority) for listed in self._lists for authority in authorities)
        return [one for one in found if one is not None]


def _certified(below: x509.Certificate, above: x509.Certificate) -> bool:
    try:
        below.verify_directly_issued_by(above)
    except Exception:  # noqa: BLE001 - the library raises what it likes over keys of strangers; the answer is no
        return False
    return True


def name_of_signer(leaf: bytes) -> str:
    """What the certificate calls its holder, for people; empty when it cannot be read. Says nothing about who it is."""
    try:
        subject = _load(leaf).subject
        values = [
            str(one.value)
            for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
            for one in subject.get_attributes_for_oid(oid)
        ]
    except (CertificateError, *UNREADABLE):
        return ""
    printable = "".join(character for character in (values or [""])[0] if character.isprintable())
    return printable[:_MAX_NAME_CHARS]
