"""Issuing and verifying credentials, against raw P-256 operations of ``cryptography``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from benchmarks.row import Row
from benchmarks.timing import best_seconds
from keys.path_validation import PathValidator
from standards.dcql import DcqlQuery, parse_dcql
from standards.sd_jwt import verify_key_binding
from standards.sd_jwt_vc import CredentialTemplate, build_credential, parse_credential, verify_credential
from standards.status_list import StatusReference
from tests.support.checking_world import AUDIENCE, ISSUER, NONCE, STATUS_URI, VCT, CheckingWorld
from tests.support.trust_world import AT

_DISCLOSURES = 10
_EXPIRES_AT: datetime = AT + timedelta(days=90)
_CLAIMS = {f"claim_number_{n}": f"杭州市西湖区文三路 {n} 号" for n in range(_DISCLOSURES)}
_QUERY: DcqlQuery = parse_dcql(
    {
        "credentials": [
            {
                "id": "licence",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": [VCT]},
                "claims": [{"path": [name]} for name in _CLAIMS],
            }
        ]
    }
)

# "At least 1.3k a second where raw verification does 13.7k": one verification in so many raw ones.
_UNCACHED_GOAL = 13.7 / 1.3


@dataclass(frozen=True)
class _RawKey:
    """P-256 of ``cryptography`` and nothing else: the limit of everything here."""

    private_key: ec.EllipticCurvePrivateKey
    message: bytes = bytes(1500)
    algorithm: ec.ECDSA = ec.ECDSA(hashes.SHA256())  # noqa: RUF009  # without state

    def sign(self) -> bytes:
        return self.private_key.sign(self.message, self.algorithm)

    def verification(self) -> Callable[[], None]:
        public_key, signature = self.private_key.public_key(), self.sign()
        return lambda: public_key.verify(signature, self.message, self.algorithm)


def run() -> list[Row]:
    """The rows of issue 2 that need no server."""
    world = CheckingWorld()
    raw = _RawKey(ec.generate_private_key(ec.SECP256R1()))
    shown = world.shown(world.credential(claims=_CLAIMS), names=tuple(_CLAIMS))
    evidence = world.evidence()
    anchors = [world.nation.anchor]
    seconds = best_seconds(
        {
            "sign": raw.sign,
            "verify": raw.verification(),
            "issue": _issuing(world),
            "cached": _verifying(shown, PathValidator(anchors)),
            "uncached": _verifying(shown, PathValidator(anchors, cached_paths=0)),
            "report": lambda: world.check(shown, evidence, query=_QUERY),
        }
    )
    sign, verify = seconds["sign"], seconds["verify"]
    return [
        Row("raw P-256 sign", sign * 1e6, "µs"),
        Row("raw P-256 verify", verify * 1e6, "µs"),
        Row(
            f"issue an SD-JWT VC with {_DISCLOSURES} disclosures",
            seconds["issue"] * 1e6,
            "µs",
            seconds["issue"] / sign,
            "raw P-256 sign",
            3.0,
        ),
        Row(
            "verify an SD-JWT VC with key binding, path cached",
            seconds["cached"] * 1e6,
            "µs",
            seconds["cached"] / (2 * verify),
            "two raw P-256 verifies",
            2.2,
        ),
        Row(
            "verify an SD-JWT VC with key binding, path not cached",
            1 / seconds["uncached"],
            "1/s",
            seconds["uncached"] / verify,
            "raw P-256 verify",
            round(_UNCACHED_GOAL, 2),
        ),
        Row(
            "the whole report: nine steps over that presentation, path and lists cached",
            seconds["report"] * 1e6,
            "µs",
            seconds["report"] / (2 * verify),
            "two raw P-256 verifies",
        ),
    ]


def _issuing(world: CheckingWorld) -> Callable[[], str]:
    template = CredentialTemplate.of(
        issuer=ISSUER,
        vct=VCT,
        vct_integrity="sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        certificate_chain=world.issuer.certificate_chain,
    )
    status = StatusReference(STATUS_URI, 4711)
    holder_key = world.holder.public_jwk
    return lambda: build_credential(
        template,
        _CLAIMS,
        holder_key=holder_key,
        status=status,
        issued_at=AT,
        expires_at=_EXPIRES_AT,
        sign=world.issuer.sign,
    )


def _verifying(shown: str, validator: PathValidator) -> Callable[[], None]:
    """Form, path, issuer's signature and disclosures, holder's signature, audience and nonce."""

    def verify() -> None:
        credential = parse_credential(shown)
        path = validator.validate(credential.certificate_chain, AT)
        verified = verify_credential(credential, path.public_key)
        holder_key = verified.registered.holder_key
        assert holder_key is not None
        binding = verify_key_binding(credential.sd_jwt, holder_key.public_key(), at=AT)
        binding.require_answer_to(audience=AUDIENCE, nonce=NONCE)

    return verify
