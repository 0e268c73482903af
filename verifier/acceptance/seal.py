"""A seal over records: the department's signature on their hashes, made within a second of the decisions.

A record is bound to its place by its hash; the seal binds the hashes to the department, its certificate and the time. It names
hashes alone, so that one record can be handed out with its seal and nothing of the others.

JWS of type ``elicence-record-seal+jwt`` with ``x5c``; claims: ``iss`` (unified social credit code of the department),
``iat``, ``first`` (sequence number of the first hash), ``hashes`` (hexadecimal, in order).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from keys.path_validation import PathError, ValidatedPath
from keys.signer import Signer
from keys.trust_list import TrustStore
from standards.errors import InvalidInputError
from standards.jose import UnverifiedJws, build_jws, build_x5c, parse_jws, verify_jws, x5c_of
from standards.json_reader import Reader
from verifier.acceptance.errors import InvalidRecordFileError

SEAL_TYPE: Final = "elicence-record-seal+jwt"
MAX_HASHES: Final = 1000
"""Most records under one seal."""

_MAX_SEAL_CHARS: Final = 256 * 1024
_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RecordSeal:
    """A seal that was read; whether its signature holds, :func:`verify_seal` says.

    Attributes:
        jws: as parsed.
        department: USCC that it claims.
        sealed_at: when.
        first: sequence number of the first record.
        hashes: of the records from there on.
    """

    jws: UnverifiedJws
    department: str
    sealed_at: datetime
    first: int
    hashes: tuple[str, ...]

    def covers(self, sequence: int, record_hash: str) -> bool:
        """Whether it names this hash in this place."""
        place = sequence - self.first
        return 0 <= place < len(self.hashes) and self.hashes[place] == record_hash


def build_seal(department: str, first: int, hashes: Sequence[str], signer: Signer, at: datetime) -> str:
    """Sign the hashes of the records from ``first`` on."""
    header = {"typ": SEAL_TYPE, "x5c": build_x5c(signer.certificate_chain)}
    claims = {"iss": department, "iat": int(at.timestamp()), "first": first, "hashes": list(hashes)}
    return build_jws(header, claims, signer.sign)


def parse_seal(text: str) -> RecordSeal:
    """Read a seal; raises ``InvalidRecordFileError``."""
    try:
        jws = parse_jws(text, max_chars=_MAX_SEAL_CHARS)
        reader = Reader(jws.claims(), error=InvalidRecordFileError)
        hashes = reader.texts("hashes", min_items=1, max_items=MAX_HASHES, max_chars=64)
        if not all(_HASH.fullmatch(one) for one in hashes):
            raise reader.fail("hashes", "不是散列值。", "This is no hash.")
        return RecordSeal(
            jws,
            reader.text("iss", max_chars=18),
            datetime.fromtimestamp(reader.integer("iat", minimum=0, maximum=2**40), UTC),
            reader.integer("first", minimum=1, maximum=2**53),
            hashes,
        )
    except InvalidRecordFileError:
        raise
    except InvalidInputError as cause:
        raise InvalidRecordFileError(cause.message.zh, cause.message.en, where="seal") from cause


def verify_seal(seal: RecordSeal, trust: TrustStore) -> ValidatedPath:
    """The path of the department that signed, as it stood when it did.

    Raises:
        PathError: its certificate led to no anchor then, or was revoked.
        InvalidRecordFileError: a signature that does not hold, or somebody else's.
    """
    try:
        path = trust.validator.validate(x5c_of(seal.jws.header), seal.sealed_at)
        verify_jws(seal.jws, path.public_key, typ=SEAL_TYPE)
    except PathError:
        raise
    except InvalidInputError as cause:
        raise InvalidRecordFileError(
            "封存签名不成立。", "The signature of the seal does not hold.", where="seal"
        ) from cause
    if path.subject.uscc != seal.department:
        raise InvalidRecordFileError(
            "封存签名不是该部门的。", "The seal was signed by somebody else.", where="seal"
        )
    return path
