"""Who shows a code for whom, from and to the bytes of a delegation."""

from __future__ import annotations

import pytest

from standards.show_code import ShortActing, ShortGrant
from standards.show_code.acting import acting_array, read_acting
from standards.status_list import StatusReference

WALLET = "https://wallet.example.cn"


@pytest.mark.parametrize("grant_id", ["G1", "6BJbF_R9rYOpdHB11yEQVQ", "not base64url!", "AAAAAAAAAAA"])
@pytest.mark.parametrize("uri", [f"{WALLET}/status-lists/3", "https://other.example.cn/status-lists/3"])
def test_a_grant_comes_back_as_it_went(grant_id: str, uri: str) -> None:
    """An id of 16 random bytes in base64url went as bytes and was not read: such a grant could not be delegated."""
    acting = ShortActing(
        "agent", "李小红", "0026", ShortGrant(grant_id, limited=False, status=StatusReference(uri, 99))
    )
    assert read_acting(acting_array(acting, WALLET), WALLET) == acting
