"""What can happen once: making a nonce or a grant costs nothing, using it is a unique insert.

The uses stand in the collection of the copies (``issuer.status.store``): that a grant was used, that a nonce was, and
which status entries the copies have is one durable write.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from enum import Enum
from typing import Any, Final

from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError

from issuer.issuance.offer import REQUESTS_PER_TOKEN, Grant
from issuer.status.store import COPIES_COLLECTION, DUPLICATE_KEY, NewCopies
from standards.oauth import PROOF_LIFETIME, DpopProof
from standards.openid4vci import FreshNonce

_Row = dict[str, Any]

GRANT_USE: Final = "grant:"
"""How the key of a row begins that stands for copies issued under a grant: then the reference, a colon, a number."""


class Use(Enum):
    """What came of using nonces and a grant together."""

    DONE = "done"
    PROOF_USED_BEFORE = "the DPoP proof was used before"
    NONCE_USED_BEFORE = "a nonce was used before"
    GRANT_USED_UP = "all issuances under the grant are used up"


class SingleUses:
    """The uses of one issuer node."""

    def __init__(self, database: Database[_Row]) -> None:
        self._uses: Collection[_Row] = database[COPIES_COLLECTION]

    def use(
        self, proof: DpopProof | None, nonces: Sequence[FreshNonce], grant: Grant, copies: NewCopies
    ) -> Use:
        """Use a DPoP proof, fresh nonces, and one of the issuances under a grant, for these copies; of several at once
        one gets each.

        One durable write; a grant that serves again takes one more for each time before. A proof or a nonce that was
        used before uses nothing of what comes after it.
        """
        rows: list[_Row] = [] if proof is None else [_proof_row(proof)]
        rows += [{"_id": f"nonce:{nonce.value}", "delete_at": nonce.expires_at} for nonce in nonces]
        for number in range(REQUESTS_PER_TOKEN):
            rows.append(copies.row(f"{GRANT_USE}{grant.reference}:{number}"))
            try:
                self._uses.insert_many(rows, ordered=True)
            except BulkWriteError as error:
                # In order: the first failure is the only one, and what stands before it was written.
                failure = error.details["writeErrors"][0]
                if failure["code"] != DUPLICATE_KEY:
                    raise
                if failure["index"] < len(rows) - 1:
                    at_proof = proof is not None and failure["index"] == 0
                    return Use.PROOF_USED_BEFORE if at_proof else Use.NONCE_USED_BEFORE
                rows = []
            else:
                return Use.DONE
        return Use.GRANT_USED_UP

    def take_proof(self, proof: DpopProof) -> bool:
        """Use a DPoP proof up by itself (one durable write); ``False`` when it was used before."""
        try:
            self._uses.insert_one(_proof_row(proof))
        except DuplicateKeyError:
            return False
        return True


def _proof_row(proof: DpopProof) -> _Row:
    """RFC 9449 section 11.1: a proof is one of its key; its ``jti`` is the client's text and is kept as a hash."""
    jti = hashlib.sha256(proof.jti.encode("utf-8", "surrogatepass")).hexdigest()
    return {"_id": f"dpop:{proof.jkt}:{jti}", "delete_at": proof.issued_at + PROOF_LIFETIME}
