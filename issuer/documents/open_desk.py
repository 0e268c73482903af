"""Opening the desk of documents over a node's parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from cryptography import x509
from pymongo.database import Database

from issuer.documents.desk import DocumentDesk
from issuer.documents.faces.errors import FontsMissingError
from issuer.documents.faces.fonts import FONT_DIRECTORIES, RARE_FAMILIES, fonts_of
from issuer.documents.faces.render import FaceRenderer
from issuer.documents.faces.seal_picture import SealPictures
from issuer.documents.layouts.layout_desk import LayoutDesk
from issuer.documents.layouts.store import LayoutStore
from issuer.documents.policy import load_policies
from issuer.documents.store import PURPOSE, DocumentStore
from issuer.issuance.desk import IssuanceDesk
from issuer.registrar.registrar import Registrar
from issuer.status.store import StatusStore
from keys.master_key import MasterKey
from service.outbound import Outbound
from service.settings import Settings
from service.third_party_clock import ThirdPartyClock
from service.trust_feed.anchors import load_anchors

_LOG = structlog.get_logger(__name__)


def open_documents(
    database: Database[dict[str, Any]],
    master_key: MasterKey,
    registrar: Registrar,
    issuance: IssuanceDesk,
    outbound: Outbound,
) -> DocumentDesk:
    """The desk of a node; creates the indexes of its collections when they are missing."""
    store = open_document_store(database, master_key)
    store.ensure_indexes()
    _warn_of_fonts()
    layouts = LayoutStore(database)
    layouts.ensure_indexes()
    return DocumentDesk(
        registrar,
        issuance,
        StatusStore(database),
        store,
        FaceRenderer(),
        SealPictures(),
        LayoutDesk(layouts),
        load_policies(issuance.settings.data),
        _third_party(registrar, issuance.settings, outbound),
    )


def _third_party(registrar: Registrar, settings: Settings, outbound: Outbound) -> ThirdPartyClock | None:
    """The service that the operator named; its certificate comes from the nation's root unless a file says otherwise."""
    if not settings.tsa_url:
        return None
    file = settings.tsa_anchors_file

    def anchors() -> Sequence[x509.Certificate]:
        return (registrar.root,) if file is None else load_anchors(file)

    return ThirdPartyClock(settings.tsa_url, outbound, anchors)


def _warn_of_fonts() -> None:
    """Say at the start, not only at the first document, what the machine lacks for printing them."""
    try:
        families = set(fonts_of(FONT_DIRECTORIES).families())
    except FontsMissingError as error:
        _LOG.warning("documents-cannot-be-made", reason=error.code, install="fonts-noto-cjk")
        return
    if not families & set(RARE_FAMILIES):
        _LOG.warning("rare-characters-cannot-be-printed", install="fonts-hanazono")


def open_document_store(database: Database[dict[str, Any]], master_key: MasterKey) -> DocumentStore:
    """Originals and the register of copies over a database."""
    return DocumentStore(database, master_key.envelope(PURPOSE))
