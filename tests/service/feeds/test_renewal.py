"""Renewals against publishers that lie, list by list; no network, everything signed is real."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509

from keys.certificates import (
    CertificateAuthority,
    CertificateSubject,
    RevokedSerial,
    issue_ca,
    issue_crl,
)
from keys.certificates.wire import certificate_to_der
from keys.path_validation import PathError, PathReason
from keys.trust_list import TrustStore
from service.outbound import OutboundUnreachableError
from service.trust_feed.renewal import Renewal
from tests.support.trust_world import AT, FROM, UNTIL, USCC_A, TrustWorld, entry_of, new_signer

DUE = AT + timedelta(days=7)


@pytest.fixture(scope="module")
def world() -> TrustWorld:
    return TrustWorld.create()


def published(world: TrustWorld, **crls: bytes) -> dict[str, bytes]:
    """Everything that the publishers answer with, by address; regions 330000 and 510000 have revocation lists."""
    regions = tuple(
        replace(region.entry, list_uri=division, crl_uri=f"crl-{division}")
        for division, region in world.regions.items()
    )
    contents = {"nation": world.nation_list(regions=regions).encode()}
    for division in world.regions:
        contents[division] = world.region_list(division).encode()
    return contents | {f"crl-{name.removeprefix('of_')}": der for name, der in crls.items()}


def renewed(world: TrustWorld, contents: dict[str, bytes], held: Renewal | None = None) -> Renewal:
    renewal = Renewal(held.store, dict(held.revocations)) if held else Renewal(TrustStore(world.validator()))

    def fetch(url: str, _media_type: str) -> bytes:
        if url not in contents:
            raise OutboundUnreachableError("没有。", "Nobody answers.")
        return contents[url]

    renewal.fetch_all("nation", fetch, AT)
    return renewal


def test_another_publisher_cannot_bring_back_an_old_revocation_list(world: TrustWorld) -> None:
    """Region 330000 revokes in its list 2; the address of 510000 answers with list 1 of 330000.

    The certificate stays revoked: at its address a region speaks for its own authorities alone.
    """
    signer = world.regions["330000"].leaf("某局", USCC_A)
    serial = x509.load_der_x509_certificate(signer.certificate_chain[0]).serial_number
    authority = world.regions["330000"].authority
    old = issue_crl(authority, [], number=1, at=AT, next_update=DUE)
    new = issue_crl(authority, [RevokedSerial(serial, FROM)], number=2, at=AT, next_update=DUE)
    renewal = renewed(world, published(world, of_330000=new, of_510000=old))
    assert "crl 510000" in renewal.problems
    with pytest.raises(PathError) as caught:
        renewal.store.validator.validate(signer.certificate_chain, AT)
    assert caught.value.reason is PathReason.REVOKED


def test_a_list_counts_for_each_certificate_of_its_authority() -> None:
    """CA renews its certificate under the same name and key; the nation's list names both.

    Its one revocation list refuses a leaf whose chain carries the old certificate and one that carries the new.
    """
    world = TrustWorld.create()
    region = world.regions["330000"]
    again = issue_ca(
        CertificateSubject("地区330000", None, "330000"),
        region.authority.signer.public_key,
        world.root,
        valid_from=FROM,
        valid_until=UNTIL - timedelta(days=1),
    )
    signer = region.leaf("某局", USCC_A)
    leaf = signer.certificate_chain[0]
    revoked = RevokedSerial(x509.load_der_x509_certificate(leaf).serial_number, FROM)
    entry = replace(
        region.entry,
        list_uri="330000",
        crl_uri="crl-330000",
        authorities=(region.der, certificate_to_der(again)),
    )
    contents = published(world) | {
        "nation": world.nation_list(regions=(entry,)).encode(),
        "330000": world.region_list("330000", (entry_of(signer),)).encode(),
        "crl-330000": issue_crl(region.authority, [revoked], number=1, at=AT, next_update=DUE),
    }
    validator = renewed(world, contents).store.validator
    for authority in entry.authorities:
        with pytest.raises(PathError) as caught:
            validator.validate((leaf, authority), AT)
        assert caught.value.reason is PathReason.REVOKED


def test_a_new_key_of_an_authority_counts_its_lists_anew() -> None:
    """CA has come to list 9 with its old key; with a new key of the same name it begins at 1. Taken."""
    world = TrustWorld.create()
    region = world.regions["330000"]
    key = new_signer("next")
    certificate = issue_ca(
        CertificateSubject("地区330000", None, "330000"),
        key.public_key,
        world.root,
        valid_from=FROM,
        valid_until=UNTIL,
    )
    before = issue_crl(region.authority, [], number=9, at=AT, next_update=DUE)
    held = renewed(world, published(world, of_330000=before))
    entry = replace(
        region.entry,
        list_uri="330000",
        crl_uri="crl-330000",
        authorities=(region.der, certificate_to_der(certificate)),
    )
    after = issue_crl(CertificateAuthority(certificate, key), [], number=1, at=AT, next_update=DUE)
    contents = {"nation": world.nation_list(2, regions=(entry,)).encode(), "crl-330000": after}
    renewal = renewed(world, contents, held)
    assert "crl 330000" not in renewal.problems
    assert renewal.to_lists().revocation_lists["330000"] == after


def test_a_revocation_list_that_cannot_be_read_leaves_the_rest_in_force(world: TrustWorld) -> None:
    """330000 answers with a list of version 6, 510000 with garbage. Two problems; all other lists are in force."""
    der = issue_crl(world.regions["330000"].authority, [], number=1, at=AT, next_update=DUE)
    contents = published(
        world, of_330000=der.replace(b"\x02\x01\x01\x30", b"\x02\x01\x05\x30", 1), of_510000=b"\x30\x80"
    )
    renewal = renewed(world, contents)
    assert set(renewal.problems) == {"crl 330000", "crl 510000"}
    assert set(renewal.store.regions) == {"330000", "510000"}
