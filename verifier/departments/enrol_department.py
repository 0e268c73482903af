"""Use cases: a department is enrolled, asks its region for a certificate, and installs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from keys.certificates import CertificateSubject, build_request, certificate_subject
from keys.signer import Signer
from keys.software_store import SoftwareKeyStore
from verifier.departments.department import Department, InvalidDepartmentError, UnknownDepartmentError
from verifier.departments.store import DepartmentStore
from verifier.items import ItemRegister


@dataclass(frozen=True, slots=True)
class Enrolment:
    """An enrolled department and the certificate request for its key (PEM, PKCS#10)."""

    department: Department
    certificate_request: str


def enrol_department(
    department: Department,
    *,
    items: ItemRegister,
    departments: DepartmentStore,
    keys: SoftwareKeyStore,
    public_url: str,
    at: datetime,
) -> Enrolment:
    """Enrol or change a department; its key is made once. Safe to repeat (one durable write).

    Args:
        department: who.
        items: the items of this window.
        departments: where departments are kept.
        keys: where the relying-party keys are.
        public_url: of this window; its host goes into the request, for ``x509_san_dns``.
        at: now.

    Raises:
        UnknownServiceItemError: an item that this window does not have.
    """
    for code in department.service_items:
        items.by_code(code, where="service_items")
    signer = keys.ensure(department.key_id)
    departments.put(department, at)
    return Enrolment(department, _request(signer, department, public_url))


def _request(signer: Signer, department: Department, public_url: str) -> str:
    host = urlsplit(public_url).hostname
    subject = CertificateSubject(department.name.zh, department.uscc, department.division)
    return build_request(signer, subject, dns_names=(host,) if host else ())


def install_certificate(
    uscc: str, chain_pem: bytes, *, departments: DepartmentStore, keys: SoftwareKeyStore, at: datetime
) -> Department:
    """Install the chain that the region issued: PEM, leaf first; an anchor at its end is left out (HAIP 1.0).

    Raises:
        UnknownDepartmentError: not enrolled.
        InvalidDepartmentError: not certificates, or another organisation's.
        SigningKeyError: not for this department's key.
    """
    department = departments.find(uscc, at)
    if department is None:
        raise UnknownDepartmentError("该部门尚未登记。", "This department is not enrolled.", where=uscc)
    try:
        certificates = x509.load_pem_x509_certificates(chain_pem)
    except ValueError as error:
        raise InvalidDepartmentError("无法读取证书文件。", "The certificate file cannot be read.") from error
    if certificate_subject(certificates[0]).uscc != uscc:
        raise InvalidDepartmentError("证书属于另一机构。", "The certificate belongs to another organisation.")
    chain = tuple(
        certificate.public_bytes(serialization.Encoding.DER)
        for certificate in certificates
        if certificate.subject != certificate.issuer
    )
    keys.attach_certificates(department.key_id, chain)
    return department
