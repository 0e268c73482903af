"""``transaction_data`` (OpenID4VP 1.0 sections 5.1 and 8.4): what a presentation is to authorise beyond itself.

The hash is over the text as received, so that two readings of the same JSON cannot be told apart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from standards.dcql import DcqlQuery
from standards.jose import JoseError, b64url_decode, b64url_encode
from standards.json_reader import Reader, parse_json
from standards.openid4vp.errors import InvalidTransactionDataError

HASH_ALGORITHM: Final = "sha-256"
"""The only hash algorithm spoken here, and the default (appendix B.3.3.1)."""

MAX_ENTRY_CHARS: Final = 16_384
"""Longest entry, in characters of base64url."""


@dataclass(frozen=True, slots=True)
class TransactionData:
    """One entry.

    Attributes:
        encoded: the base64url text as received.
        type: kind of transaction; one that the wallet knows.
        credential_ids: queries whose presentation may authorise it; at least one.
        members: the whole object, for the page that asks the person.
    """

    encoded: str
    type: str
    credential_ids: tuple[str, ...]
    members: Mapping[str, Any]


def build_transaction_data(members: Mapping[str, Any]) -> str:
    """One entry as it goes into the request; ``members`` has ``type`` and ``credential_ids``."""
    return b64url_encode(orjson.dumps(dict(members)))


def parse_transaction_data(
    encoded: str, *, known_types: Collection[str], query: DcqlQuery
) -> TransactionData:
    """Read one entry.

    Raises:
        InvalidTransactionDataError: malformed, of a type that is not known here, for a credential that is not asked
            for, or with hash algorithms of which none is spoken here (section 8.4).
    """
    if len(encoded) > MAX_ENTRY_CHARS:
        raise _invalid("The transaction data are too long.")
    try:
        members = parse_json(b64url_decode(encoded), error=InvalidTransactionDataError)
    except JoseError as error:
        raise _invalid("The transaction data are not base64url.") from error
    reader = Reader(members, error=InvalidTransactionDataError)
    kind = reader.text("type", max_chars=500)
    if kind not in known_types:
        raise _invalid("The type of the transaction data is not known here.")
    ids = reader.texts("credential_ids", min_items=1, max_items=50, max_chars=100)
    if any(query.credential(query_id) is None for query_id in ids):
        raise _invalid("The transaction data name a credential that is not asked for.")
    algorithms = reader.optional_texts("transaction_data_hashes_alg", min_items=1, max_items=20, max_chars=50)
    if algorithms is not None and HASH_ALGORITHM not in algorithms:
        raise _invalid("None of the hash algorithms is spoken here.")
    return TransactionData(encoded, kind, ids, members)


def transaction_data_hashes(encoded: Sequence[str]) -> list[str]:
    """``transaction_data_hashes`` for the key binding: each over the received text, in order (appendix B.3.3.1)."""
    return [b64url_encode(hashlib.sha256(text.encode("ascii", "strict")).digest()) for text in encoded]


def _invalid(en: str) -> InvalidTransactionDataError:
    return InvalidTransactionDataError("交易数据无效。", en, where="transaction_data")
