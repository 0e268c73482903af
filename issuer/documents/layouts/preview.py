"""What a layout looks like, with a fictional licence on it; never sealed, and marked as a sample."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from issuer.catalogue.examples import example_body, example_fields
from issuer.documents.faces.layout import Layout
from issuer.documents.faces.render import FaceInput
from issuer.library.licence import local_day
from standards.documents import Annotation
from standards.licence_types import LicenceType

SAMPLE: Final = "样张，仅供查看版式"

_CODE: Final = "ELP1:" + "4XO0Z9B%G2R$7K" * 36
"""As long as the print code of a licence with many fields."""


def sample_face(layout: Layout, licence_type: LicenceType, authority: str, at: datetime) -> FaceInput:
    """The example of the type, laid out so, as a per-use copy: its note is the longer one."""
    annotation = Annotation(
        "jz-0000000000000000000",
        "查看版式",
        "某某市政务服务中心（示例）",
        at,
        at + timedelta(days=30),
        authority,
    )
    return FaceInput(
        layout=layout,
        licence_type=licence_type,
        claims=_claims(licence_type, authority, at),
        authority=authority,
        code=_CODE,
        credential="-",
        metadata=b"{}",
        made_at=at,
        document_id=annotation.document_id,
        annotation=annotation,
        watermark=SAMPLE,
    )


def _claims(licence_type: LicenceType, authority: str, at: datetime) -> dict[str, Any]:
    day = local_day(at)
    holder = example_body(licence_type, day)["holders"][0]
    return {
        "licence_number": "示例000000000001",
        "holder_name": holder["name"],
        "holder_number": holder["number"],
        "issuing_authority": authority,
        "issue_date": day.isoformat(),
        "valid_from": day.isoformat(),
        "valid_until": day.replace(year=day.year + 10, day=min(day.day, 28)).isoformat(),
        **example_fields(licence_type),
    }
