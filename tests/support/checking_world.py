"""A world to check licences in: an issuer on its region's list, a holder, a verifier's request, and what each signs.

Everything is real: certificates, lists, signatures. A test changes one thing and looks at the verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from keys.local_signer import LocalSigner
from keys.trust_list import TrustStore
from standards.dcql import DcqlQuery, parse_dcql
from standards.sd_jwt_vc import CredentialTemplate, build_credential, parse_credential, present_credential
from standards.status_list import StatusList, StatusReference, build_status_list_token
from standards.verification_report import Step, VerificationReport
from tests.support.trust_world import AT, USCC_A, TrustWorld, entry_of, new_signer
from verifier.checking import (
    CheckedPresentation,
    Evidence,
    ExpectedPresentation,
    VerificationPolicy,
    check_presentation,
    check_text,
)

TYPE_CODE = "T1"
VCT = f"urn:elicence:type:{TYPE_CODE}:1"
ISSUER = "https://issuer.example"
STATUS_URI = f"{ISSUER}/status-lists/1"
INDEX = 4711
AUDIENCE = "x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk"
NONCE = "nonce-of-this-request"
CLAIMS = {"holder_name": "张小明", "licence_number": "JY1330106000001", "valid_until": "2028-12-31"}
QUERY = parse_dcql(
    {
        "credentials": [
            {
                "id": "licence",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": [VCT]},
                "claims": [{"path": ["holder_name"]}, {"path": ["valid_until"]}],
            }
        ]
    }
)


@dataclass
class CheckingWorld:
    """One issuer in region 330000, listed for ``TYPE_CODE``; one holder; lists as of ``AT``."""

    nation: TrustWorld = field(default_factory=TrustWorld.create)
    holder: LocalSigner = field(default_factory=lambda: new_signer("holder"))
    issuer: LocalSigner = field(init=False)
    trust: TrustStore = field(init=False)

    def __post_init__(self) -> None:
        self.issuer = self.nation.regions["330000"].leaf("杭州某局（示例）", USCC_A, uris=(ISSUER,))
        self.trust = self.nation.store({"330000": (entry_of(self.issuer, types=(TYPE_CODE,)),)})

    def credential(
        self,
        signer: LocalSigner | None = None,
        *,
        claims: Mapping[str, Any] = CLAIMS,
        vct: str = VCT,
        issuer: str = ISSUER,
        issued_at: datetime = AT - timedelta(days=2),
        expires_at: datetime = AT + timedelta(days=88),
        valid_from: datetime | None = None,
        index: int = INDEX,
    ) -> str:
        """A copy as its issuer hands it to the wallet."""
        signer = signer or self.issuer
        template = CredentialTemplate.of(
            issuer=issuer, vct=vct, vct_integrity="sha256-AAAA", certificate_chain=signer.certificate_chain
        )
        return build_credential(
            template,
            claims,
            holder_key=self.holder.public_jwk,
            status=StatusReference(STATUS_URI, index),
            issued_at=issued_at,
            expires_at=expires_at,
            valid_from=valid_from,
            sign=signer.sign,
        )

    def shown(
        self,
        credential: str | None = None,
        *,
        names: tuple[str, ...] = ("holder_name", "valid_until"),
        by: LocalSigner | None = None,
        audience: str = AUDIENCE,
        nonce: str = NONCE,
        at: datetime = AT,
    ) -> str:
        """A presentation that the holder's wallet makes for the request of this world."""
        return present_credential(
            parse_credential(credential or self.credential()).sd_jwt,
            [[name] for name in names],
            audience=audience,
            nonce=nonce,
            at=at,
            sign=(by or self.holder).sign,
        )

    def status_token(
        self,
        value: int = 0,
        *,
        signer: LocalSigner | None = None,
        uri: str = STATUS_URI,
        issued_at: datetime = AT - timedelta(minutes=3),
        expires_at: datetime = AT + timedelta(days=1),
        size: int = 2**14,
    ) -> str:
        """The issuer's status list, with ``value`` at ``INDEX``."""
        statuses = StatusList(size)
        if size > INDEX:
            statuses.set(INDEX, value)
        signer = signer or self.issuer
        return build_status_list_token(
            statuses,
            uri=uri,
            issued_at=issued_at,
            expires_at=expires_at,
            ttl=timedelta(hours=1),
            certificate_chain=signer.certificate_chain,
            sign=signer.sign,
        )

    def evidence(self, status_token: str | None = "", trust: TrustStore | None = None) -> Evidence:
        """Lists in hand: by default this world's, with a list that says "valid"; ``None`` for no status list."""
        tokens = {} if status_token is None else {STATUS_URI: status_token or self.status_token()}
        return Evidence(trust or self.trust, tokens)

    def check(
        self,
        shown: str | None = None,
        evidence: Evidence | None = None,
        *,
        at: datetime = AT,
        policy: VerificationPolicy | None = None,
        query: DcqlQuery = QUERY,
    ) -> CheckedPresentation:
        """The verdict of the window on a presentation."""
        return check_presentation(
            {"licence": [shown or self.shown()]},
            ExpectedPresentation(NONCE, AUDIENCE, query),
            evidence or self.evidence(),
            policy=policy or VerificationPolicy(),
            at=at,
        )

    def check_bare(
        self, text: str, evidence: Evidence | None = None, *, at: datetime = AT
    ) -> CheckedPresentation:
        """The verdict on a credential that answers no request."""
        return check_text(text, evidence or self.evidence(), policy=VerificationPolicy(), at=at)


def codes(report: VerificationReport) -> dict[int, str]:
    """The finding codes by step; where a step has several, the decisive one."""
    found: dict[int, str] = {}
    for finding in report.findings:
        if finding.step not in found or finding.outcome.value in {"failed", "indeterminate"}:
            found[int(finding.step)] = finding.code
    return found


def verdict(checked: CheckedPresentation) -> tuple[str, int | None, str | None, str | None]:
    """Indication, deciding step, its code and its sub-indication: what the attack tests draw."""
    report = checked.report
    decisive = report.decisive
    return (
        report.indication.value,
        int(decisive.step) if decisive else None,
        decisive.code if decisive else None,
        report.sub_indication,
    )


ALL_STEPS = tuple(int(step) for step in Step)
