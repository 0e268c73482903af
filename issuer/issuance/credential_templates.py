"""The part of a credential that is the same for every copy of one issuer and type, prepared once."""

from __future__ import annotations

from issuer.issuance.configurations import OfferedType
from issuer.issuance.credential_issuer import CredentialIssuer
from standards.sd_jwt_vc import CredentialTemplate


class CredentialTemplates:
    """Keeps one template for each issuer and type; a new certificate makes a new one. Safe for threads."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[tuple[bytes, ...], CredentialTemplate]] = {}

    def of(self, issuer: CredentialIssuer, offered: OfferedType) -> CredentialTemplate:
        """The template for copies of this type by this issuer."""
        key = (issuer.identifier, offered.licence_type.vct)
        chain = issuer.signer.certificate_chain
        kept = self._kept.get(key)
        if kept is not None and kept[0] == chain:
            return kept[1]
        template = CredentialTemplate.of(
            issuer=issuer.identifier,
            vct=offered.licence_type.vct,
            vct_integrity=offered.integrity,
            certificate_chain=chain,
        )
        self._kept[key] = (chain, template)
        return template
