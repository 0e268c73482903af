"""Licence types as credential configurations: what the catalogue says, in the words of OpenID4VCI and SD-JWT VC."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from standards.licence_types import Catalogue, LicenceType, claims_of, vct_of
from standards.openid4vci import ClaimDescription, CredentialConfiguration
from standards.sd_jwt_vc import vct_integrity


@dataclass(frozen=True)
class OfferedType:
    """One licence type in one version, prepared once.

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
    """The types of a catalogue as they are offered. What was published never changes, so each is prepared once.

    Licences of an older version are in people's hands and go on being issued to wallets as what they are; the
    version is part of the configuration's id.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._prepared: dict[str, OfferedType] = {}

    def by_code(self, code: str) -> OfferedType | None:
        """The newest version of the type of this code, or ``None``."""
        return self._of(self._catalogue.find(code))

    def by_vct(self, vct: str) -> OfferedType | None:
        """The type of this ``vct``, or ``None``."""
        return self._prepared.get(vct) or self._of(self._catalogue.find_vct(vct))

    def by_configuration(self, configuration_id: str) -> OfferedType | None:
        """The type of this configuration id, or ``None``."""
        code, _, version = configuration_id.partition("-")
        return self.by_vct(vct_of(code, version))

    def configurations(self, codes: Iterable[str]) -> dict[str, CredentialConfiguration]:
        """Configurations of these types by their id, every version, in the order of the catalogue; unknown codes are
        left out.
        """
        wanted = frozenset(codes)
        offered = (self._of(one) for one in self._catalogue.versions() if one.code in wanted)
        return {one.configuration.id: one.configuration for one in offered if one is not None}

    def _of(self, licence_type: LicenceType | None) -> OfferedType | None:
        if licence_type is None:
            return None
        prepared = self._prepared.get(licence_type.vct)
        if prepared is None:
            document = self._catalogue.metadata_document(licence_type)
            prepared = self._prepared.setdefault(licence_type.vct, _prepare(licence_type, document))
        return prepared


def configuration_id(licence_type: LicenceType) -> str:
    """Key of the type in ``credential_configurations_supported``, and its OAuth scope (HAIP 1.0: one on each)."""
    return f"{licence_type.code}-{licence_type.version}"


def _prepare(licence_type: LicenceType, document: bytes) -> OfferedType:
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
