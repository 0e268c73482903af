"""Time stamps of somebody else: an RFC 3161 service by its address (section 3.4), believed as far as its certificate leads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from cryptography import x509

from keys.certificates import load_certificate
from keys.errors import TimeStampError
from keys.path_validation import PathError, PathValidator, Purpose
from keys.pdf_check.seal_path import SealPaths
from keys.pdf_check.signed_data import SignedDataError, verify_token
from keys.timestamp import build_question, parse_answer
from keys.timestamp.question import ANSWER_MEDIA_TYPE, QUERY_MEDIA_TYPE
from service.errors import TimeStampAuthorityUnavailableError
from service.outbound import Outbound, OutboundError

CLOCKS_MAY_DIFFER: Final = timedelta(minutes=5)
"""A stamp that says another time than this would make a document look older or younger than it is."""

_MAX_ANSWER_BYTES: Final = 64 * 1024
_NOTHING: Final = bytes(32)
_LOG = structlog.get_logger(__name__)


class ThirdPartyClock:
    """Asks one service. Safe for threads."""

    def __init__(
        self, url: str, outbound: Outbound, anchors: Callable[[], Sequence[x509.Certificate]]
    ) -> None:
        """Take the address that the operator named, and where the certificates are from which its own must come."""
        self._url = url
        self._outbound = outbound
        self._anchors = anchors
        self._lock = threading.Lock()
        self._chain: tuple[x509.Certificate, ...] | None = None

    def stamp(self, digest: bytes, at: datetime) -> bytes:
        """A token over a SHA-256 digest, checked before anything is built on it.

        Raises:
            TimeStampAuthorityUnavailableError: no answer, a refusal, another's answer, or a certificate that leads nowhere.
        """
        try:
            token, chain = self._checked(digest, at)
        except (OutboundError, TimeStampError, SignedDataError, PathError) as cause:
            _LOG.warning("time-stamp-refused", reason=type(cause).__name__, said=str(cause)[:200])
            raise TimeStampAuthorityUnavailableError from cause
        with self._lock:
            self._chain = chain
        return token

    def chain(self, at: datetime) -> tuple[x509.Certificate, ...]:
        """Certificates of the service as last seen, its own first, up to the anchor; asks for a stamp over nothing when it was
        never seen. Raises as :meth:`stamp`.
        """
        if self._chain is None:
            self.stamp(_NOTHING, at)
        with self._lock:
            assert self._chain is not None  # as stamp left it
            return self._chain

    def _checked(self, digest: bytes, at: datetime) -> tuple[bytes, tuple[x509.Certificate, ...]]:
        question = build_question(digest)
        token = parse_answer(self._asked(question.der), question)
        signature = verify_token(token.der)
        if abs(token.at - at) > CLOCKS_MAY_DIFFER:
            raise TimeStampError(
                "时间戳服务的时钟与本机相差过大。",
                "The clock of the time-stamp service is far from this machine's.",
            )
        anchors = tuple(self._anchors())
        paths = SealPaths(PathValidator(anchors), signature.certificates, ())
        path = paths.validate(signature.leaf, at, Purpose.TIME_STAMPING)
        chain = tuple(load_certificate(der) for der in path.chain_der)
        anchor = next(one for one in anchors if one.subject == chain[-1].issuer)
        return token.der, (*chain, anchor)

    def _asked(self, question: bytes) -> bytes:
        response = self._outbound.post(
            self._url,
            question,
            content_type=QUERY_MEDIA_TYPE,
            accept=ANSWER_MEDIA_TYPE,
            max_bytes=_MAX_ANSWER_BYTES,
        )
        if response.status != 200 or response.media_type != ANSWER_MEDIA_TYPE:
            raise TimeStampError(
                f"时间戳服务应答 {response.status}。",
                f"The time-stamp service answered {response.status}.",
            )
        return response.body
