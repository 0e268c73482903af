"""Issuing certificates, requests and revocation lists, and reading those of strangers."""

from __future__ import annotations

import base64
from contextlib import suppress
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keys.certificates import (
    CertificateAuthority,
    CertificateSubject,
    RevocationReason,
    RevokedSerial,
    build_request,
    certificate_subject,
    issue_crl,
    issue_leaf,
    load_certificate,
    parse_crl,
    parse_request,
    sign_request,
    verify_crl,
)
from keys.errors import CertificateError
from tests.support.trust_world import AT, FROM, UNTIL, USCC_A, TrustWorld, new_signer

CHANGES = st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), min_size=1, max_size=3)
SUBJECT = CertificateSubject("杭州市某局（示例）", USCC_A, "330100")


def test_leaf_says_what_the_profile_asks(world: TrustWorld) -> None:
    """Subject with code and division, not an authority, signs data, key identifiers, where revocations are."""
    region = world.regions["330000"]
    leaf = issue_leaf(
        SUBJECT,
        new_signer().public_key,
        region.authority,
        valid_from=FROM,
        valid_until=UNTIL,
        dns_names=["localhost"],
        uris=["http://localhost:8001"],
        crl_uri="http://localhost:8001/crl/330000.crl",
    )
    assert certificate_subject(leaf) == SUBJECT
    extensions = leaf.extensions
    assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    usage = extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert not usage.value.key_cert_sign
    issuer_id = region.authority.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    authority_id = extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    assert authority_id.key_identifier == issuer_id.value.digest
    point = next(iter(extensions.get_extension_for_class(x509.CRLDistributionPoints).value))
    assert point.full_name is not None
    assert point.full_name[0].value == "http://localhost:8001/crl/330000.crl"


def test_leaf_outliving_its_issuer(world: TrustWorld) -> None:
    with pytest.raises(CertificateError):
        issue_leaf(
            SUBJECT,
            new_signer().public_key,
            world.root,
            valid_from=FROM,
            valid_until=UNTIL + timedelta(seconds=1),
        )


def test_authority_with_another_key(world: TrustWorld) -> None:
    with pytest.raises(CertificateError):
        CertificateAuthority(world.anchor, new_signer())


@pytest.mark.parametrize(
    ("name", "uscc", "division"),
    [
        ("", None, None),
        ("名" * 65, None, None),
        ("局", "1234", None),
        ("局", None, "33010"),
        ("局", USCC_A + "\n", None),
    ],
)
def test_subject_that_cannot_be(name: str, uscc: str | None, division: str | None) -> None:
    with pytest.raises(CertificateError):
        CertificateSubject(name, uscc, division)


def test_request_is_certified_with_its_names(world: TrustWorld) -> None:
    signer = new_signer()
    request = parse_request(build_request(signer, SUBJECT, dns_names=["window.example"]))
    assert request.subject == SUBJECT
    certificate = sign_request(request, world.regions["330000"].authority, valid_from=FROM, valid_until=UNTIL)
    assert certificate.public_key() == signer.public_key
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["window.example"]


def test_request_that_asks_to_be_an_authority(world: TrustWorld) -> None:
    """A request with basicConstraints CA:TRUE. The certificate is a leaf all the same."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(SUBJECT.to_name())
        .add_extension(x509.BasicConstraints(ca=True, path_length=3), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
        .decode()
    )
    certificate = sign_request(
        parse_request(pem), world.regions["330000"].authority, valid_from=FROM, valid_until=UNTIL
    )
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_request_without_possession() -> None:
    """A request whose signature was changed: somebody asks for a key that he may not hold. Refused."""
    request = x509.load_pem_x509_csr(build_request(new_signer(), SUBJECT).encode())
    der = request.public_bytes(serialization.Encoding.DER)
    altered = x509.load_der_x509_csr(der[:-1] + bytes([der[-1] ^ 1]))
    with pytest.raises(CertificateError):
        parse_request(altered.public_bytes(serialization.Encoding.PEM).decode())


def test_request_with_rsa() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    request = (
        x509.CertificateSigningRequestBuilder().subject_name(SUBJECT.to_name()).sign(key, hashes.SHA256())
    )
    with pytest.raises(CertificateError):
        parse_request(request.public_bytes(serialization.Encoding.PEM).decode())


@given(st.text(max_size=300))
def test_any_text_is_no_request(text: str) -> None:
    with pytest.raises(CertificateError):
        parse_request(text)


@given(st.binary(max_size=300))
def test_any_bytes_are_no_certificate_and_no_list(data: bytes) -> None:
    with pytest.raises(CertificateError):
        load_certificate(data)
    with pytest.raises(CertificateError):
        parse_crl(data)


@pytest.mark.filterwarnings("ignore::UserWarning")  # of the reading library, about what it reads
@given(which=st.integers(0, 2), changes=CHANGES)
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_changed_byte_is_read_or_refused(
    world: TrustWorld, which: int, changes: list[tuple[int, int]]
) -> None:
    """A certificate, a request and a list with some bytes changed. Read, or refused by our own error alone."""
    authority = world.regions["330000"].authority
    request = x509.load_pem_x509_csr(build_request(new_signer(), SUBJECT, dns_names=["localhost"]).encode())
    whole = (
        world.regions["330000"].leaf("某局", USCC_A, dns_names=["localhost"]).certificate_chain[0],
        request.public_bytes(serialization.Encoding.DER),
        crl_of(authority, RevokedSerial(7, AT, RevocationReason.SUPERSEDED)),
    )
    altered = bytearray(whole[which])
    for place, byte in changes:
        altered[place % len(altered)] = byte
    with suppress(CertificateError):
        if which == 0:
            certificate_subject(load_certificate(bytes(altered)))
        elif which == 1:
            text = base64.b64encode(altered).decode()
            parse_request(f"-----BEGIN CERTIFICATE REQUEST-----\n{text}\n-----END CERTIFICATE REQUEST-----\n")
        else:
            verify_crl(parse_crl(bytes(altered)), authority.certificate)


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"\x02\x01\x01\x30", b"\x02\x01\x05\x30"), ("地区".encode(), b"\xff" * 6)],
    ids=["version", "issuer-name"],
)
def test_revocation_list_that_breaks_the_reader(world: TrustWorld, before: bytes, after: bytes) -> None:
    """A list of version 6, or of an issuer whose name is no text: refused as malformed when it is read."""
    der = crl_of(world.regions["330000"].authority)
    assert before in der
    with pytest.raises(CertificateError):
        parse_crl(der.replace(before, after, 1))


def crl_of(authority: CertificateAuthority, *rows: RevokedSerial, number: int = 1) -> bytes:
    return issue_crl(authority, rows, number=number, at=AT, next_update=AT + timedelta(days=7))


def test_revocation_list_comes_back(world: TrustWorld) -> None:
    authority = world.regions["330000"].authority
    row = RevokedSerial(2**150, FROM, RevocationReason.KEY_COMPROMISE)
    listed = verify_crl(parse_crl(crl_of(authority, row, number=7)), authority.certificate)
    assert listed.revoked == {2**150: row}
    assert listed.number == 7
    assert not listed.stale_at(AT + timedelta(days=7))
    assert listed.stale_at(AT + timedelta(days=7, seconds=1))


def test_revocation_list_by_another_authority(world: TrustWorld) -> None:
    """The list of 510000 held for that of 330000, and the list of a twin with the same name. Refused."""
    twin = TrustWorld.create()
    certificate = world.regions["330000"].authority.certificate
    for other in (world.regions["510000"].authority, twin.regions["330000"].authority):
        with pytest.raises(CertificateError):
            verify_crl(parse_crl(crl_of(other)), certificate)


def test_invalidity_date_counts_when_earlier(world: TrustWorld) -> None:
    """Revoked today, the key was stolen a week ago (invalidityDate). Not valid since a week ago."""
    authority = world.regions["330000"].authority
    stolen = AT - timedelta(days=7)
    row = (
        x509.RevokedCertificateBuilder()
        .serial_number(5)
        .revocation_date(AT)
        .add_extension(x509.InvalidityDate(stolen.replace(tzinfo=None)), critical=False)
        .build()
    )
    crl = (
        _raw_crl(authority).add_revoked_certificate(row).sign(authority.signer._private_key, hashes.SHA256())
    )
    assert verify_crl(crl, authority.certificate).revoked[5].since == stolen


@pytest.mark.parametrize(
    "extension",
    [
        x509.DeltaCRLIndicator(1),
        x509.IssuingDistributionPoint(
            full_name=None,
            relative_name=None,
            only_contains_user_certs=True,
            only_contains_ca_certs=False,
            only_some_reasons=None,
            indirect_crl=False,
            only_contains_attribute_certs=False,
        ),
    ],
)
def test_partial_revocation_list(world: TrustWorld, extension: x509.ExtensionType) -> None:
    """A delta list, and a list for some certificates only. Refused: a serial that is absent proves nothing."""
    authority = world.regions["330000"].authority
    builder = _raw_crl(authority).add_extension(extension, critical=True)
    crl = builder.sign(authority.signer._private_key, hashes.SHA256())
    with pytest.raises(CertificateError):
        verify_crl(crl, authority.certificate)


def _raw_crl(authority: CertificateAuthority) -> x509.CertificateRevocationListBuilder:
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(AT)
        .next_update(AT + timedelta(days=7))
        .add_extension(x509.CRLNumber(1), critical=False)
    )
