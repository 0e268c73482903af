"""Status lists kept after their first reading: verifying and unpacking one costs as much as many credentials.

Everything here follows from a token's text and its signer's certificate alone, so it may be kept; whether the path
holds and the list is current is asked each time (step 6).
"""

from __future__ import annotations

from functools import lru_cache

from standards.status_list import (
    StatusListSignatureError,
    UnverifiedStatusListToken,
    VerifiedStatusList,
    parse_status_list_token,
    verify_status_list_token,
)
from verifier.checking.leaf_keys import leaf_key

_KEPT_LISTS = 16
"""Each takes at most 4 MiB unpacked (``standards.status_list.MAX_LIST_BYTES``)."""


@lru_cache(maxsize=_KEPT_LISTS)
def read_token(text: str) -> UnverifiedStatusListToken:
    """The parts of a token, nothing verified, nothing unpacked; raises ``StatusListError``."""
    return parse_status_list_token(text)


@lru_cache(maxsize=_KEPT_LISTS)
def verified_list(text: str, uri: str, leaf_der: bytes) -> VerifiedStatusList:
    """The list that ``text`` carries for ``uri``, signed with the key of ``leaf_der``; raises ``StatusListError``.

    The caller has validated the leaf's path. The list's time is not judged: ask ``require_current``.
    """
    key = leaf_key(leaf_der)
    if key is None:
        raise StatusListSignatureError(
            "状态列表的签名密钥不在 P-256 曲线上。", "The status list's key is not on P-256."
        )
    return verify_status_list_token(read_token(text), key, uri=uri, at=None)
