"""An authority that issues, seals and prints: documents as it makes them, and the lists that a window has in hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from issuer.documents.faces.plain_layout import plain_layout
from issuer.documents.faces.render import FaceInput, FaceRenderer
from keys.local_signer import LocalSigner
from keys.pdf_check import read_sealed
from keys.sealing import Seal, Sealer, SealLevel
from keys.trust_list import Role, TrustStore
from standards.documents import Annotation, LicenceMetadata, MetadataHolder, build_metadata
from standards.licence_types import load_catalogue
from standards.sd_jwt_vc import CredentialTemplate, build_credential
from standards.status_list import StatusList, StatusReference, build_status_list_token
from tests.support.sealing_world import SealingWorld
from tests.support.trust_world import AT, USCC_A, USCC_B, entry_of
from verifier.checking import Evidence, VerificationPolicy
from verifier.documents import CheckedDocument, check_document

LICENCE_TYPE = load_catalogue().by_code("11100000000013338W001")
ISSUER = "https://issuer.example"
STATUS_URI = f"{ISSUER}/status-lists/1"
INDEX = 99
IDENTIFIER = "1.2.156.3005.2.11100000000013338W001.11330100MB00000014.000000001.001.X"
CLAIMS: dict[str, Any] = {
    "licence_identifier": IDENTIFIER,
    "licence_number": "990101198805120016",
    "holder_name": "张小明",
    "holder_number": "990101198805120016",
    "issuing_authority": "杭州某局（示例）",
    "issue_date": "2026-01-02",
    "valid_from": "2026-01-02",
    "valid_until": "2036-01-02",
    "gender": "男",
    "ethnicity": "汉",
    "birth_date": "1988-05-12",
    "address": "浙江省杭州市拱墅区示例路1号2幢301室",
}


@cache
def renderer() -> FaceRenderer:
    return FaceRenderer()


@dataclass
class DocumentWorld:
    """Attributes: sealing: keys that seal and stamp; issuer: the key that signs licences, of the same authority."""

    sealing: SealingWorld = field(default_factory=SealingWorld.create)
    issuer: LocalSigner = field(init=False)
    other: LocalSigner = field(init=False)

    def __post_init__(self) -> None:
        self.issuer = self.sealing.region.leaf("杭州某局（示例）", USCC_A, uris=(ISSUER,))
        self.other = self.sealing.region.leaf("另一家单位（示例）", USCC_B, content_commitment=True)

    def store(self, *, seal_listed: bool = True) -> TrustStore:
        entries = [entry_of(self.issuer, types=(LICENCE_TYPE.code,))]
        entries.append(entry_of(self.other, USCC_B, role=Role.SEAL, types=()))
        if seal_listed:
            entries.append(entry_of(self.sealing.authority, role=Role.SEAL, types=()))
        return self.sealing.trust.store({"330000": tuple(entries)})

    def evidence(self, status: int = 0, *, seal_listed: bool = True, with_status: bool = True) -> Evidence:
        statuses = StatusList(2**14)
        statuses.set(INDEX, status)
        token = build_status_list_token(
            statuses,
            uri=STATUS_URI,
            issued_at=AT - timedelta(minutes=3),
            expires_at=AT + timedelta(days=1),
            ttl=timedelta(hours=1),
            certificate_chain=self.issuer.certificate_chain,
            sign=self.issuer.sign,
        )
        return Evidence(self.store(seal_listed=seal_listed), {STATUS_URI: token} if with_status else {})

    def credential(
        self, claims: dict[str, Any] = CLAIMS, expires_at: datetime = AT + timedelta(days=88)
    ) -> str:
        template = CredentialTemplate.of(
            issuer=ISSUER,
            vct=LICENCE_TYPE.vct,
            vct_integrity="sha256-AAAA",
            certificate_chain=self.issuer.certificate_chain,
        )
        return build_credential(
            template,
            claims,
            holder_key=None,
            status=StatusReference(STATUS_URI, INDEX),
            issued_at=AT - timedelta(days=2),
            expires_at=expires_at,
            sign=self.issuer.sign,
        )

    def unsealed(
        self,
        *,
        printed: dict[str, Any] = CLAIMS,
        attached: dict[str, Any] = CLAIMS,
        annotation: Annotation | None = None,
        credential: str | None = None,
        identifier: str = IDENTIFIER,
    ) -> bytes:
        """The page with its attachments; what is printed and what is attached may differ."""
        metadata = LicenceMetadata(
            identifier=identifier,
            number=str(attached["licence_number"]),
            type_name=LICENCE_TYPE.name.zh,
            type_code=LICENCE_TYPE.code,
            type_version=LICENCE_TYPE.version,
            version=1,
            issue_date=AT.date(),
            valid_from=None,
            valid_until=None,
            authority="杭州某局（示例）",
            authority_code=USCC_A,
            division="330100",
            status="有效",
            holders=(MetadataHolder("张小明", "111", "990101198805120016"),),
            seal_name="杭州某局（示例）",
            document_id="yj-12345678",
            fields={},
            annotation=annotation,
        )
        return (
            renderer()
            .render(
                FaceInput(
                    layout=plain_layout(LICENCE_TYPE),
                    licence_type=LICENCE_TYPE,
                    claims=printed,
                    authority="杭州某局（示例）",
                    code="ELD1:" + "ABCDEFGHIJ" * 20,
                    credential=credential or self.credential(attached),
                    metadata=build_metadata(metadata, LICENCE_TYPE),
                    made_at=AT,
                    document_id="yj-12345678",
                    annotation=annotation,
                )
            )
            .pdf
        )

    def document(
        self, level: SealLevel = SealLevel.BASIC, *, by: LocalSigner | None = None, **parts: Any
    ) -> bytes:
        return self.seal(self.unsealed(**parts), level, by=by)

    def seal(self, pdf: bytes, level: SealLevel = SealLevel.BASIC, *, by: LocalSigner | None = None) -> bytes:
        return Sealer(by or self.sealing.authority).seal(
            pdf,
            Seal("Seal1", level, "颁发电子证照"),
            at=AT,
            time_stamper=self.sealing.stamp,
            evidence=self.sealing.evidence(),
        )

    def check(
        self, pdf: bytes, evidence: Evidence | None = None, *, at: datetime = AT, recipient: str | None = None
    ) -> CheckedDocument:
        return check_document(
            read_sealed(pdf),
            evidence or self.evidence(),
            policy=VerificationPolicy(),
            at=at,
            recipient=recipient,
        )


def annotation(expires_at: datetime = AT + timedelta(days=30)) -> Annotation:
    return Annotation("jz-12345678", "子女入学报名", "成都市青羊区教育局", AT, expires_at, "杭州某局（示例）")
