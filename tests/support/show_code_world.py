"""Keys, a compact licence, a delegation and codes for tests; everything from fixed numbers, so that it is the same each time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from standards.codes.licence_identifier import build_licence_identifier
from standards.cwt import CompactClaims, build_compact_licence
from standards.jose import PublicJwk, public_jwk_of
from standards.show_code import (
    Delegation,
    Permission,
    ShortActing,
    build_delegation,
    build_sheet,
    build_show_code,
)
from standards.status_list import StatusReference

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
WALLET = "https://wallet.example.cn"
CERTIFICATE = b"stands for the DER of the issuer's certificate"
STATUS = StatusReference("https://issuer.example.cn/status-lists/12", 123_456)
RANDOM = bytes.fromhex("0102030405060708")


@dataclass(frozen=True)
class FixedKey:
    """A P-256 key of a small number, which signs the same thing the same way (RFC 6979). For tests only."""

    number: int

    @property
    def private(self) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(self.number, ec.SECP256R1())

    @property
    def public(self) -> ec.EllipticCurvePublicKey:
        return self.private.public_key()

    @property
    def jwk(self) -> PublicJwk:
        return public_jwk_of(self.public)

    def sign(self, message: bytes) -> bytes:
        der = self.private.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        r, s = decode_dss_signature(der)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


ISSUER, HOLDER, PHONE, STRANGER = (FixedKey(number) for number in (1001, 1002, 1003, 1004))


def compact_claims(holder_key: PublicJwk = HOLDER.jwk) -> CompactClaims:
    """A fictional driving licence."""
    return CompactClaims(
        identifier=build_licence_identifier("11100000000013338W901", "11330100002489000X", "A1B2C3D4E5", 1),
        type_version=1,
        holder_name="张小明",
        holder_code_type="111",
        holder_number_short="0018",
        valid_until=date(2030, 1, 1),
        fields={8: "C1", 7: 20_120_506, 9: 20_200_101},
        issued_at=AT.replace(hour=0),
        expires_at=AT.replace(hour=0) + timedelta(days=180),
        holder_key=holder_key,
        status=STATUS,
    )


def licence(claims: CompactClaims | None = None) -> bytes:
    return build_compact_licence(claims or compact_claims(), certificate=CERTIFICATE, sign=ISSUER.sign)


def delegation(
    of: bytes | None = None, *, acting: ShortActing | None = None, signer: FixedKey = HOLDER
) -> bytes:
    value = Delegation(AT, AT + timedelta(hours=24), PHONE.jwk, WALLET, acting)
    return build_delegation(value, of or licence(), signer.sign)


def code_text(made_at: datetime = AT, *, signer: FixedKey = PHONE, acting: ShortActing | None = None) -> str:
    whole = licence()
    random = iter(RANDOM[:-1] + bytes([last]) for last in range(8, 256))
    return build_show_code(
        whole,
        delegation(whole, acting=acting),
        made_at=made_at,
        sign=signer.sign,
        random=lambda _: next(random),
    )


def sheet_text(*, items: tuple[str, ...] = ("330100-A-001",), signer: FixedKey = HOLDER) -> str:
    permission = Permission(
        "A1B2C3D4",
        AT,
        AT + timedelta(days=30),
        items,
        WALLET,
        StatusReference(f"{WALLET}/status-lists/3", 77),
    )
    return build_sheet(licence(), permission, signer.sign)
