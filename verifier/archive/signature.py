"""``signature.jws``: the department's signature over the tag manifest, and with it over every file of a package.

JWS of type ``elicence-archive+jwt`` with ``x5c``; claims: ``iss`` (unified social credit code), ``iat``, ``sha256`` and ``sha512``
(of ``tagmanifest-sha256.txt``, hexadecimal: two digests, so that one may weaken), ``time_stamped`` where a time stamp goes with it:
who takes the stamp away is found out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, TypeAlias

from keys.path_validation import ValidatedPath
from keys.signer import Signer
from keys.trust_list import TrustStore
from standards.bagit import Bag, InvalidBagError, tag_manifests_of
from standards.errors import InvalidInputError
from standards.jose import UnverifiedJws, build_jws, build_x5c, parse_jws, verify_jws, x5c_of
from standards.json_reader import Reader

SIGNATURE_FILE: Final = "signature.jws"
TIME_STAMP_FILE: Final = "signature.tst"
"""RFC 3161 token over the bytes of the signature (``verifier.archive.time_stamp``)."""

SIGNATURE_TYPE: Final = "elicence-archive+jwt"

_MAX_CHARS: Final = 64 * 1024


Stamp: TypeAlias = Callable[[bytes, datetime], bytes]
"""The token of a time-stamp authority over a SHA-256 digest, as of now."""


def sign_bag(bag: Bag, department: str, signer: Signer, at: datetime, stamp: Stamp | None = None) -> Bag:
    """The bag with its signature, and the time stamp over it, as tag files that no manifest lists (RFC 8493 section 2.2.1).

    Raises what ``stamp`` raises.
    """
    header = {"typ": SIGNATURE_TYPE, "x5c": build_x5c(signer.certificate_chain)}
    claims = {"iss": department, "iat": int(at.timestamp()), **_digests(bag)}
    if stamp is None:
        return Bag.of({**bag.files, SIGNATURE_FILE: build_jws(header, claims, signer.sign).encode()})
    signature = build_jws(header, claims | {"time_stamped": True}, signer.sign).encode()
    token = stamp(hashlib.sha256(signature).digest(), at)
    return Bag.of({**bag.files, SIGNATURE_FILE: signature, TIME_STAMP_FILE: token})


class PackageSignature:
    """A signature that was read; whether it holds, :meth:`verify` says.

    Attributes:
        department: USCC that it claims.
        signed_at: when.
        time_stamped: whether it says that a time stamp goes with it.
    """

    def __init__(self, bag: Bag) -> None:
        """Read it; raises ``InvalidBagError`` for none, or one that cannot be read."""
        content = bag.files.get(SIGNATURE_FILE)
        if content is None:
            raise InvalidBagError("归档包没有签名。", "The package has no signature.", where=SIGNATURE_FILE)
        try:
            self._jws: UnverifiedJws = parse_jws(content.decode("ascii"), max_chars=_MAX_CHARS)
            reader = Reader(self._jws.claims())
            self.department = reader.text("iss", max_chars=18)
            self.signed_at = datetime.fromtimestamp(reader.integer("iat", minimum=0, maximum=2**36), UTC)
            self.time_stamped = self._jws.claims().get("time_stamped") is True
            claimed = {name: reader.text(name, max_chars=128) for name in ("sha256", "sha512")}
        except (InvalidInputError, UnicodeDecodeError, OverflowError, ValueError) as cause:
            raise InvalidBagError(
                "归档包的签名无法读取。", "The signature cannot be read.", where=SIGNATURE_FILE
            ) from cause
        self._is_of_bag = claimed == _digests(bag)

    def verify(self, trust: TrustStore) -> ValidatedPath:
        """The path of the department that signed, as it stood when it did.

        Raises:
            PathError: its certificate led to no anchor then, or was revoked.
            InvalidBagError: a signature that does not hold, over another package, or somebody else's.
        """
        try:
            path = trust.validator.validate(x5c_of(self._jws.header), self.signed_at)
            verify_jws(self._jws, path.public_key, typ=SIGNATURE_TYPE)
        except InvalidInputError as cause:
            raise InvalidBagError(
                "归档包的签名不成立。", "The signature does not hold.", where=SIGNATURE_FILE
            ) from cause
        if not self._is_of_bag or path.subject.uscc != self.department:
            raise InvalidBagError(
                "签名不是该部门对此归档包作出的。",
                "The signature is over another package, or by another department.",
                where=SIGNATURE_FILE,
            )
        return path


def _digests(bag: Bag) -> dict[str, str]:
    listed = tag_manifests_of(bag)
    return {"sha256": hashlib.sha256(listed).hexdigest(), "sha512": hashlib.sha512(listed).hexdigest()}
