"""Credential requests (OpenID4VCI 1.0 section 8.2): one proof type, one copy for each proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from standards.json_reader import Reader
from standards.openid4vci.errors import (
    InvalidCredentialRequestError,
    InvalidEncryptionParametersError,
    InvalidProofError,
)
from standards.openid4vci.key_proof import PROOF_TYPE

MAX_PROOFS: Final = 100
"""Most proofs that are read; an issuer's own ``batch_size`` lies below."""

_PROOF_TYPES: Final = frozenset({"jwt", "di_vp", "attestation"})


@dataclass(frozen=True, slots=True)
class CredentialRequest:
    """What a wallet asks for; nothing in it is verified.

    Attributes:
        credential_configuration_id: names a configuration of the metadata, or ``None``.
        credential_identifier: names one credential of the token response, or ``None``; one of the two is there.
        unverified_proofs: key proofs of type ``jwt``, at least one.
    """

    unverified_proofs: tuple[str, ...]
    credential_configuration_id: str | None = None
    credential_identifier: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Body of the request."""
        named = {
            "credential_configuration_id": self.credential_configuration_id,
            "credential_identifier": self.credential_identifier,
        }
        wire: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
        return wire | {"proofs": {PROOF_TYPE: list(self.unverified_proofs)}}


def build_credential_request(configuration_id: str, proofs: Sequence[str]) -> dict[str, Any]:
    """Body of a request for as many copies as there are proofs."""
    return CredentialRequest(tuple(proofs), credential_configuration_id=configuration_id).to_json()


def build_request_for_identifier(credential_identifier: str, proofs: Sequence[str]) -> dict[str, Any]:
    """Body of a request for one credential that the token response named (section 8.2): then only so."""
    return CredentialRequest(tuple(proofs), credential_identifier=credential_identifier).to_json()


def parse_credential_request(document: Any) -> CredentialRequest:
    """Read the body of a credential request.

    Raises:
        InvalidCredentialRequestError: both or neither identifier, a ``format`` or a single ``proof`` (both belong to
            drafts), or a malformed member.
        InvalidProofError: no proofs, or none of type ``jwt``.
        InvalidEncryptionParametersError: an encrypted answer is asked for: it needs an encrypted request (section
            8.2), which is not offered here.
    """
    reader = Reader(document, error=InvalidCredentialRequestError)
    identifier = reader.optional_text("credential_identifier", max_chars=500)
    configuration_id = reader.optional_text("credential_configuration_id", max_chars=500)
    if (identifier is None) == (configuration_id is None):
        raise InvalidCredentialRequestError(
            "须且只须给出 credential_identifier 或 credential_configuration_id 之一。",
            "Exactly one of credential_identifier and credential_configuration_id is needed.",
        )
    for name in ("format", "proof"):
        if name in reader:
            raise reader.fail(
                name, "此项属于旧草案。", "This member belongs to a draft; version 1.0 has no such member."
            )
    if "credential_response_encryption" in reader:
        raise InvalidEncryptionParametersError(
            "本机构不加密凭证响应。",
            "This issuer does not encrypt credential responses.",
            where="/credential_response_encryption",
        )
    return CredentialRequest(_parse_proofs(reader), configuration_id, identifier)


def _parse_proofs(reader: Reader) -> tuple[str, ...]:
    if "proofs" not in reader:
        raise InvalidProofError("须提供密钥证明。", "Key proofs are required.", where="/proofs")
    proofs = reader.object("proofs")
    kinds = proofs.names()
    if len(kinds) != 1:
        raise InvalidCredentialRequestError(
            "密钥证明须为一种类型。", "The proofs have exactly one type.", where="/proofs"
        )
    if kinds[0] != PROOF_TYPE:
        known = (
            "The proof type is not supported; use jwt."
            if kinds[0] in _PROOF_TYPES
            else "The proof type is unknown."
        )
        raise InvalidProofError("不支持此类密钥证明。", known, where="/proofs")
    return proofs.texts(PROOF_TYPE, min_items=1, max_items=MAX_PROOFS, max_chars=16_384)
