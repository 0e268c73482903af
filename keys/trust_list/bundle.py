"""A trust bundle: everything a window needs to verify offline, in one JSON file.

The anchor in a bundle counts only where the person who gives the file vouches for it (``elicence verify --trust``);
a node takes its anchors from configuration and reads only the signed parts.
"""

from __future__ import annotations

import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography import x509

from keys.certificates import (
    RevocationList,
    certificate_to_pem,
    load_certificate,
    parse_crl,
    verify_crl_by_any,
)
from keys.errors import TrustListError
from keys.path_validation import PathError, PathReason, PathValidator
from keys.trust_list.store import TrustStore
from keys.trust_list.value import NATION
from standards.jose import build_x5c
from standards.json_reader import Reader, parse_json

MAX_BUNDLE_BYTES: Final = 64 * 1024 * 1024
_MAX_TEXT_CHARS: Final = 32 * 1024 * 1024
_MAX_CERTIFICATES: Final = 20_000
_MAX_CERTIFICATE_CHARS: Final = 8 * 1024


@dataclass(frozen=True, slots=True)
class TrustBundle:
    """The parts of a bundle, none of them verified.

    Attributes:
        anchor: the nation's root as the bundle claims it.
        nation_list: JWT of the nation's list.
        region_lists: JWT of each region's list, by division.
        revocation_lists: DER.
        status_lists: status list tokens by ``uri``.
        issuer_certificates: DER of issuers' certificates, for compact licences, which name theirs by thumbprint.
    """

    anchor: x509.Certificate
    nation_list: str
    region_lists: Mapping[str, str]
    revocation_lists: tuple[bytes, ...] = ()
    status_lists: Mapping[str, str] | None = None
    issuer_certificates: tuple[bytes, ...] = ()

    def trust_store(self, at: datetime, anchors: tuple[x509.Certificate, ...] | None = None) -> TrustStore:
        """The store over ``anchors``; without any, over the bundle's own, for which the caller vouches.

        A bundle is whole or refused: raises as ``verify_nation_list`` does when any part does not verify. Only at an
        instant outside the lifetime of a list signer is its list left out; then the store says "list missing", and
        a check of the past or the future still has its report.
        """
        store = TrustStore(PathValidator(anchors or (self.anchor,)))
        try:
            store = store.with_nation_list(self.nation_list, at)
            for division, text in self.region_lists.items():
                store = store.with_region_list(text, division, at)
        except PathError as problem:
            if problem.reason not in {PathReason.EXPIRED, PathReason.NOT_YET_VALID}:
                raise
            return store
        return store.with_revocation_lists(verify_revocation_lists(store, self.revocation_lists))


def build_trust_bundle(bundle: TrustBundle) -> dict[str, Any]:
    """The JSON form."""
    return {
        "anchor": certificate_to_pem(bundle.anchor),
        "lists": {"nation": bundle.nation_list, "regions": dict(bundle.region_lists)},
        "revocation_lists": build_x5c(bundle.revocation_lists),
        "status_lists": dict(bundle.status_lists or {}),
        "issuer_certificates": build_x5c(bundle.issuer_certificates),
    }


def parse_trust_bundle(data: bytes) -> TrustBundle:
    """The parts of a bundle file; raises ``TrustListError`` or ``CertificateError``."""
    if len(data) > MAX_BUNDLE_BYTES:
        raise TrustListError("信任包过大。", "The trust bundle is too large.")
    reader = Reader(parse_json(data, error=TrustListError), error=TrustListError)
    lists = reader.object("lists")
    return TrustBundle(
        anchor=load_certificate(reader.text("anchor", max_chars=16_384).encode()),
        nation_list=lists.text("nation", max_chars=_MAX_TEXT_CHARS),
        region_lists=_texts_by_name(lists.object("regions")),
        revocation_lists=tuple(
            _base64(text, reader.pointer("revocation_lists", index))
            for index, text in enumerate(reader.texts("revocation_lists", max_chars=_MAX_TEXT_CHARS))
        ),
        status_lists=_texts_by_name(reader.object("status_lists")),
        # Older bundles have none.
        issuer_certificates=tuple(
            _base64(text, reader.pointer("issuer_certificates", index))
            for index, text in enumerate(
                reader.optional_texts(
                    "issuer_certificates", max_chars=_MAX_CERTIFICATE_CHARS, max_items=_MAX_CERTIFICATES
                )
                or ()
            )
        ),
    )


def verify_revocation_lists(store: TrustStore, ders: tuple[bytes, ...]) -> tuple[RevocationList, ...]:
    """Each list as signed by an anchor of the store or by an authority that its nation's list names.

    Raises ``CertificateError`` for a list of anyone else.
    """
    names = (
        (NATION, *(region.division for region in store.nation.value.regions)) if store.nation else (NATION,)
    )
    known = tuple(certificate for name in names for certificate in authorities_of(store, name))
    return tuple(listed for der in ders for listed in verify_crl_by_any(parse_crl(der), known))


def authorities_of(store: TrustStore, division: str) -> tuple[x509.Certificate, ...]:
    """The certificate authorities of a region on the nation's list; for ``NATION``, the anchors."""
    if division == NATION:
        return store.validator.anchors
    region = store.nation.value.region(division) if store.nation else None
    return tuple(load_certificate(der) for der in region.authorities) if region else ()


def _texts_by_name(reader: Reader) -> dict[str, str]:
    return {name: reader.text(name, max_chars=_MAX_TEXT_CHARS) for name in reader.names()}


def _base64(text: str, where: str) -> bytes:
    try:
        return binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    except (binascii.Error, UnicodeEncodeError) as cause:
        raise TrustListError("编码不正确。", "The encoding is not base64.", where=where) from cause
