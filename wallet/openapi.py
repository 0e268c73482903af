"""The OpenAPI document of the wallet, put together from its features."""

from __future__ import annotations

from typing import Final

from wallet.accounts import openapi as accounts
from wallet.complaints import openapi as complaints
from wallet.history import openapi as history
from wallet.holdings import openapi as holdings
from wallet.mandates import openapi as mandates
from wallet.presenting import openapi as presenting
from wallet.provider import openapi as provider
from wallet.receiving import openapi as receiving
from wallet.showing import openapi as showing

FRAGMENTS: Final = (
    accounts.OPENAPI,
    holdings.OPENAPI,
    receiving.OPENAPI,
    presenting.OPENAPI,
    history.OPENAPI,
    mandates.OPENAPI,
    complaints.OPENAPI,
    provider.OPENAPI,
    showing.OPENAPI,
)
"""One fragment for each feature, as ``service.web.openapi`` merges them."""
