"""A verifier with a certificate; self-signed, because the standards judge no paths."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

CertificateOf = Callable[..., bytes]


@pytest.fixture
def at() -> datetime:
    return datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture
def certificate_of(at: datetime) -> CertificateOf:
    def build(pair: Any, *dns_names: str) -> bytes:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Example window")])
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(pair.public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(at - timedelta(days=1))
            .not_valid_after(at + timedelta(days=1))
        )
        if dns_names:
            names = x509.SubjectAlternativeName([x509.DNSName(dns_name) for dns_name in dns_names])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(pair.private_key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    return build
