"""Whether a message really comes from the department's window, now, and for this endpoint.

The signature is a compact JWS with a detached payload (RFC 7515 appendix F), typ ``elicence-webhook+jws``, ES256;
``x5c`` holds the department's certificate and those between it and the nation's root. Signed are the octets
``{webhook-id}.{webhook-timestamp}.{body}`` (Standard Webhooks 1.0).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store, VerificationError

from verifier.client.errors import MessageRefusedError

TOLERANCE = timedelta(minutes=5)
"""How old a message may be, and how far ahead its clock."""

MAX_BODY_BYTES = 64 * 1024
_MAX_SIGNATURE_CHARS = 32 * 1024
_MAX_CERTIFICATES = 6
_TYPE = "elicence-webhook+jws"
_SIGNING_PURPOSES = frozenset(
    {x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"), ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}  # RFC 9336
)
_E = TypeVar("_E", bound=x509.ExtensionType)


@dataclass(frozen=True)
class Message:
    """A message that was verified."""

    id: str
    """Remember it: the same message may come again."""
    type: str
    """``decision.taken``, for example."""
    at: datetime
    """When it happened."""
    department: str
    webhook: str
    """Id of the endpoint it was meant for."""
    data: Mapping[str, str]
    """Ids and codes."""


class MessageVerifier:
    """Verifies the messages of one department.

    Args:
        department: its unified social credit code.
        anchor: the nation's root certificate (PEM), from whom you trust, never from the message.
        webhook: id of your endpoint; with it, messages meant for another one are refused.
        tolerance: see :data:`TOLERANCE`.
        now: the clock.
        is_revoked: told each certificate of a message, answers whether it was revoked. Without it nothing is asked:
            a stolen key of the department then counts until its certificate ends.
    """

    def __init__(
        self,
        department: str,
        anchor: bytes,
        *,
        webhook: str | None = None,
        tolerance: timedelta = TOLERANCE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        is_revoked: Callable[[x509.Certificate], bool] = lambda certificate: False,  # noqa: ARG005
    ) -> None:
        self._department = department
        self._anchors = x509.load_pem_x509_certificates(anchor)
        self._webhook = webhook
        self._tolerance = tolerance
        self._now = now
        self._is_revoked = is_revoked

    def verify(self, headers: Mapping[str, str], body: bytes) -> Message:
        """The message, if all of it holds.

        What it does not do: remember. Keep the ids of the last minutes and leave out what came before.

        Args:
            headers: of the request; names in any case.
            body: the exact bytes received, before anything was parsed.

        Raises:
            MessageRefusedError: answer 400 and do nothing.
        """
        if len(body) > MAX_BODY_BYTES:
            raise MessageRefusedError("the body is too long")
        given = {name.lower(): value for name, value in headers.items()}
        message_id = _header(given, "webhook-id")
        timestamp = _header(given, "webhook-timestamp")
        self._check_age(timestamp)
        signed = f"{message_id}.{timestamp}.".encode() + body
        self._check_signature(_header(given, "webhook-signature"), signed)
        return self._message(message_id, body)

    def _check_age(self, timestamp: str) -> None:
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 11):
            raise MessageRefusedError("webhook-timestamp is no number of seconds")
        sent = datetime.fromtimestamp(int(timestamp), UTC)
        if abs(self._now() - sent) > self._tolerance:
            raise MessageRefusedError("the message is too old, or one of the clocks is wrong")

    def _check_signature(self, header: str, signed: bytes) -> None:
        if len(header) > _MAX_SIGNATURE_CHARS:
            raise MessageRefusedError("webhook-signature is too long")
        texts = [one.partition(",")[2] for one in header.split(" ") if one.startswith("x5c,")]
        if len(texts) != 1:
            raise MessageRefusedError("webhook-signature holds no signature of the kind x5c, or several")
        head, payload, signature = _three_parts(texts[0])
        fields = _json_object(_decode(head))
        if payload or fields.get("alg") != "ES256" or fields.get("typ") != _TYPE or "crit" in fields:
            raise MessageRefusedError("the signature is not of the kind that a window makes")
        key = self._key_of(fields.get("x5c"))
        raw = _decode(signature)
        if len(raw) != 64:
            raise MessageRefusedError("the signature has the wrong length")
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        payload_segment = base64.urlsafe_b64encode(signed).rstrip(b"=")
        try:
            key.verify(der, head.encode() + b"." + payload_segment, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature as error:
            raise MessageRefusedError("the signature does not fit: the message was altered") from error

    def _key_of(self, x5c: Any) -> ec.EllipticCurvePublicKey:
        leaf, *between = _certificates(x5c)
        builder = PolicyBuilder().store(Store(self._anchors)).time(self._now().astimezone(UTC))
        policies = {
            "ca_policy": ExtensionPolicy.webpki_defaults_ca(),
            "ee_policy": ExtensionPolicy.permit_all(),
        }
        try:
            builder.extension_policies(**policies).build_client_verifier().verify(leaf, between)
        except (VerificationError, ValueError) as error:
            raise MessageRefusedError(
                "the certificate does not lead to the anchor at this instant"
            ) from error
        self._check_leaf(leaf)
        if any(self._is_revoked(certificate) for certificate in (leaf, *between)):
            raise MessageRefusedError("a certificate was revoked")
        key = leaf.public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
            raise MessageRefusedError("the key is not on P-256")
        return key

    def _check_leaf(self, leaf: x509.Certificate) -> None:
        codes = leaf.subject.get_attributes_for_oid(NameOID.ORGANIZATION_IDENTIFIER)
        if [code.value for code in codes] != [self._department]:
            raise MessageRefusedError("the certificate belongs to another organisation")
        usage = _extension(leaf, x509.KeyUsage)
        if usage is None or not usage.digital_signature:
            raise MessageRefusedError("the key is not for signing")
        purposes = _extension(leaf, x509.ExtendedKeyUsage)
        if purposes is not None and not _SIGNING_PURPOSES.intersection(purposes):
            raise MessageRefusedError("the key is for another purpose")

    def _message(self, message_id: str, body: bytes) -> Message:
        value = _json_object(body)
        try:
            message = Message(
                str(value["id"]),
                str(value["type"]),
                datetime.fromisoformat(value["at"]),
                str(value["department"]),
                str(value["webhook"]),
                {str(name): str(one) for name, one in value["data"].items()},
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise MessageRefusedError("the body is no message of a window") from error
        if message.id != message_id or message.department != self._department:
            raise MessageRefusedError("the body speaks of another message or department")
        if self._webhook is not None and message.webhook != self._webhook:
            raise MessageRefusedError("the message was meant for another endpoint")
        return message


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name, "")
    if not value or not value.isascii():
        raise MessageRefusedError(f"there is no {name}")
    return value


def _extension(certificate: x509.Certificate, kind: type[_E]) -> _E | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _three_parts(text: str) -> tuple[str, str, str]:
    parts = text.split(".")
    if len(parts) != 3:
        raise MessageRefusedError("the signature is no compact JWS")
    return parts[0], parts[1], parts[2]


def _certificates(x5c: Any) -> list[x509.Certificate]:
    if not isinstance(x5c, list) or not 0 < len(x5c) <= _MAX_CERTIFICATES:
        raise MessageRefusedError("the signature brings no certificates, or too many")
    try:
        return [x509.load_der_x509_certificate(base64.b64decode(one, validate=True)) for one in x5c]
    except (ValueError, TypeError) as error:
        raise MessageRefusedError("a certificate cannot be read") from error


def _decode(segment: str) -> bytes:
    try:
        decoded = base64.b64decode(segment + "=" * (-len(segment) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise MessageRefusedError("the signature is no base64url") from error
    return decoded


def _json_object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise MessageRefusedError("this is no JSON") from error
    if not isinstance(value, dict):
        raise MessageRefusedError("this is no JSON object")
    return value
