"""Codes of printed licences by the authority of the document world, and what the paper says."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from issuer.documents.faces.drawing import value_on_face
from keys.local_signer import LocalSigner
from standards.codes.licence_identifier import parse_licence_identifier
from standards.licence_types import FieldKind
from standards.print_code import PrintClaims, build_print_code, digest_of, parse_print_code
from standards.status_list import StatusReference
from tests.support.document_world import CLAIMS, IDENTIFIER, INDEX, LICENCE_TYPE, STATUS_URI, DocumentWorld
from tests.support.trust_world import AT
from verifier.checking import Evidence, VerificationPolicy
from verifier.print_codes import CheckedPrintCode, check_print_code

PRINTED = {
    one.order: value_on_face(one.name, LICENCE_TYPE, CLAIMS)
    for one in LICENCE_TYPE.fields
    if one.printed and one.kind is not FieldKind.IMAGE
}


@dataclass
class PrintWorld:
    """Attributes: documents: the authority, its keys and the lists."""

    documents: DocumentWorld = field(default_factory=DocumentWorld)

    def code(self, *, by: LocalSigner | None = None, **changes: Any) -> str:
        """A code; a per-use copy unless ``changes`` say otherwise."""
        signer = by or self.documents.issuer
        claims = PrintClaims(
            identifier=parse_licence_identifier(IDENTIFIER),
            type_version=int(LICENCE_TYPE.version),
            document_id="jz-12345678",
            purpose="子女入学报名",
            recipient="成都市青羊区教育局",
            digest=digest_of((str(place), text) for place, text in PRINTED.items()),
            printed=PRINTED,
            issued_at=AT - timedelta(hours=1),
            expires_at=AT + timedelta(days=30),
            status=StatusReference(STATUS_URI, INDEX),
            valid_until=None,
        )
        claims = replace(claims, **changes)
        return build_print_code(claims, certificate=signer.certificate_chain[0], sign=signer.sign)

    def evidence(self, status: int = 0, *, with_status: bool = True) -> Evidence:
        chains = {
            sha256(signer.certificate_chain[0]).digest(): signer.certificate_chain
            for signer in (self.documents.issuer, self.documents.other)
        }
        return replace(self.documents.evidence(status, with_status=with_status), issuer_chains=chains)

    def check(
        self, text: str, evidence: Evidence | None = None, *, at: datetime = AT, recipient: str | None = None
    ) -> CheckedPrintCode:
        return check_print_code(
            parse_print_code(text),
            evidence or self.evidence(),
            policy=VerificationPolicy(),
            at=at,
            recipient=recipient,
        )
