"""Client identifiers with a prefix (OpenID4VP 1.0 section 5.9): who asks, and how that is proved."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from cryptography import x509

from standards.jose import b64url_encode
from standards.openid4vp.errors import InvalidVerifierError


class Prefix(StrEnum):
    """Prefixes spoken here. HAIP allows only ``x509_hash``."""

    X509_SAN_DNS = "x509_san_dns"
    X509_HASH = "x509_hash"
    REDIRECT_URI = "redirect_uri"


@dataclass(frozen=True, slots=True)
class ClientId:
    """A client identifier; ``str()`` gives the whole, with its prefix: this is what a key binding names as ``aud``.

    Attributes:
        prefix: how the identifier is proved.
        name: the text after the first colon.
    """

    prefix: Prefix
    name: str

    def __str__(self) -> str:
        return f"{self.prefix.value}:{self.name}"


def certificate_hash(leaf_der: bytes) -> str:
    """base64url of the SHA-256 of the DER leaf, as in ``x509_hash:`` (section 5.9.3)."""
    return b64url_encode(hashlib.sha256(leaf_der).digest())


def build_client_id(prefix: Prefix, leaf_der: bytes, *, dns_name: str | None = None) -> ClientId:
    """The client id of the verifier whose certificate is ``leaf_der``; ``dns_name`` is needed for x509_san_dns.

    Raises:
        InvalidVerifierError: the certificate does not carry the name.
        ValueError: ``redirect_uri`` needs no certificate and is not built here.
    """
    if prefix is Prefix.X509_HASH:
        return ClientId(prefix, certificate_hash(leaf_der))
    if prefix is Prefix.X509_SAN_DNS and dns_name is not None:
        client_id = ClientId(prefix, dns_name)
        verify_client_id_certificate(client_id, leaf_der)
        return client_id
    raise ValueError("this prefix is not proved by a certificate")


def parse_client_id(text: str) -> ClientId:
    """Split at the first colon (section 5.9.1); the rest may hold further colons.

    Raises:
        InvalidVerifierError: no prefix or one that is not spoken here.
    """
    prefix, colon, name = text.partition(":")
    if not colon or not name or len(text) > 2_000 or prefix not in tuple(Prefix):
        raise InvalidVerifierError(
            "不支持此验证方标识。", "This kind of client identifier is not supported.", where="client_id"
        )
    return ClientId(Prefix(prefix), name)


def verify_client_id_certificate(client_id: ClientId, leaf_der: bytes) -> None:
    """Check that the certificate which signed a request proves its client id (section 5.9.3).

    Whether the certificate itself is to be trusted is a question for its path, not for this function.

    Raises:
        InvalidVerifierError: it does not.
    """
    if client_id.prefix is Prefix.X509_HASH:
        proved = hmac.compare_digest(
            client_id.name.encode("utf-8", "replace"), certificate_hash(leaf_der).encode()
        )
    elif client_id.prefix is Prefix.X509_SAN_DNS:
        proved = client_id.name.lower() in _dns_names(leaf_der)
    else:
        proved = False
    if not proved:
        raise InvalidVerifierError(
            "签名证书与验证方标识不符。",
            "The signing certificate does not belong to the client_id.",
            where="client_id",
        )


def check_response_host(client_id: ClientId, response_uri: str) -> None:
    """For ``x509_san_dns`` the answer goes to the very host that the client id names (section 5.9.3).

    Raises:
        InvalidVerifierError: another host.
    """
    try:
        host = urlsplit(response_uri).hostname
    except ValueError:
        host = None
    if client_id.prefix is Prefix.X509_SAN_DNS and host != client_id.name.lower():
        raise InvalidVerifierError(
            "响应地址不属于该验证方。",
            "The response address is not at the host of the client_id.",
            where="response_uri",
        )


def _dns_names(leaf_der: bytes) -> frozenset[str]:
    try:
        certificate = x509.load_der_x509_certificate(leaf_der)
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        # A wildcard is a name like any other here: the match is exact, so it matches no host.
        return frozenset(name.lower() for name in names.get_values_for_type(x509.DNSName))
    except Exception:  # noqa: BLE001 -- the parser has many ways to say no; each means that nothing is proved
        return frozenset()
