"""The credential issuers of a node: each authority is one, with its own identifier, certificate and types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from issuer.issuance.errors import AuthorityCannotIssueError, CredentialIssuerNotFoundError
from keys.signer import Signer
from standards.text import Text

KEPT_FOR: Final = timedelta(seconds=2)
"""How long a process relies on what it read about an authority: a grant that is withdrawn ends issuing within this."""


@dataclass(frozen=True)
class CredentialIssuer:
    """One authority as a wallet meets it.

    Attributes:
        uscc: unified social credit code of the authority.
        name: for people.
        identifier: credential issuer identifier; the principal authority's is the node's own address.
        type_codes: licence types that it may issue.
        signer: key and certificates of its credentials and status lists.
        certified_until: end of its certificate; no copy outlives it.
        unrefreshed: licence types of which wallets do not get further copies by themselves.
    """

    uscc: str
    name: Text
    identifier: str
    type_codes: frozenset[str]
    signer: Signer
    certified_until: datetime
    unrefreshed: frozenset[str] = frozenset()

    @property
    def token_endpoint(self) -> str:
        return f"{self.identifier}/openid4vci/token"

    @property
    def nonce_endpoint(self) -> str:
        return f"{self.identifier}/openid4vci/nonce"

    @property
    def credential_endpoint(self) -> str:
        return f"{self.identifier}/openid4vci/credential"

    @property
    def notification_endpoint(self) -> str:
        return f"{self.identifier}/openid4vci/notification"

    @property
    def deferred_endpoint(self) -> str:
        return f"{self.identifier}/openid4vci/deferred_credential"

    @property
    def document_endpoint(self) -> str:
        return f"{self.identifier}/openid4vci/document"

    @property
    def uses_endpoint(self) -> str:
        return f"{self.identifier}/openid4vci/uses"

    def offer_uri(self, reference: str) -> str:
        """Where the offer of this reference is fetched."""
        return f"{self.identifier}/openid4vci/offers/{reference}"


Load = Callable[[str | None], CredentialIssuer | None]
"""Reads an authority by its USCC, or the principal one for ``None``; ``None`` when there is none that can issue."""


class CredentialIssuers:
    """Looks authorities up, and remembers each for :data:`KEPT_FOR`. Safe for threads."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._kept: dict[str | None, tuple[datetime, CredentialIssuer]] = {}

    def at_path(self, uscc: str | None, *, at: datetime) -> CredentialIssuer:
        """The issuer whose endpoints are under ``/authorities/{uscc}``, or at the root for ``None``.

        Raises:
            CredentialIssuerNotFoundError: there is none, or its endpoints are elsewhere.
        """
        found = self._find(uscc, at)
        if found is None or (uscc is not None and not found.identifier.endswith(f"/authorities/{uscc}")):
            raise CredentialIssuerNotFoundError
        return found

    def of_authority(self, uscc: str, *, at: datetime) -> CredentialIssuer:
        """The issuer that an authority is.

        Raises:
            AuthorityCannotIssueError: it has no certificate to sign with, or is not registered here.
        """
        found = self._find(uscc, at)
        if found is None:
            raise AuthorityCannotIssueError(
                "本机构尚无签发证书，不能签发电子证照。",
                "The authority has no certificate yet to issue licences with.",
            )
        return found

    def _find(self, uscc: str | None, at: datetime) -> CredentialIssuer | None:
        kept = self._kept.get(uscc)
        if kept is not None and timedelta(0) <= at - kept[0] < KEPT_FOR:
            return kept[1]
        found = self._load(uscc)
        if found is None:
            self._kept.pop(uscc, None)
        else:
            self._kept[uscc] = (at, found)
        return found
