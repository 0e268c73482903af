"""Use case: a sealed PDF came in; read it apart, fetch the status list that its licence names, decide."""

from __future__ import annotations

from datetime import datetime

from verifier.checking.gather_evidence import gather_evidence
from verifier.checking.policy import VerificationPolicy
from verifier.documents.check_document import CheckedDocument, check_document, credential_of
from verifier.documents.reading import read_document
from verifier.node import VerifierNode


def check_file(
    node: VerifierNode,
    content: bytes,
    *,
    policy: VerificationPolicy,
    at: datetime,
    recipient: str | None = None,
    public: bool = False,
) -> CheckedDocument:
    """The answer about a document; see :func:`check_document`. Nothing is kept."""
    read = read_document(content, public=public)
    text = credential_of(read)
    evidence = gather_evidence(() if text is None else (text,), trust=node.trust, status=node.status, at=at)
    return check_document(read, evidence, policy=policy, at=at, recipient=recipient)
