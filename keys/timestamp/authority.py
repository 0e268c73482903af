"""The node's time-stamp authority: answers questions with signed instants (RFC 3161 section 2.4.2).

The token is CMS signed data over a TSTInfo, ECDSA with SHA-256, with the signing certificate named by ESSCertIDv2 (RFC 5816).
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Final

from asn1crypto import core, tsp, x509

from keys.cms import CmsSigner, der
from keys.signer import Signer

NODE_POLICY: Final = "2.25.90327511442924950840807694360677599610"
"""Policy of a node's own authority: the machine's clock, no audit of it by anybody else (an OID of the UUID arc, X.667)."""

_DIGEST_BYTES: Final = {"sha256": 32, "sha384": 48, "sha512": 64}
_SEQUENCE: Final = 0x30
_GRANTED: Final = tsp.PKIStatusInfo({"status": tsp.PKIStatus("granted")}).dump()

_SERIAL_BITS: Final = 127
"""RFC 3161 section 2.4.2: unique, at most 160 bits; random, so that no counter has to survive a crash."""


class TimeStampAuthority:
    """Signs instants under one key. Immutable; safe to share between threads."""

    def __init__(self, signer: Signer) -> None:
        """Take the key with its certificate; raises ``SigningKeyError`` when none is attached."""
        self._cms = CmsSigner(signer, "tst_info")
        self._signer = signer
        subject = x509.Certificate.load(signer.certificate_chain[0]).subject
        self._name = x509.GeneralName("directory_name", subject)

    @property
    def certificate_chain(self) -> tuple[bytes, ...]:
        """DER, the authority's own first, the anchor left out."""
        return self._signer.certificate_chain

    def answer(self, question_der: bytes, at: datetime) -> bytes:
        """The DER of a TimeStampResp: a token, or a rejection that says why. Never raises for what was asked.

        Args:
            question_der: a TimeStampReq, from anybody.
            at: now, aware; written to the second.
        """
        try:
            question = tsp.TimeStampReq.load(question_der, strict=True)
            imprint = question["message_imprint"]
            algorithm = str(imprint["hash_algorithm"]["algorithm"].native)
            digest = imprint["hashed_message"].native
            version, policy = question["version"].native, question["req_policy"].native
            nonce, wants_certificate = question["nonce"].native, bool(question["cert_req"].native)
            extensions = question["extensions"].native
        except (ValueError, TypeError, KeyError):
            return _rejection("bad_data_format", "not a TimeStampReq")
        if version != "v1":
            return _rejection("bad_request", "version 1 only")
        if len(digest) != _DIGEST_BYTES.get(algorithm, -1):
            return _rejection("bad_alg", "SHA-256, SHA-384 or SHA-512, with a digest of its length")
        if policy not in {None, NODE_POLICY}:
            return _rejection("unaccepted_policy", f"the policy here is {NODE_POLICY}")
        if extensions:
            return _rejection("unaccepted_extensions", "no extensions")
        token = self._token(imprint, nonce, at, wants_certificate=wants_certificate)
        return der(_SEQUENCE, _GRANTED, token)

    def _token(
        self, imprint: tsp.MessageImprint, nonce: int | None, at: datetime, *, wants_certificate: bool
    ) -> bytes:
        info = {
            "version": 1,
            "policy": NODE_POLICY,
            "message_imprint": imprint,
            "serial_number": secrets.randbits(_SERIAL_BITS),
            "gen_time": core.GeneralizedTime(at.astimezone(UTC).replace(microsecond=0)),
            "accuracy": tsp.Accuracy({"seconds": 1}),
            "tsa": self._name,
        }
        if nonce is not None:
            info["nonce"] = core.Integer(nonce)
        return self._cms.sign_enclosed(tsp.TSTInfo(info).dump(), with_certificates=wants_certificate)


def _rejection(failure: str, words: str) -> bytes:
    status = tsp.PKIStatusInfo(
        {
            "status": tsp.PKIStatus("rejection"),
            "status_string": [core.UTF8String(words)],
            "fail_info": tsp.PKIFailureInfo({failure}),
        }
    )
    return der(_SEQUENCE, status.dump())
