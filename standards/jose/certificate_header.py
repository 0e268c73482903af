"""The ``x5c`` header: the signer's certificate chain, leaf first (RFC 7515 section 4.1.6).

Standard base64 with padding, unlike everything else in JOSE. HAIP 1.0 leaves the trust anchor out of the chain.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from standards.jose.errors import JoseError

MAX_CERTIFICATES: Final = 6
"""Most certificates of one chain: deeper than any trust hierarchy of DESIGN section 4."""

MAX_CERTIFICATE_CHARS: Final = 8192
"""Longest base64 text of one certificate, in characters."""


def build_x5c(chain: Iterable[bytes]) -> list[str]:
    """Header value for DER certificates, leaf first."""
    return [binascii.b2a_base64(certificate, newline=False).decode("ascii") for certificate in chain]


def x5c_of(header: Mapping[str, Any]) -> tuple[bytes, ...]:
    """DER certificates of a header, leaf first, not validated. Raises ``JoseError`` when absent or malformed."""
    values = header.get("x5c")
    if not isinstance(values, list) or not 0 < len(values) <= MAX_CERTIFICATES:
        raise JoseError(
            "缺少签发机构的证书链。", "The certificate chain of the signer is missing.", where="/x5c"
        )
    for index, value in enumerate(values):
        if not isinstance(value, str) or not 0 < len(value) <= MAX_CERTIFICATE_CHARS:
            raise _malformed(index)
    return _decoded(tuple(values))


@lru_cache(maxsize=128)
def _decoded(values: tuple[str, ...]) -> tuple[bytes, ...]:
    """The chains of the last issuers are kept: a window sees the same few again and again."""
    chain = []
    for index, value in enumerate(values):
        try:
            chain.append(binascii.a2b_base64(value.encode("ascii"), strict_mode=True))
        except (binascii.Error, UnicodeEncodeError) as cause:
            raise _malformed(index) from cause
    return tuple(chain)


def _malformed(index: int) -> JoseError:
    return JoseError("证书编码不正确。", "A certificate of the chain is malformed.", where=f"/x5c/{index}")
