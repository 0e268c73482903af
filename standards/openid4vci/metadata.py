"""Credential issuer metadata (OpenID4VCI 1.0 section 12.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from standards.errors import InvalidInputError
from standards.jose import Sign, build_jws, build_x5c
from standards.json_reader import Reader
from standards.oauth.well_known import well_known_url
from standards.openid4vci.compact import COMPACT_FORMAT, compact_configuration_json, compact_name
from standards.openid4vci.key_proof import ALGORITHMS, PROOF_TYPE
from standards.text import Text

FORMAT: Final = "dc+sd-jwt"
"""Credential format identifier of SD-JWT VC (appendix A.3)."""

SIGNED_TYP: Final = "openidvci-issuer-metadata+jwt"
"""Header ``typ`` of signed metadata, served as ``application/jwt`` (section 12.2.3)."""

LOCALES: Final = ("zh-CN", "en")
"""Language tags (RFC 5646) under which our texts appear, the first is the default."""

_SUFFIX: Final = "openid-credential-issuer"
_MAX_URL_CHARS: Final = 2_000


class InvalidIssuerMetadataError(InvalidInputError):
    """What was fetched is not usable metadata of the issuer asked for."""

    code = "openid4vci-invalid-issuer-metadata"


@dataclass(frozen=True, slots=True)
class ClaimDescription:
    """One claim of a credential (appendix B.2): its path and its name for people; always an array path."""

    path: tuple[str | int | None, ...]
    name: Text | None = None
    mandatory: bool = False

    def to_json(self) -> dict[str, Any]:
        """The claims description object."""
        wire: dict[str, Any] = {"path": list(self.path), "mandatory": self.mandatory}
        return wire if self.name is None else wire | {"display": build_display(self.name)}


@dataclass(frozen=True, slots=True)
class CredentialConfiguration:
    """One kind of credential that the issuer offers, in format ``dc+sd-jwt``.

    Attributes:
        id: key in ``credential_configurations_supported``.
        vct: the type in the credential.
        scope: OAuth scope for the authorisation code flow; HAIP wants one on every configuration.
        name: the type's name for people, or ``None`` when the issuer gives none.
        claims: the claims, in the order in which they are shown.
        background_color: CSS colour of the card, or ``None``.
        text_color: CSS colour of text on the card, or ``None``.
    """

    id: str
    vct: str
    scope: str | None
    name: Text | None = None
    claims: tuple[ClaimDescription, ...] = ()
    background_color: str | None = None
    text_color: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The configuration object: ``display`` and ``claims`` live under ``credential_metadata``."""
        described: dict[str, Any] = {}
        if self.name is not None:
            colours = {"background_color": self.background_color, "text_color": self.text_color}
            present = {name: value for name, value in colours.items() if value is not None}
            described["display"] = [entry | present for entry in build_display(self.name)]
        if self.claims:
            described["claims"] = [claim.to_json() for claim in self.claims]
        return {
            "format": FORMAT,
            "vct": self.vct,
            **({} if self.scope is None else {"scope": self.scope}),
            "cryptographic_binding_methods_supported": ["jwk"],
            "credential_signing_alg_values_supported": ["ES256"],
            "proof_types_supported": {PROOF_TYPE: {"proof_signing_alg_values_supported": list(ALGORITHMS)}},
            **({"credential_metadata": described} if described else {}),
        }


@dataclass(frozen=True, slots=True)
class CredentialIssuerMetadata:
    """What a wallet needs to know of an issuer.

    Attributes:
        credential_issuer: the issuer's identifier.
        credential_endpoint: where credentials are asked for.
        configurations: by their id.
        nonce_endpoint: where a ``c_nonce`` comes from, or ``None``.
        notification_endpoint: or ``None``.
        batch_size: most proofs in one request; 1 when the issuer makes no batches.
        name: the issuer's name for people, or ``None``.
        authorization_servers: identifiers; empty when the issuer is its own.
        deferred_credential_endpoint: where what is not ready yet is asked for again, or ``None``.
        compact: ids of those configurations whose licences are issued in the compact form too.
    """

    credential_issuer: str
    credential_endpoint: str
    configurations: Mapping[str, CredentialConfiguration]
    nonce_endpoint: str | None = None
    notification_endpoint: str | None = None
    batch_size: int = 1
    name: Text | None = None
    authorization_servers: tuple[str, ...] = ()
    deferred_credential_endpoint: str | None = None
    compact: frozenset[str] = frozenset()

    @property
    def authorization_server(self) -> str:
        """Identifier of the authorisation server to ask: the first named, else the issuer itself."""
        return self.authorization_servers[0] if self.authorization_servers else self.credential_issuer

    def to_json(self) -> dict[str, Any]:
        """The metadata document."""
        optional: dict[str, Any] = {
            "authorization_servers": list(self.authorization_servers) or None,
            "nonce_endpoint": self.nonce_endpoint,
            "deferred_credential_endpoint": self.deferred_credential_endpoint,
            "notification_endpoint": self.notification_endpoint,
            # A batch size below two is no batch (section 12.2.4).
            "batch_credential_issuance": {"batch_size": self.batch_size} if self.batch_size >= 2 else None,
            "display": build_display(self.name) if self.name is not None else None,
        }
        return {
            "credential_issuer": self.credential_issuer,
            "credential_endpoint": self.credential_endpoint,
            **{name: value for name, value in optional.items() if value is not None},
            "credential_configurations_supported": {
                **{key: configuration.to_json() for key, configuration in self.configurations.items()},
                **{
                    compact_name(key): compact_configuration_json()
                    for key in self.configurations
                    if key in self.compact
                },
            },
        }


def credential_issuer_metadata_url(credential_issuer: str) -> str:
    """Where the metadata are: the well-known part goes between host and path (section 12.2.2)."""
    return well_known_url(credential_issuer, _SUFFIX)


def build_display(name: Text) -> list[dict[str, Any]]:
    """A ``display`` array with one entry for each language."""
    zh, en = LOCALES
    return [{"name": name.zh, "locale": zh}, {"name": name.en, "locale": en}]


def build_signed_metadata(
    metadata: CredentialIssuerMetadata, *, certificate_chain: Sequence[bytes], sign: Sign, at: datetime
) -> str:
    """The metadata as a JWT signed by the issuer (section 12.2.3): ``sub`` is the issuer's identifier."""
    claims = metadata.to_json() | {"sub": metadata.credential_issuer, "iat": int(at.timestamp())}
    return build_jws({"typ": SIGNED_TYP, "x5c": build_x5c(certificate_chain)}, claims, sign)


def parse_credential_issuer_metadata(document: Any, *, credential_issuer: str) -> CredentialIssuerMetadata:
    """Read the metadata fetched for ``credential_issuer``; configurations of other formats are left aside.

    Raises:
        InvalidIssuerMetadataError: a member is missing or malformed, or the document names another issuer (section
            12.2.1: the identifiers must be identical).
    """
    reader = Reader(document, error=InvalidIssuerMetadataError)
    named = reader.text("credential_issuer", max_chars=_MAX_URL_CHARS)
    if named != credential_issuer:
        raise reader.fail(
            "credential_issuer", "元数据属于另一个签发者。", "The metadata belong to another issuer."
        )
    batch = reader.optional_object("batch_credential_issuance")
    supported = reader.object("credential_configurations_supported")
    configurations = _parse_configurations(supported)
    return CredentialIssuerMetadata(
        credential_issuer=named,
        credential_endpoint=reader.text("credential_endpoint", max_chars=_MAX_URL_CHARS),
        configurations=configurations,
        compact=_compact_of(configurations, supported),
        nonce_endpoint=reader.optional_text("nonce_endpoint", max_chars=_MAX_URL_CHARS),
        notification_endpoint=reader.optional_text("notification_endpoint", max_chars=_MAX_URL_CHARS),
        batch_size=batch.integer("batch_size", minimum=2) if batch else 1,
        name=_parse_display(reader),
        authorization_servers=reader.optional_texts(
            "authorization_servers", max_chars=_MAX_URL_CHARS, max_items=20
        )
        or (),
        deferred_credential_endpoint=reader.optional_text(
            "deferred_credential_endpoint", max_chars=_MAX_URL_CHARS
        ),
    )


def _compact_of(configurations: Mapping[str, CredentialConfiguration], supported: Reader) -> frozenset[str]:
    """The configurations beside which the compact form stands."""
    there = frozenset(supported.names())
    return frozenset(
        name
        for name in configurations
        if compact_name(name) in there
        and supported.object(compact_name(name)).any("format") == COMPACT_FORMAT
    )


def _parse_configurations(reader: Reader) -> Mapping[str, CredentialConfiguration]:
    names = reader.names()
    if len(names) > 500:
        raise InvalidIssuerMetadataError(
            "凭证配置过多。", "There are too many credential configurations.", where=reader.where
        )
    configurations = {}
    for name in names:
        entry = reader.object(name)
        if entry.text("format", max_chars=100) == FORMAT:
            configurations[name] = _parse_configuration(name, entry)
    return MappingProxyType(configurations)


def _parse_configuration(name: str, reader: Reader) -> CredentialConfiguration:
    described = reader.optional_object("credential_metadata")
    looks = (
        next(described.objects("display", max_items=50), None)
        if described and "display" in described
        else None
    )
    return CredentialConfiguration(
        id=name,
        vct=reader.text("vct", max_chars=_MAX_URL_CHARS),
        scope=reader.optional_text("scope", max_chars=500),
        name=_parse_display(described) if described else None,
        claims=tuple(_parse_claim(item) for item in described.objects("claims", max_items=500))
        if described and "claims" in described
        else (),
        background_color=looks.optional_text("background_color", max_chars=50) if looks else None,
        text_color=looks.optional_text("text_color", max_chars=50) if looks else None,
    )


def _parse_claim(reader: Reader) -> ClaimDescription:
    path = reader.list("path", min_items=1, max_items=20)
    for part in path:
        numbered = isinstance(part, int) and not isinstance(part, bool) and part >= 0
        if not (part is None or numbered or (isinstance(part, str) and len(part) <= 200)):
            raise reader.fail("path", "字段路径无效。", "The claims path is not valid.")
    return ClaimDescription(
        tuple(path), _parse_display(reader), reader.optional_boolean("mandatory") or False
    )


def _parse_display(reader: Reader) -> Text | None:
    """The two languages of a ``display`` array; a language that is missing borrows the other."""
    if "display" not in reader:
        return None
    names: dict[str, str] = {}
    for entry in reader.objects("display", min_items=1, max_items=50):
        name = entry.optional_text("name", max_chars=500)
        locale = entry.optional_text("locale", max_chars=50) or ""
        if name is not None:
            names.setdefault(locale.partition("-")[0].lower(), name)
    if not names:
        return None
    first = next(iter(names.values()))
    return Text(names.get("zh", first), names.get("en", first))
