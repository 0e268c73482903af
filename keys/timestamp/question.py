"""What a time-stamp authority is asked (RFC 3161 section 2.4.1)."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from asn1crypto import algos, core, tsp

_NONCE_BITS: Final = 64

QUERY_MEDIA_TYPE: Final = "application/timestamp-query"
"""RFC 3161 section 3.4."""

ANSWER_MEDIA_TYPE: Final = "application/timestamp-reply"


@dataclass(frozen=True, slots=True)
class TimeStampQuestion:
    """A question, with what its answer must repeat.

    Attributes:
        der: the bytes to send.
        digest: SHA-256 of what is stamped, 32 bytes.
        nonce: random, positive.
    """

    der: bytes
    digest: bytes
    nonce: int


def build_question(digest: bytes) -> TimeStampQuestion:
    """Ask for a stamp over a SHA-256 digest, with the authority's certificate in the answer.

    Raises ``ValueError`` for a digest of another length: a mistake of the caller.
    """
    if len(digest) != hashlib.sha256().digest_size:
        raise ValueError("a SHA-256 digest has 32 bytes")
    nonce = secrets.randbits(_NONCE_BITS) | 1
    question = tsp.TimeStampReq(
        {
            "version": 1,
            "message_imprint": tsp.MessageImprint(
                {"hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}), "hashed_message": digest}
            ),
            "nonce": core.Integer(nonce),
            "cert_req": True,
        }
    )
    return TimeStampQuestion(question.dump(), digest, nonce)
