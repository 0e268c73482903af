"""One table per service maps errors to HTTP; a class that nobody mapped fails here, by name."""

from __future__ import annotations

import pytest

from issuer.errors import ERRORS as ISSUER_ERRORS
from service.web.error_rows import KIT_ERRORS
from service.web.error_table import ErrorTable, unmapped_errors
from standards.errors import ElicenceError
from verifier.errors import ERRORS as VERIFIER_ERRORS
from wallet.errors import WALLET_ERRORS

TABLES = {"issuer": ISSUER_ERRORS, "wallet": WALLET_ERRORS, "verifier": VERIFIER_ERRORS}


@pytest.mark.parametrize("service", TABLES)
def test_every_error_class_has_a_row(service: str) -> None:
    table: ErrorTable = {**KIT_ERRORS, **TABLES[service]}
    assert unmapped_errors(table, (service, "service", "keys", "standards")) == []


@pytest.mark.parametrize("service", TABLES)
def test_rows_are_http_errors_with_plain_names_and_never_the_root(service: str) -> None:
    for kind, (status, name) in TABLES[service].items():
        assert kind is not ElicenceError
        assert 400 <= status <= 599, kind
        assert name.replace("-", "").isalnum(), kind
        assert name == name.lower(), kind
