"""``signature.tst``: an RFC 3161 token over ``signature.jws``. Who signed says when in his own word; this is somebody else's.

By hand: ``openssl ts -verify -in signature.tst -token_in -data signature.jws -CAfile anchor.pem``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from cryptography import x509

from keys.path_validation import PathError, PathValidator, Purpose, ValidatedPath
from keys.pdf_check.seal_path import SealPaths
from keys.pdf_check.signed_data import SignedDataError, verify_token
from service.third_party_clock import ThirdPartyClock
from service.trust_feed.anchors import load_anchors
from standards.bagit import Bag
from standards.text import Text
from standards.verification_report import Finding, Outcome, Step
from verifier.archive.signature import SIGNATURE_FILE, TIME_STAMP_FILE, PackageSignature, Stamp

if TYPE_CHECKING:
    from verifier.node import VerifierNode

TIME_STAMP_PATH: Final = "/tsa"
"""Of the issuer's service beside this one, for a node whose operator named no other service."""

_MAY_DIFFER: Final = timedelta(minutes=10)
"""Between the signer's word and the stamp: they are made one after the other."""

_DIGESTS: Final = frozenset({"sha256", "sha384", "sha512"})


def stamp_of(node: VerifierNode) -> Stamp:
    """Asks the service that the operator named, else the nation's node; raises ``TimeStampAuthorityUnavailableError``."""
    settings = node.settings
    named = settings.tsa_anchors_file if settings.tsa_url else None
    file = named or settings.trust_anchor_file

    def anchors() -> Sequence[x509.Certificate]:
        return load_anchors(file)

    url = settings.tsa_url or f"{settings.issuer_url}{TIME_STAMP_PATH}"
    return ThirdPartyClock(url, node.outbound, anchors).stamp


def check_time_stamp(bag: Bag, signature: PackageSignature, validator: PathValidator) -> Finding:
    """What the stamp of a signed package is worth.

    Args:
        bag: the package.
        signature: its signature, verified.
        validator: with the anchors that a time-stamp authority may come from.
    """
    token = bag.files.get(TIME_STAMP_FILE)
    if token is None:
        return _MISSING if signature.time_stamped else _NONE
    try:
        verified = verify_token(token)
        stamped = verified.stamped
        assert stamped is not None  # as verify_token answers
        digest = hashlib.new(stamped.algorithm, bag.files[SIGNATURE_FILE]).digest()
    except (SignedDataError, ValueError):
        return _INVALID
    if stamped.algorithm not in _DIGESTS or stamped.digest != digest:
        return _INVALID
    if abs(stamped.at - signature.signed_at) > _MAY_DIFFER:
        return _APART
    try:
        paths = SealPaths(validator, verified.certificates, ())
        path = paths.validate(verified.leaf, stamped.at, Purpose.TIME_STAMPING)
    except PathError as error:
        return _untrusted(error)
    return _stamped(path, stamped.at)


def _stamped(path: ValidatedPath, at: datetime) -> Finding:
    moment = at.isoformat(timespec="seconds")
    return Finding(
        Step.SIGNATURE,
        "package-time-stamped",
        Outcome.PASSED,
        Text(
            f"时间戳证明归档包不晚于 {moment} 签名（{path.subject.name}）。",
            f"A time stamp of {path.subject.name} proves that the package was signed by {moment}.",
        ),
    )


def _untrusted(error: PathError) -> Finding:
    return Finding(
        Step.SIGNATURE,
        "package-time-stamp-not-trusted",
        Outcome.INDETERMINATE,
        Text(
            f"时间戳服务的证书不受信任：{error.message.zh}",
            f"The certificate of the time stamp is not trusted: {error.message.en}",
        ),
        Text(
            "请用 elicence verifier archive check --time-stamp-trust 指定该时间戳服务的根证书。",
            "Name that service's anchor: elicence verifier archive check --time-stamp-trust FILE.",
        ),
        sub_indication="NO_CERTIFICATE_CHAIN_FOUND",
    )


def _failed(code: str, zh: str, en: str) -> Finding:
    return Finding(
        Step.SIGNATURE,
        code,
        Outcome.FAILED,
        Text(zh, en),
        Text("请从归档单位重新取得归档包。", "Have the package sent again by the archive that holds it."),
        sub_indication="SIG_CRYPTO_FAILURE",
    )


_NONE: Final = Finding(
    Step.SIGNATURE,
    "package-not-time-stamped",
    Outcome.NEUTRAL,
    Text(
        "归档包没有时间戳，签名时间仅为部门自述。",
        "The package has no time stamp; when it was signed is the department's own word.",
    ),
)
_MISSING: Final = _failed(
    "package-time-stamp-missing",
    f"归档包签名时附有时间戳，现缺少 {TIME_STAMP_FILE}。",
    f"The package was signed with a time stamp, and {TIME_STAMP_FILE} is missing.",
)
_INVALID: Final = _failed(
    "package-time-stamp-invalid",
    f"{TIME_STAMP_FILE}：时间戳不成立，或不是对此签名作出的。",
    f"{TIME_STAMP_FILE}: the time stamp does not hold, or is over another signature.",
)
_APART: Final = _failed(
    "package-time-stamp-apart",
    f"{TIME_STAMP_FILE}：时间戳与签名所称时间相差过大。",
    f"{TIME_STAMP_FILE}: the time stamp is far from when the signature says it was made.",
)
