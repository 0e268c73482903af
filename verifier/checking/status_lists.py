"""Status lists kept after their first reading: verifying and unpacking one costs as much as many credentials.

Everything here follows from a token's text and its signer's certificate alone, so it may be kept; whether the path
holds and the list is current is asked each time (step 6).
"""

from __future__ import annotations

from functools import lru_cache

from standards.status_list import (
    StatusListSignatureError,
    VerifiedStatusList,
    parse_status_list_token,
    verify_status_list_token,
)
from verifier.checking.leaf_keys import leaf_key

_KEPT_LISTS = 64
"""A list of 2^20 entries takes 256 KB unpacked; none more than ``standards.status_list.MAX_LIST_BYTES``."""


@lru_cache(maxsize=_KEPT_LISTS)
def signer_chain(text: str) -> tuple[bytes, ...]:
    """DER certificates of a token's signer, leaf first, not validated; raises ``StatusListError``.

    The rest of the token is let go: a stranger's list must not take up room.
    """
    return parse_status_list_token(text).certificate_chain


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
    return verify_status_list_token(parse_status_list_token(text), key, uri=uri, at=None)
