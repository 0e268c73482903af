"""Signed today, proven in 2060: every certificate of today has ended, and each time stamp was renewed under the next authority.

The verdict is that of pyHanko's long-term validation (ETSI EN 319 102-1 section 5.6), which knows nothing of our renewal.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from hashlib import sha256
from typing import Any

import pytest
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv import ades_past, poe
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer

from issuer.documents.renewal.algorithms import ENDS, protected_until
from issuer.documents.renewal.renew_originals import ProtectionMeans, Renewed, renew_originals
from keys.certificates import (
    CertificateAuthority,
    CertificateSubject,
    issue_crl,
    issue_leaf,
    issue_root,
    load_certificate,
)
from keys.certificates.wire import certificate_to_der
from keys.errors import TimeStampError
from keys.local_signer import LocalSigner
from keys.sealing import Seal, Sealer, SealEvidence, SealLevel, renew_archive_time_stamp
from keys.timestamp import TimeStampAuthority, build_question, parse_answer
from tests.support.sealing_world import plain_pdf
from tests.support.trust_world import AT, FROM, new_signer

YEAR = timedelta(days=366)
IN_2060 = datetime(2060, 6, 1, tzinfo=UTC)
LONG_ENDS = {name: datetime(2100, 1, 1, tzinfo=UTC) for name in ENDS}
"""Of this test: today's algorithms stand for those that there will be."""
WEEK = timedelta(days=8)


@dataclass
class Generation:
    """A root, its time-stamp authority and an authority that seals, each for ten years.

    No region stands between: where one ended, pyHanko does not look into the past.
    """

    root: CertificateAuthority
    clock: LocalSigner
    authority: LocalSigner
    begins: datetime

    @classmethod
    def create(cls, begins: datetime) -> Generation:
        year, ends = begins.year, begins + 10 * YEAR
        signer = new_signer("root")
        subject = CertificateSubject(f"国家根 {year}")
        root = CertificateAuthority(issue_root(subject, signer, valid_from=begins, valid_until=ends), signer)

        def leaf(name: str, **options: Any) -> LocalSigner:
            held = new_signer(name)
            certificate = issue_leaf(
                CertificateSubject(f"{name} {year}"),
                held.public_key,
                root,
                valid_from=begins,
                valid_until=ends,
                **options,
            )
            return held.with_chain((certificate_to_der(certificate),))

        clock = leaf("示例时间戳", extended_key_usages=[ExtendedKeyUsageOID.TIME_STAMPING])
        return cls(root, clock, leaf("杭州示例公安局", content_commitment=True), begins)

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        return (load_certificate(self.clock.certificate_chain[0]), self.root.certificate)

    def stamp(self, digest: bytes, at: datetime) -> bytes:
        question = build_question(digest)
        return parse_answer(TimeStampAuthority(self.clock).answer(question.der, at), question).der

    def evidence(self, at: datetime) -> SealEvidence:
        certificates = (
            certificate_to_der(self.root.certificate),
            *self.clock.certificate_chain,
            *self.authority.certificate_chain,
        )
        return SealEvidence(certificates, (issue_crl(self.root, (), number=1, at=at, next_update=at + WEEK),))

    @property
    def anchor(self) -> asn1_x509.Certificate:
        return asn1_x509.Certificate.load(certificate_to_der(self.root.certificate))


@dataclass
class Kept:
    licence: str
    pdf: bytes = field(repr=False)
    protected_until: datetime

    @property
    def digest(self) -> str:
        return sha256(self.pdf).hexdigest()


@dataclass
class KeptOriginals:
    """The narrow part of a store that a renewal uses."""

    rows: dict[str, Kept]

    def due(self, before: datetime) -> Iterator[Kept]:
        return iter([replace(row) for row in self.rows.values() if row.protected_until < before])

    def replace_original(
        self, licence: str, old_digest: str, pdf: bytes, *, protected_until: datetime
    ) -> bool:
        if self.rows[licence].digest != old_digest:
            return False
        self.rows[licence] = Kept(licence, pdf, protected_until)
        return True


def sealed_today(world: Generation) -> Kept:
    pdf = Sealer(world.authority).seal(
        plain_pdf(),
        Seal("Seal1", SealLevel.ARCHIVED, "签发"),
        at=AT,
        time_stamper=lambda digest: world.stamp(digest, AT),
        evidence=world.evidence(AT),
    )
    return Kept("licence-1", pdf, protected_until(world.chain, LONG_ENDS))


def means_of(now: Generation, before: SealEvidence, at: datetime) -> ProtectionMeans:
    of_now = now.evidence(at)
    both = SealEvidence(
        (*before.certificates, *of_now.certificates), (*before.revocation_lists, *of_now.revocation_lists)
    )
    return ProtectionMeans(lambda digest: now.stamp(digest, at), both, protected_until(now.chain, LONG_ENDS))


@pytest.fixture(scope="module")
def world() -> Generation:
    return Generation.create(FROM)


@pytest.fixture(scope="module")
def generations() -> list[Generation]:
    return [Generation.create(datetime(year, 1, 1, tzinfo=UTC)) for year in (2035, 2044, 2053)]


def kept_up(world: Generation, generations: list[Generation]) -> Kept:
    """Sealed today, then a run of the job twice a year with whatever authority there is, its CRL still published."""
    store = KeptOriginals({"licence-1": sealed_today(world)})
    at, used = AT, None
    while at < IN_2060:
        at += timedelta(days=180)
        current = [one for one in generations if one.begins <= at]
        if not current:
            continue
        before = used.evidence(at) if used else world.evidence(at)
        done = renew_originals(store, means_of(current[-1], before, at), at)
        if done.renewed:
            used = current[-1]
    return store.rows["licence-1"]


def verdict_of(pdf: bytes, world: Generation, generations: list[Generation], moment: datetime) -> Any:
    """pyHanko's, with every anchor that there was, and the revocation list that the newest authority publishes today."""
    trust = SimpleTrustManager.build(trust_roots=[world.anchor, *(one.anchor for one in generations)])
    published = generations[-1].evidence(moment).revocation_lists
    specification = PdfSignatureValidationSpec(
        SignatureValidationSpec(
            CertValidationPolicySpec(
                trust, CertRevTrustPolicy(RevocationCheckingPolicy.from_legacy("require"))
            ),
            RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
            local_knowledge=LocalKnowledge(
                known_crls=[CRLContainer(asn1_crl.CertificateList.load(der)) for der in published]
            ),
        )
    )
    signature = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures[0]
    judging = ades_lta_validation(
        signature,
        specification,
        ValidationTimingInfo(
            validation_time=moment, best_signature_time=moment, point_in_time_validation=True
        ),
    )
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as pool:
        # The validator asks the machine's clock where it slides back in time.
        for module in (ades_past, poe):
            patch.setattr(module, "datetime", moved_clock(moment))
        return pool.submit(asyncio.run, judging).result()


def moved_clock(moment: datetime) -> type[datetime]:
    class Moved(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return moment.astimezone(tz)

    return Moved


def test_signed_today_verified_in_2060(world: Generation, generations: list[Generation]) -> None:
    kept = kept_up(world, generations)
    assert len(PdfFileReader(io.BytesIO(kept.pdf)).embedded_timestamp_signatures) == 4
    assert kept.protected_until > IN_2060 > world.chain[0].not_valid_after_utc, (
        "the certificates of today have ended long ago"
    )
    verdict = verdict_of(kept.pdf, world, generations, IN_2060)
    assert verdict.ades_subindic is AdESPassed.OK, verdict
    assert verdict.best_signature_time == AT


def test_a_renewal_that_was_missed_is_not_made_good(world: Generation, generations: list[Generation]) -> None:
    """Without the authority of 2044 the stamp of 2035 ended before the next came."""
    kept = kept_up(world, [generations[0], generations[2]])
    assert kept.protected_until < IN_2060, "a stamp that came too late would prove nothing"
    assert verdict_of(kept.pdf, world, generations, IN_2060).ades_subindic is not AdESPassed.OK


def test_a_stamp_that_comes_too_late_proves_nothing(world: Generation, generations: list[Generation]) -> None:
    """Why the job refuses to: put over an original whose protection had ended, it changes no verdict."""
    kept = kept_up(world, [generations[0], generations[2]])
    means = means_of(generations[2], generations[0].evidence(IN_2060), IN_2060)
    late = renew_archive_time_stamp(kept.pdf, means.stamp, means.evidence)
    assert verdict_of(late, world, generations, IN_2060).ades_subindic is not AdESPassed.OK
    store = KeptOriginals({kept.licence: kept})
    assert renew_originals(store, means, IN_2060) == Renewed(missed=1)
    assert store.rows[kept.licence] is kept


def test_never_renewed_it_is_not_proven(world: Generation, generations: list[Generation]) -> None:
    verdict = verdict_of(sealed_today(world).pdf, world, generations, IN_2060)
    assert verdict.ades_subindic is not AdESPassed.OK


def test_a_second_run_finds_nothing_to_do(world: Generation, generations: list[Generation]) -> None:
    store = KeptOriginals({"licence-1": sealed_today(world)})
    at = datetime(2035, 9, 1, tzinfo=UTC)
    means = means_of(generations[0], world.evidence(at), at)
    assert renew_originals(store, means, at) == Renewed(renewed=1)
    assert renew_originals(store, means, at) == Renewed()


def test_no_stamp_is_added_that_lasts_no_longer(world: Generation, generations: list[Generation]) -> None:
    kept = sealed_today(world)
    store = KeptOriginals({"licence-1": kept})
    at = datetime(2035, 9, 1, tzinfo=UTC)
    means = replace(means_of(generations[0], world.evidence(at), at), until=kept.protected_until)
    assert renew_originals(store, means, at) == Renewed(waiting=1)
    assert store.rows["licence-1"] is kept


def test_who_comes_second_changes_nothing(world: Generation, generations: list[Generation]) -> None:
    store = KeptOriginals({"licence-1": sealed_today(world)})
    at = datetime(2035, 9, 1, tzinfo=UTC)
    means = means_of(generations[0], world.evidence(at), at)
    inner = KeptOriginals(dict(store.rows))

    def overtaken(digest: bytes) -> bytes:
        store.rows["licence-1"] = Kept("licence-1", b"renewed by another", means.until)
        return generations[0].stamp(digest, at)

    assert renew_originals(store, replace(means, stamp=overtaken), at) == Renewed(overtaken=1)
    assert store.rows["licence-1"].pdf == b"renewed by another"
    assert inner.rows["licence-1"].pdf.startswith(b"%PDF")


def test_without_the_authority_the_original_stays(world: Generation, generations: list[Generation]) -> None:
    kept = sealed_today(world)
    store = KeptOriginals({"licence-1": kept})
    at = datetime(2035, 9, 1, tzinfo=UTC)

    def away(digest: bytes) -> bytes:
        raise TimeStampError("时间戳服务没有应答。", "The time-stamp service is away.")

    with pytest.raises(TimeStampError):
        renew_originals(store, replace(means_of(generations[0], world.evidence(at), at), stamp=away), at)
    assert store.rows["licence-1"] is kept


def test_an_algorithm_ends_before_the_certificate(generations: list[Generation]) -> None:
    """A stamp of 2035 with P-256 is good until the end of that year, however long its certificate runs."""
    assert protected_until(generations[0].chain) == ENDS["secp256r1"]
    assert protected_until(generations[0].chain, {}) < AT, "what the policy does not name has ended"
