"""What a licence that passed is called, and how its fields are shown, when its type does not ship with this software."""

from __future__ import annotations

from dataclasses import replace

from standards.licence_types.described_type import DescribedType, describe_vct, plain_type
from standards.openid4vci import CredentialConfiguration, CredentialIssuerMetadata
from standards.text import Text
from wallet.holdings.holding import Face
from wallet.node import WalletNode


def with_description(
    node: WalletNode, face: Face, metadata: CredentialIssuerMetadata, configuration_id: str
) -> Face:
    """The face with its type's description beside it, kept for good: the wallet shows it when the issuer is long gone.

    The type metadata are preferred, because the credential's signature covers them; without them the issuer's
    credential configuration says the labels.

    Args:
        node: with the feed.
        face: of a licence that passed every check.
        metadata: of the issuer that was asked.
        configuration_id: what was asked for.
    """
    if describe_vct(face.vct) is not None:
        return face
    integrity = face.claims.get("vct#integrity")
    found = node.types.describe(
        face.vct, integrity if isinstance(integrity, str) else None, face.credential_issuer
    )
    if found is None:
        configuration = metadata.configurations.get(configuration_id)
        found = None if configuration is None else _by_configuration(face.vct, configuration)
    return face if found is None else replace(face, described=found, type_name=found.name)


def _by_configuration(vct: str, configuration: CredentialConfiguration) -> DescribedType:
    labels = {
        claim.path[0]: claim.name
        for claim in configuration.claims
        if len(claim.path) == 1 and isinstance(claim.path[0], str) and claim.name is not None
    }
    name = configuration.name or Text(vct, vct)
    return plain_type(vct, name, labels, configuration.background_color, configuration.text_color)
