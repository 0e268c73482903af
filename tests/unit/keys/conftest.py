from __future__ import annotations

import pytest

from tests.support.trust_world import TrustWorld


@pytest.fixture(scope="session")
def world() -> TrustWorld:
    """One nation for all tests that change nothing in it."""
    return TrustWorld.create()
