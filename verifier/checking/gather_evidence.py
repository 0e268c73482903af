"""Gathering what a decision needs: the only part of checking that reaches out.

A status list is fetched only for a credential of an issuer whose path holds, and only where that issuer says: on the
issuer's own origin, or anywhere once its signature is verified. So a stranger's credential makes this service fetch
nothing. Where somebody acts for the holder, the status of his grants is fetched only once the root licence is an
issuer's and its key signed the grant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from keys.path_validation import PathError, ValidatedPath
from keys.trust_list import TrustStore
from service.status_feed import StatusFeed
from service.trust_feed import TrustFeed
from standards.cwt import verify_compact_licence
from standards.errors import InvalidInputError
from standards.jose import UnverifiedJws, parse_jws, parse_public_jwk, verify_jws, x5c_of
from standards.mandate import ACTING_CLAIM, parse_acting, verify_grant
from standards.sd_jwt_vc import TYPE
from standards.show_code import UnverifiedSheet, verify_delegation, verify_sheet
from standards.status_list import parse_status_claim
from verifier.checking.evidence import Evidence
from verifier.checking.scanned_code import ScannedCode

_MAX_KEY_BINDING_CHARS = 256 * 1024


def gather_evidence(texts: Iterable[str], *, trust: TrustFeed, status: StatusFeed, at: datetime) -> Evidence:
    """The trust lists in hand, and the status lists that the credentials in ``texts`` (untrusted) refer to.

    A text that cannot be read, or a list that cannot be had, is simply absent: the steps say what that means.
    Raises ``TrustAnchorError`` when this node has no usable anchor.
    """
    store = trust.current()
    tokens: dict[str, str] = {}
    for text in texts:
        for uri in (_status_uri(text, store, at), *_acting_uris(text, store, at)):
            if uri is None or uri in tokens:
                continue
            token = status.snapshot(uri).token
            if token is not None:
                tokens[uri] = token
    return Evidence(store, tokens)


def gather_code_evidence(
    scanned: ScannedCode, texts: Iterable[str] = (), *, trust: TrustFeed, status: StatusFeed, at: datetime
) -> Evidence:
    """The same for a code or sheet, and for what came with its redemption.

    A list is fetched only once the issuer's certificate is in hand, leads to an anchor and signed the licence; that of a
    grant or a sheet only once the holder's key signed what names it.
    """
    gathered = gather_evidence(texts, trust=trust, status=status, at=at)
    thumbprint = scanned.licence.thumbprint
    chain = trust.issuer_chains().get(thumbprint)
    if chain is None:
        return gathered
    tokens = dict(gathered.status_tokens)
    for uri in _code_uris(scanned, chain, gathered.trust, at):
        token = None if uri in tokens else status.snapshot(uri).token
        if token is not None:
            tokens[uri] = token
    return replace(gathered, status_tokens=tokens, issuer_chains={thumbprint: chain})


def _code_uris(
    scanned: ScannedCode, chain: tuple[bytes, ...], trust: TrustStore, at: datetime
) -> Iterator[str]:
    try:
        path = trust.validator.validate(chain, at)
        claims = verify_compact_licence(scanned.licence, path.public_key).claims
    except (InvalidInputError, PathError):
        return
    yield claims.status.uri
    try:
        if isinstance(scanned, UnverifiedSheet):
            # Its time is judged in step 7; here only whose word it is.
            sheet = verify_sheet(scanned, holder_key=claims.holder_key, at=scanned.unverified.not_before)
            yield sheet.permission.status.uri
            return
        delegation = verify_delegation(
            scanned.delegation, licence_digest=scanned.licence.digest, holder_key=claims.holder_key
        )
    except InvalidInputError:
        return
    if delegation.acting is not None and delegation.acting.grant is not None:
        yield delegation.acting.grant.status.uri


def _status_uri(text: str, trust: TrustStore, at: datetime) -> str | None:
    """Where the status of the credential in ``text`` stands, if its issuer may send us there."""
    try:
        jws = parse_jws(text.strip().partition("~")[0])
        uri = parse_status_claim(jws.claims().get("status")).uri
        path = trust.validator.validate(x5c_of(jws.header), at)
    except (InvalidInputError, PathError):
        return None
    return uri if _on_own_origin(uri, path) or _is_signed(jws, path) else None


def _acting_uris(text: str, trust: TrustStore, at: datetime) -> Iterator[str | None]:
    """Where the status of the root licence and of the grants stands, when the key binding says that somebody acts."""
    key_binding = text.strip().rpartition("~")[2]
    if not key_binding:
        return
    try:
        claims = parse_jws(key_binding, max_chars=_MAX_KEY_BINDING_CHARS).claims()
        if ACTING_CLAIM not in claims:
            return
        acting = parse_acting(claims[ACTING_CLAIM])
        root = parse_jws(acting.root.partition("~")[0])
        if not _is_signed(root, trust.validator.validate(x5c_of(root.header), at)):
            return
        key = parse_public_jwk(root.claims().get("cnf", {}).get("jwk"))
        for grant in acting.grants:
            verify_grant(grant, key)
    except (InvalidInputError, PathError, AttributeError):
        return
    yield _status_uri(acting.root, trust, at)
    yield from (grant.unverified.status.uri for grant in acting.grants)


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
