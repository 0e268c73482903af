"""Gathering what a decision needs: the only part of checking that reaches out.

A status list is fetched only for a credential of an issuer whose path holds, and only where that issuer says: on the
issuer's own origin, or anywhere once its signature is verified. So a stranger's credential makes this service fetch
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from keys.path_validation import PathError, ValidatedPath
from keys.trust_list import TrustStore
from service.status_feed import StatusFeed
from service.trust_feed import TrustFeed
from standards.errors import InvalidInputError
from standards.jose import UnverifiedJws, parse_jws, verify_jws, x5c_of
from standards.sd_jwt_vc import TYPE
from standards.status_list import parse_status_claim
from verifier.checking.evidence import Evidence


def gather_evidence(texts: Iterable[str], *, trust: TrustFeed, status: StatusFeed, at: datetime) -> Evidence:
    """The trust lists in hand, and the status lists that the credentials in ``texts`` (untrusted) refer to.

    A text that cannot be read, or a list that cannot be had, is simply absent: the steps say what that means.
    Raises ``TrustAnchorError`` when this node has no usable anchor.
    """
    store = trust.current()
    tokens: dict[str, str] = {}
    for text in texts:
        uri = _status_uri(text, store, at)
        if uri is None or uri in tokens:
            continue
        token = status.snapshot(uri).token
        if token is not None:
            tokens[uri] = token
    return Evidence(store, tokens)


def _status_uri(text: str, trust: TrustStore, at: datetime) -> str | None:
    """Where the status of the credential in ``text`` stands, if its issuer may send us there."""
    try:
        jws = parse_jws(text.strip().partition("~")[0])
        uri = parse_status_claim(jws.claims().get("status")).uri
        path = trust.validator.validate(x5c_of(jws.header), at)
    except (InvalidInputError, PathError):
        return None
    return uri if _on_own_origin(uri, path) or _is_signed(jws, path) else None


def _on_own_origin(uri: str, path: ValidatedPath) -> bool:
    try:
        wanted = urlsplit(uri)[:2]
        return wanted in {urlsplit(identifier)[:2] for identifier in path.uris}
    except ValueError:
        return False


def _is_signed(jws: UnverifiedJws, path: ValidatedPath) -> bool:
    try:
        verify_jws(jws, path.public_key, typ=TYPE)
    except InvalidInputError:
        return False
    return True
