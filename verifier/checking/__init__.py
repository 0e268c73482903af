"""Checking: the verification pipeline of DESIGN section 3, and its gathering of evidence.

Deciding is apart from fetching: ``gather_evidence`` collects lists, everything else decides over values and an instant.
"""

from verifier.checking.check_presentation import check_presentation, check_text
from verifier.checking.checked import (
    CheckedLicence,
    CheckedPresentation,
    ExpectedPresentation,
    MaterialRule,
)
from verifier.checking.evidence import Evidence, ListUsed
from verifier.checking.gather_evidence import gather_evidence
from verifier.checking.policy import VerificationPolicy

__all__ = [
    "CheckedLicence",
    "CheckedPresentation",
    "Evidence",
    "ExpectedPresentation",
    "ListUsed",
    "MaterialRule",
    "VerificationPolicy",
    "check_presentation",
    "check_text",
    "gather_evidence",
]
