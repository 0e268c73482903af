"""P-256 public keys as JWK (RFC 7517, RFC 7518 section 6.2) and their thumbprint (RFC 7638)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from standards.jose.base64url import b64url_decode, b64url_encode
from standards.jose.errors import JoseError

COORDINATE_BYTES: Final = 32
"""Length of a P-256 coordinate, leading zeros included (RFC 7518 section 6.2.1.2)."""

_COORDINATE_CHARS: Final = 43
_CURVE: Final = ec.SECP256R1()
# Any of these says that a private or symmetric key is on its way to where only public keys belong.
_PRIVATE_MEMBERS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


@dataclass(frozen=True)
class PublicJwk:
    """A P-256 public key by its two coordinates of 32 bytes each; always a point on the curve once loaded."""

    x: bytes
    y: bytes

    def __post_init__(self) -> None:
        if len(self.x) != COORDINATE_BYTES or len(self.y) != COORDINATE_BYTES:
            raise JoseError("公钥坐标长度不对。", "The coordinates of the public key do not have 32 bytes.")

    @cached_property
    def _loaded(self) -> ec.EllipticCurvePublicKey:
        try:
            return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, b"\x04" + self.x + self.y)
        except ValueError as cause:
            raise JoseError("公钥不在 P-256 曲线上。", "The public key is not a point on P-256.") from cause

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The key, loaded once; raises ``JoseError`` when the point is not on the curve."""
        return self._loaded

    def to_dict(self) -> dict[str, str]:
        """The four members of a public P-256 JWK."""
        return {"kty": "EC", "crv": "P-256", "x": b64url_encode(self.x), "y": b64url_encode(self.y)}

    def thumbprint(self) -> str:
        """SHA-256 thumbprint (RFC 7638 section 3), base64url."""
        # The four required members in lexical order, without white space: written out, because it is the format.
        text = f'{{"crv":"P-256","kty":"EC","x":"{b64url_encode(self.x)}","y":"{b64url_encode(self.y)}"}}'
        return b64url_encode(sha256(text.encode("ascii")).digest())


def parse_public_jwk(obj: Any) -> PublicJwk:
    """A P-256 public key from an untrusted JWK.

    Other members (``kid``, ``alg``, ``use``) are left to the caller. Raises ``JoseError`` for another key type or
    curve, a private member, coordinates that are not 32 canonical bytes, or a point off the curve.
    """
    if not isinstance(obj, dict):
        raise JoseError("公钥应为 JSON 对象。", "A JWK must be a JSON object.")
    if obj.get("kty") != "EC" or obj.get("crv") != "P-256":
        raise JoseError("只支持 P-256 公钥。", "Only P-256 public keys are supported.")
    if not _PRIVATE_MEMBERS.isdisjoint(obj):
        raise JoseError("公钥中不得含有私钥。", "A public key must not carry private members.")
    x, y = obj.get("x"), obj.get("y")
    if not (isinstance(x, str) and isinstance(y, str) and len(x) == len(y) == _COORDINATE_CHARS):
        raise JoseError("公钥坐标长度不对。", "The coordinates of the public key do not have 32 bytes.")
    jwk = PublicJwk(b64url_decode(x), b64url_decode(y))
    jwk.public_key()
    return jwk


def public_jwk_of(public_key: ec.EllipticCurvePublicKey) -> PublicJwk:
    """The JWK of a loaded key; raises ``JoseError`` for a curve other than P-256."""
    if not isinstance(public_key.curve, ec.SECP256R1):
        raise JoseError("只支持 P-256 公钥。", "Only P-256 public keys are supported.")
    numbers = public_key.public_numbers()
    return PublicJwk(numbers.x.to_bytes(COORDINATE_BYTES, "big"), numbers.y.to_bytes(COORDINATE_BYTES, "big"))
