"""Looking up the authorities of a node as credential issuers, and forgetting them again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from issuer.issuance.credential_issuer import KEPT_FOR, CredentialIssuer, CredentialIssuers
from issuer.issuance.errors import AuthorityCannotIssueError, CredentialIssuerNotFoundError
from keys.local_signer import LocalSigner
from standards.text import Text

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
NODE = "https://issuer.example"


class Registrations:
    """Authorities by path; counts how often it is asked."""

    def __init__(self) -> None:
        signer = LocalSigner("k", ec.generate_private_key(ec.SECP256R1()))
        self.asked = 0
        self.rows: dict[str | None, CredentialIssuer] = {}
        for path, uscc, identifier in (
            (None, "P", NODE),
            ("P", "P", NODE),
            ("Q", "Q", f"{NODE}/authorities/Q"),
        ):
            self.rows[path] = CredentialIssuer(
                uscc, Text(uscc, uscc), identifier, frozenset({"t"}), signer, AT + timedelta(days=9)
            )

    def load(self, uscc: str | None) -> CredentialIssuer | None:
        self.asked += 1
        return self.rows.get(uscc)


def test_an_issuer_is_found_where_its_identifier_says() -> None:
    issuers = CredentialIssuers(Registrations().load)
    assert issuers.at_path(None, at=AT).uscc == "P"
    assert issuers.at_path("Q", at=AT).credential_endpoint == f"{NODE}/authorities/Q/openid4vci/credential"
    for elsewhere in ("P", "unknown"):
        with pytest.raises(CredentialIssuerNotFoundError):
            issuers.at_path(elsewhere, at=AT)


def test_what_was_read_is_relied_on_for_a_moment_only() -> None:
    """A withdrawn authority stops issuing within two seconds; also when the clock was put back."""
    registrations = Registrations()
    issuers = CredentialIssuers(registrations.load)
    for _ in range(3):
        issuers.of_authority("Q", at=AT)
    assert registrations.asked == 1
    del registrations.rows["Q"]
    issuers.of_authority("Q", at=AT + KEPT_FOR / 2)
    for later in (AT + KEPT_FOR, AT - timedelta(days=1)):
        with pytest.raises(AuthorityCannotIssueError):
            issuers.of_authority("Q", at=later)
