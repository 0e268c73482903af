"""The values of a DCQL query (OpenID4VP 1.0 section 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

SD_JWT: Final = "dc+sd-jwt"
"""Format identifier of SD-JWT VC (OpenID4VP 1.0 appendix B.3)."""

MDOC: Final = "mso_mdoc"
"""Format identifier of ISO/IEC 18013-5 mdoc (appendix B.2)."""

PathElement = str | int | None
"""Member name, array index from 0, or ``None`` for all elements of an array (section 7)."""

ClaimsPath = tuple[PathElement, ...]
"""Claims path pointer (section 7); for mdoc exactly a namespace and an element name (section 7.2)."""


@dataclass(frozen=True, slots=True)
class ClaimsQuery:
    """One claim asked for (section 6.3).

    Attributes:
        path: where the claim is.
        id: names it for ``claim_sets``, or ``None``.
        values: the values looked for; empty for any. A preference of the verifier, no security check.
        intent_to_retain: mdoc only: whether the verifier wants to keep it; ``None`` when not said.
    """

    path: ClaimsPath
    id: str | None = None
    values: tuple[str | int | bool, ...] = ()
    intent_to_retain: bool | None = None

    def to_json(self) -> dict[str, Any]:
        """The claims query object."""
        wire: dict[str, Any] = {} if self.id is None else {"id": self.id}
        wire["path"] = list(self.path)
        if self.values:
            wire["values"] = list(self.values)
        if self.intent_to_retain is not None:
            wire["intent_to_retain"] = self.intent_to_retain
        return wire


@dataclass(frozen=True, slots=True)
class TrustedAuthority:
    """Issuers, or their frameworks, that the verifier accepts (section 6.1.1): any one of ``values``."""

    type: str
    values: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The trusted authorities query object."""
        return {"type": self.type, "values": list(self.values)}


@dataclass(frozen=True, slots=True)
class CredentialQuery:
    """One credential asked for (section 6.1).

    Attributes:
        id: key in the ``vp_token``.
        format: :data:`SD_JWT` or :data:`MDOC`.
        types: the credential types accepted: ``vct_values``, or the one ``doctype_value``.
        claims: claims asked for; empty: nothing that is selectively disclosable.
        claim_sets: choices of claims by their id, the verifier's favourite first; empty: all claims.
        multiple: whether more than one credential may answer.
        require_holder_binding: whether the answer must prove possession of the holder's key.
        trusted_authorities: empty for any issuer; else one of them must match.
    """

    id: str
    format: str
    types: tuple[str, ...]
    claims: tuple[ClaimsQuery, ...] = ()
    claim_sets: tuple[tuple[str, ...], ...] = ()
    multiple: bool = False
    require_holder_binding: bool = True
    trusted_authorities: tuple[TrustedAuthority, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The credential query object; members at their default are left out."""
        meta = {"vct_values": list(self.types)} if self.format == SD_JWT else {"doctype_value": self.types[0]}
        wire: dict[str, Any] = {"id": self.id, "format": self.format, "meta": meta}
        if self.claims:
            wire["claims"] = [claim.to_json() for claim in self.claims]
        if self.claim_sets:
            wire["claim_sets"] = [list(ids) for ids in self.claim_sets]
        if self.multiple:
            wire["multiple"] = True
        if not self.require_holder_binding:
            wire["require_cryptographic_holder_binding"] = False
        if self.trusted_authorities:
            wire["trusted_authorities"] = [authority.to_json() for authority in self.trusted_authorities]
        return wire

    def claim_choices(self) -> tuple[tuple[ClaimsQuery, ...], ...]:
        """The combinations of claims that answer this query, the verifier's favourite first (section 6.4.1)."""
        if not self.claim_sets:
            return (self.claims,)
        by_id = {claim.id: claim for claim in self.claims}
        return tuple(tuple(by_id[claim_id] for claim_id in ids) for ids in self.claim_sets)


@dataclass(frozen=True, slots=True)
class CredentialSetQuery:
    """Which combinations of credentials answer one need (section 6.2), the favourite first."""

    options: tuple[tuple[str, ...], ...]
    required: bool = True

    def to_json(self) -> dict[str, Any]:
        """The credential set query object."""
        wire: dict[str, Any] = {"options": [list(option) for option in self.options]}
        return wire if self.required else wire | {"required": False}


@dataclass(frozen=True, slots=True)
class DcqlQuery:
    """A whole query. Without credential sets every credential is required (section 6.4.2)."""

    credentials: tuple[CredentialQuery, ...]
    credential_sets: tuple[CredentialSetQuery, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The ``dcql_query`` object."""
        wire: dict[str, Any] = {"credentials": [credential.to_json() for credential in self.credentials]}
        if self.credential_sets:
            wire["credential_sets"] = [entry.to_json() for entry in self.credential_sets]
        return wire

    def credential(self, query_id: str) -> CredentialQuery | None:
        """The credential query of this id, or ``None``."""
        return next((credential for credential in self.credentials if credential.id == query_id), None)

    def needs(self) -> tuple[CredentialSetQuery, ...]:
        """The credential sets; where there are none, the one that asks for every credential."""
        return self.credential_sets or (CredentialSetQuery((tuple(entry.id for entry in self.credentials),)),)
