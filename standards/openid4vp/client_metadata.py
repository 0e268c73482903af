"""``client_metadata`` of a presentation request (OpenID4VP 1.0 sections 5.1 and 8.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from standards.dcql import MDOC, SD_JWT
from standards.jose import JoseError, parse_public_jwk
from standards.json_reader import Reader
from standards.openid4vp.errors import FormatsNotSupportedError, InvalidPresentationRequestError
from standards.text import Text

KEY_AGREEMENT: Final = "ECDH-ES"
"""The ``alg`` of every encryption key spoken here (HAIP 1.0 section 5)."""

ENCRYPTIONS: Final = ("A128GCM", "A256GCM")
"""Content encryption methods, as a verifier announces them; both are required by HAIP 1.0."""

DEFAULT_ENCRYPTION: Final = "A128GCM"
"""What ``encrypted_response_enc_values_supported`` means when it is left out (section 5.1)."""

_SD_JWT_ALGORITHMS: Final = {"sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": ["ES256"]}
_MDOC_ALGORITHMS: Final = {"issuerauth_alg_values": [-7], "deviceauth_alg_values": [-7]}


@dataclass(frozen=True, slots=True)
class EncryptionKey:
    """A key to which an answer is encrypted: public P-256 JWK members with ``kid`` and ``alg`` (section 8.3)."""

    jwk: Mapping[str, str]

    @property
    def kid(self) -> str:
        """The key's name, to be echoed in the header of the answer."""
        return self.jwk["kid"]


@dataclass(frozen=True, slots=True)
class ClientMetadata:
    """What the verifier says of itself in the request.

    Attributes:
        name: ``client_name``; whom a wallet shows comes from the certificate, not from here. ``None`` when absent.
        formats: format identifiers accepted.
        encryption_keys: keys for ``direct_post.jwt``, at most one that is ours to choose from; empty for plain answers.
        encryptions: content encryption methods accepted, the favourite first.
    """

    formats: tuple[str, ...] = (SD_JWT,)
    encryption_keys: tuple[EncryptionKey, ...] = ()
    encryptions: tuple[str, ...] = (DEFAULT_ENCRYPTION,)
    name: Text | None = None

    def to_json(self) -> dict[str, Any]:
        """The ``client_metadata`` object."""
        algorithms = {SD_JWT: _SD_JWT_ALGORITHMS, MDOC: _MDOC_ALGORITHMS}
        wire: dict[str, Any] = {"vp_formats_supported": {name: algorithms[name] for name in self.formats}}
        if self.name is not None:
            wire["client_name"] = self.name.zh
            wire["client_name#en"] = self.name.en
        if self.encryption_keys:
            wire["jwks"] = {"keys": [dict(key.jwk) for key in self.encryption_keys]}
            wire["encrypted_response_enc_values_supported"] = list(self.encryptions)
        return wire

    def choose_encryption(self) -> tuple[EncryptionKey, str]:
        """The first key and the first method that both sides speak.

        Raises:
            FormatsNotSupportedError: there is none.
        """
        methods = [name for name in self.encryptions if name in ENCRYPTIONS]
        if not methods or not self.encryption_keys:
            raise FormatsNotSupportedError(
                "没有双方都支持的加密方式。",
                "There is no encryption that both sides speak.",
                where="client_metadata",
            )
        return self.encryption_keys[0], methods[0]


def parse_client_metadata(reader: Reader) -> ClientMetadata:
    """Read the ``client_metadata`` object of a request.

    Keys of other kinds are left aside; every key must have a ``kid`` that is its own, and an ``alg`` (section 8.3).

    Raises:
        InvalidPresentationRequestError: a member is malformed (the class given to ``reader``).
    """
    formats = reader.object("vp_formats_supported").names()
    zh = reader.optional_text("client_name", max_chars=500)
    en = reader.optional_text("client_name#en", max_chars=500)
    name = Text(zh or en or "", en or zh or "")
    encryptions = reader.optional_texts(
        "encrypted_response_enc_values_supported", min_items=1, max_chars=50, max_items=20
    )
    return ClientMetadata(
        formats=tuple(entry for entry in formats if entry in (SD_JWT, MDOC)),
        encryption_keys=_parse_keys(reader),
        encryptions=encryptions or (DEFAULT_ENCRYPTION,),
        name=name if name.zh else None,
    )


def _parse_keys(reader: Reader) -> tuple[EncryptionKey, ...]:
    jwks = reader.optional_object("jwks")
    if jwks is None:
        return ()
    keys = []
    seen: set[str] = set()
    for entry in jwks.objects("keys", min_items=1, max_items=20):
        kid = entry.text("kid", max_chars=200)
        if kid in seen:
            raise entry.fail("kid", "密钥标识重复。", "Two keys have the same kid.")
        seen.add(kid)
        if entry.text("alg", max_chars=50) != KEY_AGREEMENT or entry.optional_text(
            "use", max_chars=20
        ) not in (None, "enc"):
            continue
        if entry.optional_text("kty") != "EC" or entry.optional_text("crv") != "P-256":
            continue  # RFC 7517 section 5: a set may hold keys that its reader does not understand
        try:
            jwk = parse_public_jwk({name: entry.any(name) for name in entry.names()})
        except JoseError as error:
            raise InvalidPresentationRequestError(
                error.message.zh, error.message.en, where=entry.where
            ) from error
        keys.append(EncryptionKey(jwk.to_dict() | {"kid": kid, "alg": KEY_AGREEMENT, "use": "enc"}))
    return tuple(keys)
