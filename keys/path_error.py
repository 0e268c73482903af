"""Why a certificate path was refused: a closed set of reasons, each with its sentence and its ETSI sub-indication."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from standards.errors import ElicenceError
from standards.text import Text


class PathReason(StrEnum):
    """Reasons for which ``PathValidator`` refuses; stable, part of reports."""

    EMPTY = "no-certificate"
    TOO_LONG = "path-too-long"
    MALFORMED = "certificate-malformed"
    ANCHOR_IN_CHAIN = "anchor-in-chain"
    SELF_SIGNED = "self-signed"
    WRONG_ORDER = "chain-out-of-order"
    UNKNOWN_ANCHOR = "unknown-anchor"
    NOT_CERTIFIED = "not-certified"
    UNSUITABLE_ALGORITHM = "unsuitable-algorithm"
    UNSUITABLE_USAGE = "unsuitable-usage"
    UNSUITABLE_SUBJECT = "unsuitable-subject"
    NOT_YET_VALID = "certificate-not-yet-valid"
    EXPIRED = "certificate-expired"
    REVOKED = "certificate-revoked"
    REVOCATION_STALE = "revocation-list-stale"


_SENTENCES: Final = {
    PathReason.EMPTY: Text("没有证书。", "There is no certificate."),
    PathReason.TOO_LONG: Text("证书链过长。", "The certificate chain is too long."),
    PathReason.MALFORMED: Text("证书格式不正确。", "A certificate is malformed."),
    PathReason.ANCHOR_IN_CHAIN: Text(
        "证书链自带信任根；信任根只能来自本机配置。",
        "The chain brings its own trust anchor; an anchor comes from configuration only.",
    ),
    PathReason.SELF_SIGNED: Text(
        "证书是自签名的，无法信任。", "The certificate is signed by itself and cannot be trusted."
    ),
    PathReason.WRONG_ORDER: Text("证书链顺序不正确。", "The certificates of the chain are not in order."),
    PathReason.UNKNOWN_ANCHOR: Text(
        "证书不属于本机信任的任何信任根。", "The chain does not lead to a trust anchor of this node."
    ),
    PathReason.NOT_CERTIFIED: Text(
        "证书链未通过验证：签名或约束不成立。",
        "The chain does not hold: a signature or a constraint of an issuer is broken.",
    ),
    PathReason.UNSUITABLE_ALGORITHM: Text(
        "证书使用了不允许的算法或密钥。", "A certificate uses an algorithm or a key that is not permitted."
    ),
    PathReason.UNSUITABLE_USAGE: Text(
        "证书的用途不允许这样使用。", "The certificate is not meant for this use."
    ),
    PathReason.UNSUITABLE_SUBJECT: Text(
        "证书没有指明机构名称和统一社会信用代码。",
        "The certificate does not name an organisation and its unified social credit code.",
    ),
    PathReason.NOT_YET_VALID: Text("证书尚未生效。", "The certificate is not valid yet."),
    PathReason.EXPIRED: Text("证书已过期。", "The certificate has expired."),
    PathReason.REVOKED: Text("证书已被吊销。", "The certificate was revoked."),
    PathReason.REVOCATION_STALE: Text(
        "证书吊销列表已过更新时间，暂时无法判断。",
        "The revocation list is overdue, so this cannot be told now.",
    ),
}

_CONSTRAINTS: Final = "CHAIN_CONSTRAINTS_FAILURE"
_SUB_INDICATIONS: Final = {
    PathReason.EMPTY: "NO_SIGNING_CERTIFICATE_FOUND",
    PathReason.MALFORMED: "FORMAT_FAILURE",
    PathReason.SELF_SIGNED: "NO_CERTIFICATE_CHAIN_FOUND",
    PathReason.UNKNOWN_ANCHOR: "NO_CERTIFICATE_CHAIN_FOUND",
    PathReason.NOT_CERTIFIED: "CERTIFICATE_CHAIN_GENERAL_FAILURE",
    PathReason.UNSUITABLE_ALGORITHM: "CRYPTO_CONSTRAINTS_FAILURE",
    PathReason.NOT_YET_VALID: "NOT_YET_VALID",
    PathReason.EXPIRED: "EXPIRED",
    PathReason.REVOKED: "REVOKED",
    PathReason.REVOCATION_STALE: "TRY_LATER",
}


class PathError(ElicenceError):
    """A certificate chain that does not lead to an anchor at the instant asked about.

    Attributes:
        reason: which rule it broke.
        sub_indication: ETSI EN 319 102-1 tables 5 and 6.
        indeterminate: whether newer lists, and nothing else, can settle it; else the path is refused for good.
    """

    code = "certificate-path"

    def __init__(self, reason: PathReason, *, where: str | None = None) -> None:
        sentence = _SENTENCES[reason]
        super().__init__(sentence.zh, sentence.en, where=where)
        self.reason = reason

    @property
    def sub_indication(self) -> str:
        return _SUB_INDICATIONS.get(self.reason, _CONSTRAINTS)

    @property
    def indeterminate(self) -> bool:
        return self.reason is PathReason.REVOCATION_STALE
