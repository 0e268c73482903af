"""Licence types as credential configurations: what the catalogue says, in the words of OpenID4VCI and SD-JWT VC."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from standards.licence_types import Catalogue, LicenceType, claims_of, type_metadata
from standards.openid4vci import ClaimDescription, CredentialConfiguration
from standards.sd_jwt_vc import encode_type_metadata, vct_integrity


@dataclass(frozen=True)
class OfferedType:
    """One licence type, prepared once.

    Attributes:
        licence_type: from the catalogue.
        configuration: for the issuer's metadata.
        metadata: the type metadata document as served; ``integrity`` is over these very octets.
        integrity: ``vct#integrity`` of every copy.
    """

    licence_type: LicenceType
    configuration: CredentialConfiguration
    metadata: bytes
    integrity: str


class OfferedTypes:
    """All types of the catalogue, by type code and by ``vct``."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._by_code: Mapping[str, OfferedType] = {
            licence_type.code: _prepare(licence_type) for licence_type in catalogue.all()
        }
        self._by_vct = {offered.licence_type.vct: offered for offered in self._by_code.values()}
        self._by_configuration = {offered.configuration.id: offered for offered in self._by_code.values()}

    def by_code(self, code: str) -> OfferedType | None:
        """The type of this code, or ``None``."""
        return self._by_code.get(code)

    def by_vct(self, vct: str) -> OfferedType | None:
        """The type of this ``vct``, or ``None``."""
        return self._by_vct.get(vct)

    def by_configuration(self, configuration_id: str) -> OfferedType | None:
        """The type of this configuration id, or ``None``."""
        return self._by_configuration.get(configuration_id)

    def configurations(self, codes: Iterable[str]) -> dict[str, CredentialConfiguration]:
        """Configurations of these types by their id, in the order of the catalogue; unknown codes are left out."""
        wanted = frozenset(codes)
        return {
            offered.configuration.id: offered.configuration
            for code, offered in self._by_code.items()
            if code in wanted
        }


def configuration_id(licence_type: LicenceType) -> str:
    """Key of the type in ``credential_configurations_supported``, and its OAuth scope (HAIP 1.0: one on each)."""
    return f"{licence_type.code}-{licence_type.version}"


def _prepare(licence_type: LicenceType) -> OfferedType:
    document = encode_type_metadata(type_metadata(licence_type))
    name = configuration_id(licence_type)
    configuration = CredentialConfiguration(
        id=name,
        vct=licence_type.vct,
        scope=name,
        name=licence_type.name,
        claims=tuple(
            ClaimDescription((field.name,), field.label, mandatory=field.required)
            for field in claims_of(licence_type)
        ),
        background_color=licence_type.appearance.background,
        text_color=licence_type.appearance.text,
    )
    return OfferedType(licence_type, configuration, document, vct_integrity(document))
