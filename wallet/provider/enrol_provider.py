"""Use cases: this wallet service asks its region for a certificate as a wallet provider, and installs it.

The key is made once and stays in the key store; who the provider is stands in its certificate and nowhere else.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from keys.certificates import CertificateSubject, build_request, certificate_subject
from keys.signer import Signer
from keys.software_store import SoftwareKeyStore
from standards.codes.division import parse_division
from standards.codes.uscc import parse_uscc
from standards.text import Text
from wallet.provider.errors import InvalidProviderCertificateError, ProviderNotCertifiedError

KEY_ID: Final = "wallet-provider"

_NEXT_STEP: Final = Text(
    "请管理员运行 elicence wallet request-certificate，经本地区登记机构签发后再运行 install-certificate。",
    "Ask the administrator to run: elicence wallet request-certificate, then, with what the region's registrar "
    "issued, install-certificate.",
)


def request_certificate(
    keys: SoftwareKeyStore, *, name_zh: str, uscc: str, division: str, wallet_url: str
) -> str:
    """A certificate request (PEM, PKCS#10) for the provider's key. Safe to repeat.

    The host of ``wallet_url`` goes into it: a verifier takes a status list only from a host of its signer's
    certificate.

    Raises ``InvalidUsccError`` or ``InvalidDivisionError`` for codes that cannot be.
    """
    parse_uscc(uscc, where="uscc")
    subject = CertificateSubject(name_zh, uscc, parse_division(division, where="division").code)
    host = urlsplit(wallet_url).hostname
    return build_request(keys.ensure(KEY_ID), subject, dns_names=(host,) if host else ())


def install_certificate(keys: SoftwareKeyStore, chain_pem: bytes) -> CertificateSubject:
    """Install the chain that the region issued: PEM, leaf first; an anchor at its end is left out (HAIP 1.0).

    Raises:
        InvalidProviderCertificateError: not certificates, or without a unified social credit code.
        SigningKeyError: not for the key of this wallet service.
    """
    try:
        certificates = x509.load_pem_x509_certificates(chain_pem)
    except ValueError as error:
        raise InvalidProviderCertificateError(
            "无法读取证书文件。", "The certificate file cannot be read."
        ) from error
    subject = certificate_subject(certificates[0])
    if subject.uscc is None:
        raise InvalidProviderCertificateError(
            "证书没有统一社会信用代码。", "The certificate names no unified social credit code."
        )
    chain = tuple(
        certificate.public_bytes(serialization.Encoding.DER)
        for certificate in certificates
        if certificate.subject != certificate.issuer
    )
    keys.ensure(KEY_ID)
    keys.attach_certificates(KEY_ID, chain)
    return subject


def provider_signer(keys: SoftwareKeyStore) -> Signer:
    """The provider's signer with its certificate chain; raises ``ProviderNotCertifiedError`` before there is one."""
    signer = keys.signer(KEY_ID) if KEY_ID in keys else None
    if signer is None or not signer.certificate_chain:
        raise ProviderNotCertifiedError(
            "本钱包服务尚未登记为钱包提供方。",
            "This wallet service is not certified as a wallet provider yet.",
            next_step=_NEXT_STEP,
        )
    return signer
