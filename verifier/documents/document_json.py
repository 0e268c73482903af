"""A checked document as JSON: what ``POST /api/v1/checks`` answers beside the report."""

from __future__ import annotations

from typing import Any

from keys.pdf_check import CheckedSeal
from verifier.documents.check_document import CheckedDocument


def document_json(checked: CheckedDocument) -> dict[str, Any]:
    """The members ``licence`` and ``document``."""
    licence = checked.licence
    return {
        "licence": licence
        and {
            "vct": licence.vct,
            "issuer": {"name": licence.issuer.to_json(), "uscc": licence.issuer_uscc},
            "claims": licence.claims,
            "shown_by": None,
        },
        "document": checked.pdf
        and {
            "id": checked.document_id,
            "kind": _kind(checked),
            "pages": checked.pdf.facts.pages,
            "seals": [_seal(seal) for seal in checked.pdf.seals],
            "time_stamps": [_seal(seal) for seal in checked.pdf.time_stamps],
            "annotation": checked.annotation and checked.annotation.to_json(),
            "fields": [field.to_json() for field in checked.fields],
        },
    }


def _kind(checked: CheckedDocument) -> str:
    if checked.licence is None and not checked.document_id:
        return "foreign"
    return "original" if checked.annotation is None else "annotated"


def _seal(seal: CheckedSeal) -> dict[str, Any]:
    subject = seal.path.subject if seal.path else None
    return {
        "field": seal.name,
        "holds": seal.holds,
        "problem": seal.problem,
        "changes": seal.changes.value,
        "signer": subject.name if subject else seal.signer,
        "uscc": subject.uscc if subject else None,
        "trusted": subject is not None,
        "level": seal.level.value if seal.level else None,
        "stated_at": seal.stated_at.isoformat() if seal.stated_at else None,
        "proven_at": seal.proven_at.isoformat() if seal.proven_at else None,
        "reason": seal.reason,
    }
