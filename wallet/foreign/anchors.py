"""Whom outside the trust lists this wallet deals with: organisations by the anchors that the operator configured.

Nobody learns of them from the network. What comes from them is kept apart, and is never called a licence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Final

from cryptography import x509

from keys.path_error import PathError
from keys.path_validation import PathValidator, Purpose, ValidatedPath
from service.errors import SettingsError
from standards.errors import ElicenceError, InvalidInputError
from standards.json_reader import Reader, parse_json
from standards.text import Text

VARIABLE: Final = "ELICENCE_FOREIGN_ANCHORS_FILE"
"""The setting that names the file."""


class ForeignRole(StrEnum):
    """What an organisation may do here."""

    ISSUER = "issuer"
    VERIFIER = "verifier"


class ForeignNotAcceptedError(ElicenceError):
    """The certificate leads to none of the configured anchors, or not for this role."""

    code: ClassVar[str] = "foreign-not-accepted"

    def __init__(self) -> None:
        super().__init__(
            "该机构既不在信任列表中，也不属于本钱包接受的外部机构。",
            "The organisation is neither on the trust lists nor one of those that this wallet accepts besides.",
        )


@dataclass(frozen=True)
class ForeignOrganisation:
    """Somebody whose word counts for what lies below its anchors.

    Attributes:
        name: as the operator calls it.
        roles: what it may do.
        validator: over its anchors.
        holder_number_claim: claim of its credentials that carries the holder's number; ``None``: names are compared.
    """

    name: Text
    roles: frozenset[ForeignRole]
    validator: PathValidator
    holder_number_claim: str | None = None


@dataclass(frozen=True)
class ForeignAnchors:
    """All of them; empty when nothing is configured: then only the trust lists count."""

    organisations: tuple[ForeignOrganisation, ...] = field(default=())

    @classmethod
    def of_file(cls, path: Path | None) -> ForeignAnchors:
        """Read the file of the setting, JSON: ``{"organisations": [{"name": {"zh", "en"}, "roles": [...],
        "certificates": PEM, "holder_number_claim": optional}]}``.

        Raises:
            SettingsError: it cannot be read or is not of this form.
        """
        if path is None:
            return cls()
        try:
            reader = Reader(parse_json(path.read_bytes()))
            return cls(tuple(_organisation(one) for one in reader.objects("organisations", max_items=200)))
        except (OSError, ValueError, InvalidInputError) as cause:
            told = cause.message if isinstance(cause, InvalidInputError) else Text(str(cause), str(cause))
            raise SettingsError(
                f"外部机构文件 {path} 不可用：{told.zh}",
                f"The file of foreign organisations {path} cannot be used: {told.en}",
                where=VARIABLE,
            ) from cause

    def accepts(self, role: ForeignRole) -> bool:
        """Whether anybody is let in for ``role``."""
        return any(role in organisation.roles for organisation in self.organisations)

    def validate(
        self, chain_der: tuple[bytes, ...], role: ForeignRole, at: datetime
    ) -> tuple[ForeignOrganisation, ValidatedPath]:
        """Whose anchor a chain leads to.

        Raises:
            ForeignNotAcceptedError: to nobody's who may do this.
        """
        for organisation in self.organisations:
            if role in organisation.roles:
                try:
                    return organisation, organisation.validator.validate(chain_der, at, Purpose.FOREIGN)
                except PathError:
                    continue
        raise ForeignNotAcceptedError


def _organisation(reader: Reader) -> ForeignOrganisation:
    name = reader.object("name")
    roles = reader.texts("roles", min_items=1, max_items=2, max_chars=20)
    if not set(roles) <= set(ForeignRole):
        raise reader.fail("roles", "角色须为 issuer 或 verifier。", "A role is issuer or verifier.")
    return ForeignOrganisation(
        Text(name.text("zh", max_chars=200), name.text("en", max_chars=200)),
        frozenset(ForeignRole(role) for role in roles),
        PathValidator(_roots(reader)),
        reader.optional_text("holder_number_claim", max_chars=200),
    )


def _roots(reader: Reader) -> Iterable[x509.Certificate]:
    pem = reader.text("certificates", max_chars=200_000)
    try:
        return x509.load_pem_x509_certificates(pem.encode("ascii"))
    except ValueError as cause:
        raise reader.fail("certificates", "不是 PEM 证书。", "These are no PEM certificates.") from cause
