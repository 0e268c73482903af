"""Chains in the manner of x509-limbo: one case a function; the docstring draws the chain and the verdict.

``Root → CA → leaf`` reads: Root is the configured anchor, the chain that is offered is leaf, CA. The instant is
2026-11-22T08:00:00Z unless the case names another.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from keys.certificates import (
    TRUST_LIST_SIGNING,
    CertificateAuthority,
    CertificateSubject,
    issue_ca,
    issue_leaf,
    issue_root,
    parse_crl,
    verify_crl,
)
from keys.certificates.revocation import RevocationReason, RevokedSerial, issue_crl
from keys.certificates.wire import certificate_to_der
from keys.path_validation import PathError, PathReason, PathValidator, Purpose
from tests.support.trust_world import AT, FROM, UNTIL, USCC_A, TrustWorld, new_signer


def refused(
    validator: PathValidator, chain: tuple[bytes, ...], reason: PathReason, at: Any = AT, **options: Any
) -> PathError:
    with pytest.raises(PathError) as caught:
        validator.validate(chain, at, **options)
    assert caught.value.reason is reason
    return caught.value


def raw_leaf(
    world: TrustWorld, *extensions: tuple[x509.ExtensionType, bool], key: Any = None, **changes: Any
) -> tuple[bytes, bytes]:
    """A chain whose leaf has exactly these extensions, signed by region 330000."""
    region = world.regions["330000"]
    key = key or ec.generate_private_key(ec.SECP256R1())
    issuer_key = changes.pop("issuer_key", region.authority.signer._private_key)
    builder = (
        x509.CertificateBuilder()
        .subject_name(changes.pop("subject", CertificateSubject("某局", USCC_A).to_name()))
        .issuer_name(region.authority.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(FROM)
        .not_valid_after(UNTIL)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(region.authority.signer.public_key),
            critical=False,
        )
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    certificate = builder.sign(issuer_key, changes.pop("hash", hashes.SHA256()))
    return certificate.public_bytes(serialization.Encoding.DER), region.der


def usage(**changes: bool) -> x509.KeyUsage:
    values = dict.fromkeys(
        (
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return x509.KeyUsage(**(values | {"digital_signature": True} | changes))


NOT_CA = (x509.BasicConstraints(ca=False, path_length=None), True)
SIGNS = (usage(), True)


def test_leaf_under_region(world: TrustWorld) -> None:
    """Root → CA → leaf. Valid; the path names the organisation."""
    signer = world.regions["330000"].leaf(
        "杭州市某局", USCC_A, dns_names=["Window.Example"], uris=["http://i"]
    )
    path = world.validator().validate(signer.certificate_chain, AT)
    assert path.subject == CertificateSubject("杭州市某局", USCC_A, "330000")
    assert path.public_key == signer.public_key
    assert path.dns_names == ("window.example",)
    assert path.uris == ("http://i",)
    assert (path.valid_from, path.valid_until) == (FROM, UNTIL)


def test_leaf_under_city_under_province(world: TrustWorld) -> None:
    """Root → province CA (path length 1) → city CA → leaf. Valid."""
    nation = TrustWorld.create()
    province = nation.add_region("440000", path_length=1)
    city_signer = new_signer("city")
    city = CertificateAuthority(
        issue_ca(
            CertificateSubject("城市"),
            city_signer.public_key,
            province.authority,
            valid_from=FROM,
            valid_until=UNTIL,
        ),
        city_signer,
    )
    key = new_signer()
    leaf = issue_leaf(
        CertificateSubject("某局", USCC_A), key.public_key, city, valid_from=FROM, valid_until=UNTIL
    )
    chain = (certificate_to_der(leaf), certificate_to_der(city.certificate), province.der)
    assert nation.validator().validate(chain, AT).subject.uscc == USCC_A


def test_path_length_exceeded(world: TrustWorld) -> None:
    """Root → region CA (path length 0) → city CA → leaf. Refused: the region may not make authorities."""
    region = world.regions["330000"]
    city_signer = new_signer("city")
    city_certificate = issue_ca(
        CertificateSubject("城市"),
        city_signer.public_key,
        region.authority,
        valid_from=FROM,
        valid_until=UNTIL,
    )
    city = CertificateAuthority(city_certificate, city_signer)
    leaf = issue_leaf(
        CertificateSubject("某局", USCC_A), new_signer().public_key, city, valid_from=FROM, valid_until=UNTIL
    )
    chain = (certificate_to_der(leaf), certificate_to_der(city_certificate), region.der)
    refused(world.validator(), chain, PathReason.NOT_CERTIFIED)


def test_self_signed_leaf(world: TrustWorld) -> None:
    """leaf → leaf (self-signed). Refused, whatever it says of itself."""
    signer = new_signer()
    root = issue_root(CertificateSubject("冒充", USCC_A), signer, valid_from=FROM, valid_until=UNTIL)
    refused(world.validator(), (certificate_to_der(root),), PathReason.SELF_SIGNED)


def test_anchor_in_chain(world: TrustWorld) -> None:
    """Root → CA → leaf, offered as leaf, CA, Root. Refused: a chain does not bring its anchor (HAIP 1.0)."""
    signer = world.regions["330000"].leaf("某局", USCC_A)
    chain = (*signer.certificate_chain, certificate_to_der(world.anchor))
    refused(world.validator(), chain, PathReason.ANCHOR_IN_CHAIN)


def test_foreign_anchor_in_chain(world: TrustWorld) -> None:
    """Other root → other CA → leaf, offered with the other root. Refused: it does not become an anchor."""
    other = TrustWorld.create()
    signer = other.regions["330000"].leaf("某局", USCC_A)
    chain = (*signer.certificate_chain, certificate_to_der(other.anchor))
    refused(world.validator(), chain, PathReason.ANCHOR_IN_CHAIN)


def test_unknown_anchor() -> None:
    """Other root → other CA → leaf, where the other root has another name. Refused as unknown."""
    signer = new_signer()
    root = issue_root(CertificateSubject("别国根"), signer, valid_from=FROM, valid_until=UNTIL)
    leaf = issue_leaf(
        CertificateSubject("某局", USCC_A),
        new_signer().public_key,
        CertificateAuthority(root, signer),
        valid_from=FROM,
        valid_until=UNTIL,
    )
    refused(TrustWorld.create().validator(), (certificate_to_der(leaf),), PathReason.UNKNOWN_ANCHOR)


def test_same_name_other_key(world: TrustWorld) -> None:
    """Twin root (same name, other key) → CA → leaf. Refused: a name is not a signature."""
    twin = TrustWorld.create()
    signer = twin.regions["330000"].leaf("某局", USCC_A)
    refused(world.validator(), signer.certificate_chain, PathReason.NOT_CERTIFIED)


def test_leaf_signature_altered(world: TrustWorld) -> None:
    """Root → CA → leaf, the last byte of the leaf's signature changed. Refused."""
    leaf, authority = world.regions["330000"].leaf("某局", USCC_A).certificate_chain
    refused(world.validator(), (leaf[:-1] + bytes([leaf[-1] ^ 1]), authority), PathReason.NOT_CERTIFIED)


def test_leaf_signs_leaf(world: TrustWorld) -> None:
    """Root → CA → authority's leaf → forged leaf. Refused: an authority's key certifies nobody."""
    region = world.regions["330000"]
    signer = region.leaf("某局", USCC_A)
    authority = CertificateAuthority(x509.load_der_x509_certificate(signer.certificate_chain[0]), signer)
    forged = issue_leaf(
        CertificateSubject("冒充", USCC_A),
        new_signer().public_key,
        authority,
        valid_from=FROM,
        valid_until=UNTIL,
    )
    chain = (certificate_to_der(forged), *signer.certificate_chain)
    refused(world.validator(), chain, PathReason.NOT_CERTIFIED)


def test_authority_as_leaf(world: TrustWorld) -> None:
    """Root → CA, the CA's own certificate offered as the signer. Refused."""
    refused(world.validator(), (world.regions["330000"].der,), PathReason.UNSUITABLE_USAGE)


def test_missing_intermediate(world: TrustWorld) -> None:
    """Root → CA → leaf, offered as leaf alone. Refused: nothing is fetched to complete a chain."""
    signer = world.regions["330000"].leaf("某局", USCC_A)
    refused(world.validator(), signer.certificate_chain[:1], PathReason.UNKNOWN_ANCHOR)


def test_chain_out_of_order(world: TrustWorld) -> None:
    """Root → CA → leaf, offered as CA, leaf. Refused (RFC 7515 section 4.1.6)."""
    leaf, authority = world.regions["330000"].leaf("某局", USCC_A).certificate_chain
    refused(world.validator(), (authority, leaf), PathReason.WRONG_ORDER)


def test_stranger_between(world: TrustWorld) -> None:
    """Root → CA → leaf, offered as leaf, another region's CA, CA. Refused: every link counts."""
    leaf, authority = world.regions["330000"].leaf("某局", USCC_A).certificate_chain
    chain = (leaf, world.regions["510000"].der, authority)
    refused(world.validator(), chain, PathReason.WRONG_ORDER)


def test_too_long(world: TrustWorld) -> None:
    """Five certificates. Refused before any is read."""
    refused(world.validator(), (b"x",) * 5, PathReason.TOO_LONG)


def test_empty(world: TrustWorld) -> None:
    """No certificate. Refused."""
    refused(world.validator(), (), PathReason.EMPTY)


@pytest.mark.parametrize(
    "garbage", [b"", b"\x30", b"\x30\x82\xff\xff", b"not a certificate", b"\x00" * 10_000]
)
def test_garbage(world: TrustWorld, garbage: bytes) -> None:
    """Bytes that are no certificate. Refused as malformed."""
    refused(world.validator(), (garbage,), PathReason.MALFORMED)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x05"),
        ("地区330000".encode(), b"\xff\xfe" + "地区330000".encode()[2:]),
        ("某某局".encode(), b"\xff\xfe" + "某某局".encode()[2:]),
        (b"\x82\x09localhost", b"\xa3\x09localhost"),
        (b"\x82\x09localhost", b"\x82\x09\xff\xfecalhost"),
    ],
    ids=["version", "issuer-name", "subject-name", "x400-address", "host-name"],
)
def test_leaf_that_breaks_the_reader(world: TrustWorld, before: bytes, after: bytes) -> None:
    """Alone and under its CA: a leaf of version 6, with a name that is no text, or a name of a dead kind.

    Refused as malformed, never an error of the library that reads it.
    """
    leaf, authority = (
        world.regions["330000"].leaf("某某局", USCC_A, dns_names=["localhost"]).certificate_chain
    )
    assert before in leaf
    for chain in ((leaf.replace(before, after),), (leaf.replace(before, after), authority)):
        with pytest.raises(PathError):
            world.validator().validate(chain, AT)


CHANGES = st.lists(st.tuples(st.integers(0, 2**16), st.integers(1, 255)), min_size=1, max_size=3)


@pytest.mark.filterwarnings("ignore::UserWarning")  # of the reading library, about what it reads
@given(which=st.integers(0, 1), changes=CHANGES)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_changed_byte_of_a_chain_is_refused(
    world: TrustWorld, which: int, changes: list[tuple[int, int]]
) -> None:
    """Root → CA → leaf with some bytes of leaf or CA changed. Refused, and only by our own error."""
    chain = list(world.regions["330000"].leaf("某局", USCC_A, dns_names=["localhost"]).certificate_chain)
    altered = bytearray(chain[which])
    for place, mask in changes:
        altered[place % len(altered)] ^= mask
    assume(bytes(altered) != chain[which])
    chain[which] = bytes(altered)
    with pytest.raises(PathError):
        world.validator().validate(tuple(chain), AT)


def test_trailing_bytes(world: TrustWorld) -> None:
    """Root → CA → leaf with a byte after the leaf. Refused: one certificate has one form."""
    leaf, authority = world.regions["330000"].leaf("某局", USCC_A).certificate_chain
    refused(world.validator(), (leaf + b"\x00", authority), PathReason.MALFORMED)


def test_second_form_of_a_certificate(world: TrustWorld) -> None:
    """Root → CA → leaf, the count of unused bits in a signature raised where its last bits are 0.

    Refused: else a certificate had a second thumbprint, and its issuer's revocation list did not speak about it.
    """
    while True:
        chain = world.regions["330000"].leaf("某局", USCC_A).certificate_chain
        leaf = x509.load_der_x509_certificate(chain[0])
        if leaf.signature[-1] & 1 == 0:
            break
    place = len(chain[0]) - len(leaf.signature) - 1
    second = chain[0][:place] + b"\x01" + chain[0][place + 1 :]
    refused(world.validator(), (second, chain[1]), PathReason.MALFORMED)


def test_before_validity(world: TrustWorld) -> None:
    """Root → CA → leaf, one second before the leaf begins. Not yet valid; at its first second valid."""
    begins = AT + timedelta(days=1)
    signer = world.regions["330000"].leaf("某局", USCC_A, valid_from=begins)
    refused(
        world.validator(), signer.certificate_chain, PathReason.NOT_YET_VALID, begins - timedelta(seconds=1)
    )
    assert world.validator().validate(signer.certificate_chain, begins)


def test_after_validity(world: TrustWorld) -> None:
    """Root → CA → leaf, one second after the leaf ends, from a validator that has kept the path. Expired."""
    ends = AT + timedelta(days=1)
    signer = world.regions["330000"].leaf("某局", USCC_A, valid_until=ends)
    validator = world.validator()
    assert validator.validate(signer.certificate_chain, ends)
    refused(validator, signer.certificate_chain, PathReason.EXPIRED, ends + timedelta(seconds=1))


def test_authority_expired_below_valid_leaf() -> None:
    """Root → CA (ended) → leaf (still running, forged past its issuer). Expired: the whole path counts."""
    nation = TrustWorld.create()
    region = nation.regions["330000"]
    chain = raw_leaf(nation, NOT_CA, SIGNS)
    refused(nation.validator(), chain, PathReason.EXPIRED, UNTIL + timedelta(seconds=1))
    assert region.der == chain[1]


def test_rsa_leaf(world: TrustWorld) -> None:
    """Root → CA → leaf with an RSA key. Refused: only P-256 signs here."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    refused(world.validator(), raw_leaf(world, NOT_CA, SIGNS, key=key), PathReason.UNSUITABLE_ALGORITHM)


def test_p384_leaf(world: TrustWorld) -> None:
    """Root → CA → leaf on P-384. Refused: the table of algorithms has no such row."""
    key = ec.generate_private_key(ec.SECP384R1())
    refused(world.validator(), raw_leaf(world, NOT_CA, SIGNS, key=key), PathReason.UNSUITABLE_ALGORITHM)


def test_sha512_signature(world: TrustWorld) -> None:
    """Root → CA → leaf signed with ECDSA and SHA-512. Refused."""
    refused(
        world.validator(),
        raw_leaf(world, NOT_CA, SIGNS, hash=hashes.SHA512()),
        PathReason.UNSUITABLE_ALGORITHM,
    )


def test_unknown_critical_extension(world: TrustWorld) -> None:
    """Root → CA → leaf with a critical extension that nobody knows. Refused (RFC 5280 section 4.2)."""
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    refused(world.validator(), raw_leaf(world, NOT_CA, SIGNS, (unknown, True)), PathReason.NOT_CERTIFIED)


def test_unknown_uncritical_extension(world: TrustWorld) -> None:
    """Root → CA → leaf with an extension that nobody knows and nobody must. Valid."""
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    assert world.validator().validate(raw_leaf(world, NOT_CA, SIGNS, (unknown, False)), AT)


def test_leaf_without_key_usage(world: TrustWorld) -> None:
    """Root → CA → leaf that does not say what its key is for. Refused."""
    refused(world.validator(), raw_leaf(world, NOT_CA), PathReason.UNSUITABLE_USAGE)


@pytest.mark.parametrize("wrong", [{"digital_signature": False, "key_agreement": True}, {"crl_sign": True}])
def test_leaf_for_another_use(world: TrustWorld, wrong: dict[str, bool]) -> None:
    """Root → CA → leaf whose key does not sign data, or signs revocation lists as well. Refused."""
    refused(world.validator(), raw_leaf(world, NOT_CA, (usage(**wrong), True)), PathReason.UNSUITABLE_USAGE)


def test_list_signer_signs_a_credential(world: TrustWorld) -> None:
    """Root → CA → list signer, offered for a credential. Refused: it signs lists and nothing else."""
    chain = world.regions["330000"].list_signer.certificate_chain
    refused(world.validator(), chain, PathReason.UNSUITABLE_USAGE)
    assert world.validator().validate(chain, AT, Purpose.TRUST_LIST)


def test_authority_signs_a_list(world: TrustWorld) -> None:
    """Root → CA → authority's leaf, offered for a trust list. Refused: no authority makes lists."""
    chain = world.regions["330000"].leaf("某局", USCC_A).certificate_chain
    refused(world.validator(), chain, PathReason.UNSUITABLE_USAGE, purpose=Purpose.TRUST_LIST)


def test_list_usage_beside_any(world: TrustWorld) -> None:
    """Root → CA → leaf for web servers. Refused for signing: its usages are said, and this is none of them."""
    extended = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH, TRUST_LIST_SIGNING])
    refused(world.validator(), raw_leaf(world, NOT_CA, SIGNS, (extended, True)), PathReason.UNSUITABLE_USAGE)


def test_leaf_without_code(world: TrustWorld) -> None:
    """Root → CA → leaf without a unified social credit code. Refused for signing."""
    chain = world.regions["330000"].leaf("某局", None).certificate_chain
    refused(world.validator(), chain, PathReason.UNSUITABLE_SUBJECT)


def test_leaf_with_two_codes(world: TrustWorld) -> None:
    """Root → CA → leaf with two organizationIdentifiers. Refused: it could be read as either."""
    name = x509.Name(
        [
            *CertificateSubject("某局", USCC_A).to_name(),
            x509.NameAttribute(x509.NameOID.ORGANIZATION_IDENTIFIER, "11510100MB00000021"),
        ]
    )
    refused(world.validator(), raw_leaf(world, NOT_CA, SIGNS, subject=name), PathReason.UNSUITABLE_SUBJECT)


def revocation(world: TrustWorld, *rows: RevokedSerial, days: int = 7) -> PathValidator:
    region = world.regions["330000"]
    crl = issue_crl(
        region.authority, rows, number=1, at=AT - timedelta(hours=1), next_update=AT + timedelta(days=days)
    )
    return world.validator().with_revocation_lists([verify_crl(parse_crl(crl), region.authority.certificate)])


def test_revoked_leaf(world: TrustWorld) -> None:
    """Root → CA → leaf, on CA's revocation list since yesterday. Refused today, valid the day before yesterday."""
    signer = world.regions["330000"].leaf("某局", USCC_A)
    serial = x509.load_der_x509_certificate(signer.certificate_chain[0]).serial_number
    since = AT - timedelta(days=1)
    validator = revocation(world, RevokedSerial(serial, since, RevocationReason.KEY_COMPROMISE))
    error = refused(validator, signer.certificate_chain, PathReason.REVOKED)
    assert not error.indeterminate
    assert validator.validate(signer.certificate_chain, since - timedelta(seconds=1))


def test_not_revoked_on_fresh_list(world: TrustWorld) -> None:
    """Root → CA → leaf, another serial on CA's list. Valid."""
    validator = revocation(world, RevokedSerial(12345, FROM))
    assert validator.validate(world.regions["330000"].leaf("某局", USCC_A).certificate_chain, AT)


def test_overdue_revocation_list(world: TrustWorld) -> None:
    """Root → CA → leaf, CA's list overdue for a day. Cannot be told: neither valid nor refused for good."""
    validator = revocation(world)
    chain = world.regions["330000"].leaf("某局", USCC_A).certificate_chain
    error = refused(validator, chain, PathReason.REVOCATION_STALE, AT + timedelta(days=8))
    assert error.indeterminate
    assert error.sub_indication == "TRY_LATER"


def test_revocation_of_another_region(world: TrustWorld) -> None:
    """Root → CA of 510000 → leaf whose serial stands on the list of 330000. Valid: a serial is its issuer's."""
    signer = world.regions["510000"].leaf("某局", USCC_A)
    serial = x509.load_der_x509_certificate(signer.certificate_chain[0]).serial_number
    assert revocation(world, RevokedSerial(serial, FROM)).validate(signer.certificate_chain, AT)


def test_path_is_kept_and_bounded(world: TrustWorld) -> None:
    """The same chain again is the same path; more chains than places push the oldest out; errors take no place."""
    validator = PathValidator([world.anchor], cached_paths=2)
    chains = [world.regions["330000"].leaf(f"局{n}", USCC_A).certificate_chain for n in range(3)]
    first = validator.validate(chains[0], AT)
    assert validator.validate(chains[0], AT) is first
    for _ in range(10):
        refused(validator, (b"x",), PathReason.MALFORMED)
    assert validator.validate(chains[0], AT) is first
    for chain in chains[1:]:
        validator.validate(chain, AT)
    assert validator.validate(chains[0], AT) is not first


def test_root_change(world: TrustWorld) -> None:
    """Two anchors of one name while a nation changes its root: chains to either are valid."""
    twin = TrustWorld.create()
    validator = PathValidator([twin.anchor, world.anchor])
    for nation in (world, twin):
        chain = nation.regions["510000"].leaf("某局", USCC_A).certificate_chain
        assert validator.validate(chain, AT).anchor == nation.anchor
