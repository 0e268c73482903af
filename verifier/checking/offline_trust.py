"""Lists for a check without a network: from a file that the caller vouches for, or those that this node kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from cryptography import x509

from keys.path_validation import PathValidator
from keys.trust_list import TrustStore, issuer_chains, parse_trust_bundle
from service.settings import Settings
from service.trust_feed.anchors import load_anchors
from service.trust_feed.kept_lists import KeptLists
from service.trust_feed.renewal import Renewal
from standards.errors import InvalidInputError
from standards.json_reader import Reader, parse_json
from standards.status_list import StatusListError
from standards.status_list.token import MAX_TOKEN_CHARS
from verifier.checking.evidence import Evidence


def evidence_of_file(content: bytes, at: datetime) -> Evidence:
    """Lists of a trust file: the JSON of ``GET /trust/bundle``, or an anchor alone in PEM.

    The anchor in it is trusted because whoever names the file says so. Raises ``ElicenceError`` when a list of a
    bundle does not verify, or the file is neither.
    """
    if content.lstrip()[:1] == b"{":
        bundle = parse_trust_bundle(content)
        store = bundle.trust_store(at)
        chains = issuer_chains(store, bundle.issuer_certificates)
        return Evidence(store, dict(bundle.status_lists or {}), chains)
    try:
        anchors = tuple(x509.load_pem_x509_certificates(content))
    except ValueError as cause:
        raise InvalidInputError(
            "信任文件既不是 PEM 证书，也不是信任包。",
            "The trust file is neither a PEM certificate nor a bundle.",
        ) from cause
    return Evidence(TrustStore(PathValidator(anchors)))


def with_status_lists(evidence: Evidence, contents: Iterable[bytes]) -> Evidence:
    """``evidence`` with the lists of further files, each the JSON of a wallet's ``GET /status-lists``.

    They need not be trusted: who signed a list is asked when it is used. Raises ``StatusListError`` for another file.
    """
    tokens = dict(evidence.status_tokens)
    for content in contents:
        lists = Reader(parse_json(content, error=StatusListError), error=StatusListError).object(
            "status_lists"
        )
        for uri in lists.names():
            tokens.setdefault(uri, lists.text(uri, max_chars=MAX_TOKEN_CHARS))
    return replace(evidence, status_tokens=tokens)


def evidence_of_node(settings: Settings, at: datetime) -> Evidence:
    """The anchor and the last good lists in a node's data directory; status lists are never kept on disk.

    Raises ``TrustAnchorError`` without an anchor.
    """
    renewal = Renewal(TrustStore(PathValidator(load_anchors(settings.trust_anchor_file))))
    renewal.take_kept(KeptLists(settings.data / "trust" / "lists").read(), at)
    return Evidence(renewal.store, issuer_chains=renewal.issuer_chains())
