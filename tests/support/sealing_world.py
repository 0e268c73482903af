"""An authority with a sealing key and a node's time-stamp authority, under one region, with everything a validator needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import typst
from asn1crypto import x509 as asn1_x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from keys.certificates import issue_crl
from keys.certificates.wire import certificate_to_der
from keys.local_signer import LocalSigner
from keys.sealing import Picture, SealEvidence
from keys.timestamp import TimeStampAuthority, build_question, parse_answer
from tests.support.trust_world import AT, USCC_A, Region, TrustWorld

LIST_LIFE = timedelta(days=8)


@cache
def plain_pdf(colour: str = "white") -> bytes:
    """A page without seal."""
    source = f"#set page(width: 200pt, height: 280pt)\n#rect(fill: {colour}, width: 90pt, height: 90pt)"
    return bytes(typst.compile(source.encode(), format="pdf"))


RED_SEAL = Picture(b"1 0 0 rg 0 0 90 90 re f", 90, 90)


@dataclass
class SealingWorld:
    """Attributes: trust: the nation; region: under which both are; authority: the sealing key; clock: its time-stamp key."""

    trust: TrustWorld
    region: Region
    authority: LocalSigner
    clock: LocalSigner

    @classmethod
    def create(cls) -> SealingWorld:
        trust = TrustWorld.create()
        region = trust.add_region("330000")
        authority = region.leaf("杭州示例公安局", USCC_A, content_commitment=True)
        clock = region.leaf("示例节点时间戳", None, extended_key_usages=[ExtendedKeyUsageOID.TIME_STAMPING])
        return cls(trust, region, authority, clock)

    def stamp(self, digest: bytes, at: datetime = AT) -> bytes:
        """A token of the node's authority."""
        question = build_question(digest)
        return parse_answer(TimeStampAuthority(self.clock).answer(question.der, at), question).der

    def evidence(self, at: datetime = AT) -> SealEvidence:
        """Certificates, and the lists as they are at ``at``."""
        lists = tuple(
            issue_crl(authority, (), number=1, at=at, next_update=at + LIST_LIFE)
            for authority in (self.trust.root, self.region.authority)
        )
        certificates = {
            certificate_to_der(self.trust.anchor),
            *self.authority.certificate_chain,
            *self.clock.certificate_chain,
        }
        return SealEvidence(tuple(sorted(certificates)), lists)

    def oracle_anchor(self) -> asn1_x509.Certificate:
        """The anchor for pyHanko's own validator."""
        return asn1_x509.Certificate.load(certificate_to_der(self.trust.anchor))
