"""A document years later: certificates that ended or were revoked, before and after what time stamps prove."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from keys.certificates import issue_crl, load_certificate
from keys.certificates.revocation import RevokedSerial, parse_crl, verify_crl
from keys.local_signer import LocalSigner
from keys.path_validation import PathReason, PathValidator
from keys.pdf_check import CheckedSeal, check_pdf
from keys.sealing import Seal, Sealer, SealEvidence, SealLevel, renew_archive_time_stamp
from tests.support.sealing_world import LIST_LIFE, SealingWorld, plain_pdf
from tests.support.trust_world import AT, FROM, USCC_A

DAY = timedelta(days=1)


def world(**authority: datetime) -> SealingWorld:
    made = SealingWorld.create()
    if authority:
        signer = made.region.leaf("杭州示例公安局", USCC_A, content_commitment=True, **authority)
        made = replace(made, authority=signer)
    return made


def sealed(by: SealingWorld, level: SealLevel, evidence: SealEvidence | None = None) -> bytes:
    return Sealer(by.authority).seal(
        plain_pdf(),
        Seal("Seal1", level, "签发"),
        at=AT,
        time_stamper=by.stamp,
        evidence=evidence or by.evidence(),
    )


def serial(signer: LocalSigner) -> int:
    return load_certificate(signer.certificate_chain[0]).serial_number


def in_hand(
    by: SealingWorld, at: datetime, revoked: Iterable[tuple[LocalSigner, datetime]] = ()
) -> PathValidator:
    """The validator of a node that fetched the region's list at ``at``."""
    rows = [RevokedSerial(serial(signer), since) for signer, since in revoked]
    authority = by.region.authority
    der = issue_crl(authority, rows, number=7, at=at, next_update=at + LIST_LIFE)
    return PathValidator([by.trust.anchor], [verify_crl(parse_crl(der), authority.certificate)])


def check(pdf: bytes, validator: PathValidator, at: datetime) -> CheckedSeal:
    (one,) = check_pdf(pdf, validator, at).seals
    return one


def reason(one: CheckedSeal) -> PathReason | None:
    return one.path_problem.reason if one.path_problem else None


@pytest.mark.parametrize("level", list(SealLevel))
def test_the_sealing_certificate_has_ended(level: SealLevel) -> None:
    short = world(valid_from=FROM, valid_until=AT + 30 * DAY)
    pdf, later = sealed(short, level), AT + 60 * DAY
    validator = in_hand(short, later)
    assert check(pdf, validator, AT + 29 * DAY).holds
    one = check(pdf, validator, later)
    assert one.holds == level.is_timestamped
    assert one.proven_at == (AT if level.is_timestamped else None)
    if not level.is_timestamped:
        assert reason(one) is PathReason.EXPIRED


@pytest.mark.parametrize("level", list(SealLevel))
def test_revoked_after_the_proven_time(level: SealLevel) -> None:
    made = world()
    pdf = sealed(made, level)
    one = check(pdf, in_hand(made, AT + 20 * DAY, [(made.authority, AT + 10 * DAY)]), AT + 20 * DAY)
    assert one.holds == level.is_timestamped
    if not level.is_timestamped:
        assert reason(one) is PathReason.REVOKED


@pytest.mark.parametrize("level", list(SealLevel))
def test_revoked_before_the_proven_time(level: SealLevel) -> None:
    made = world()
    pdf = sealed(made, level)
    one = check(pdf, in_hand(made, AT + 20 * DAY, [(made.authority, AT - DAY)]), AT + 20 * DAY)
    assert not one.holds
    assert reason(one) is PathReason.REVOKED


@pytest.mark.parametrize("level", [SealLevel.BASIC, SealLevel.LONG_TERM, SealLevel.ARCHIVED])
def test_an_older_list_in_the_document_hides_no_revocation(level: SealLevel) -> None:
    """The document's own list still runs and was made before the revocation, which the node knows of."""
    made = world()
    pdf, later = sealed(made, level), AT + 2 * DAY
    assert later < AT + LIST_LIFE
    one = check(pdf, in_hand(made, later, [(made.authority, AT - DAY)]), later)
    assert reason(one) is PathReason.REVOKED


def test_a_revocation_that_only_the_document_knows_of() -> None:
    made = world()
    listed = issue_crl(
        made.region.authority,
        [RevokedSerial(serial(made.authority), AT - DAY)],
        number=9,
        at=AT,
        next_update=AT + LIST_LIFE,
    )
    evidence = made.evidence()
    pdf = sealed(
        made, SealLevel.LONG_TERM, SealEvidence(evidence.certificates, (*evidence.revocation_lists, listed))
    )
    for later in (AT, AT + 90 * DAY):
        assert reason(check(pdf, in_hand(made, later), later)) is PathReason.REVOKED


@pytest.mark.parametrize("level", [SealLevel.TIMESTAMPED, SealLevel.ARCHIVED])
def test_a_time_stamp_authority_that_was_revoked_proves_nothing_any_more(level: SealLevel) -> None:
    made = world()
    pdf = sealed(made, level)
    later = AT + 20 * DAY
    one = check(pdf, in_hand(made, later, [(made.clock, AT + 10 * DAY)]), later)
    assert one.proven_at is None
    assert one.time_stamp_problem == f"time-stamp-{PathReason.REVOKED.value}"
    ended = world(valid_from=FROM, valid_until=AT + 15 * DAY)
    gone = check(sealed(ended, level), in_hand(ended, later, [(ended.clock, AT + 10 * DAY)]), later)
    assert not gone.holds
    assert reason(gone) is PathReason.EXPIRED


def test_renewed_in_time_by_another_authority_it_outlives_the_first_clock() -> None:
    """The first time-stamp authority ends; before that, a stamp of the next one was put over everything."""
    made = world(valid_from=FROM, valid_until=AT + 30 * DAY)
    ends = AT + 60 * DAY
    usage = [ExtendedKeyUsageOID.TIME_STAMPING]
    first = made.region.leaf("第一时间戳", None, extended_key_usages=usage, valid_until=ends)
    made = replace(made, clock=first)
    pdf = sealed(made, SealLevel.ARCHIVED)
    after = ends + 30 * DAY
    assert not check(pdf, in_hand(made, after), after).holds
    then = ends - 10 * DAY
    second = replace(made, clock=made.region.leaf("第二时间戳", None, extended_key_usages=usage))
    renewed = renew_archive_time_stamp(pdf, lambda digest: second.stamp(digest, then), second.evidence(then))
    one = check(renewed, in_hand(made, after), after)
    assert one.holds
    assert one.proven_at == AT
    too_late = renew_archive_time_stamp(
        pdf, lambda digest: second.stamp(digest, after), second.evidence(after)
    )
    assert not check(too_late, in_hand(made, after), after).holds


def test_before_it_was_made() -> None:
    """At an instant before its time stamps nothing proves anything, and a certificate that begins later has no path."""
    made = world(valid_from=AT - DAY, valid_until=AT + 30 * DAY)
    one = check(sealed(made, SealLevel.ARCHIVED), in_hand(made, AT - 2 * DAY), AT - 2 * DAY)
    assert reason(one) is PathReason.NOT_YET_VALID
    assert one.proven_at is None
