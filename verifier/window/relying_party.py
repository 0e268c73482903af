"""A department as a wallet sees it: its key, its certificate, its client identifiers."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from keys.signer import Signer
from keys.software_store import SoftwareKeyStore
from standards.openid4vp.client_id import ClientId, Prefix, build_client_id
from standards.openid4vp.errors import InvalidVerifierError
from standards.text import Text
from verifier.departments.department import Department, DepartmentNotCertifiedError


def signer_of(keys: SoftwareKeyStore, department: Department) -> Signer:
    """The department's signer with its certificate chain.

    Raises:
        DepartmentNotCertifiedError: the certificate is not installed yet.
    """
    signer = keys.signer(department.key_id)
    if not signer.certificate_chain:
        raise _not_certified(
            "本部门还没有验证方证书。", "This department has no relying-party certificate yet."
        )
    return signer


def client_id_of(signer: Signer, prefix: Prefix, public_url: str) -> ClientId:
    """The client identifier under ``prefix`` (OpenID4VP 1.0 section 5.9.3).

    Raises:
        DepartmentNotCertifiedError: the certificate does not carry the host name of this window.
    """
    return _client_id(signer.certificate_chain[0], prefix, urlsplit(public_url).hostname or "")


@lru_cache(maxsize=256)
def _client_id(leaf_der: bytes, prefix: Prefix, host: str) -> ClientId:
    try:
        return build_client_id(prefix, leaf_der, dns_name=host)
    except InvalidVerifierError as error:
        raise _not_certified(
            "本部门的证书不含本窗口的域名。",
            "The certificate of this department does not name the host of this window.",
        ) from error


def _not_certified(zh: str, en: str) -> DepartmentNotCertifiedError:
    return DepartmentNotCertifiedError(
        zh,
        en,
        next_step=Text(
            "请管理员安装证书：elicence verifier department install-certificate。",
            "Ask the administrator to install it: elicence verifier department install-certificate.",
        ),
    )
