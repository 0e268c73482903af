"""Opening the desk of documents over a node's parts."""

from __future__ import annotations

from typing import Any

import structlog
from pymongo.database import Database

from issuer.documents.desk import DocumentDesk
from issuer.documents.faces.errors import FontsMissingError
from issuer.documents.faces.fonts import FONT_DIRECTORIES, RARE_FAMILIES, fonts_of
from issuer.documents.faces.render import FaceRenderer
from issuer.documents.faces.seal_picture import SealPictures
from issuer.documents.layouts.layout_desk import LayoutDesk
from issuer.documents.layouts.store import LayoutStore
from issuer.documents.store import PURPOSE, DocumentStore
from issuer.issuance.desk import IssuanceDesk
from issuer.registrar.registrar import Registrar
from issuer.status.store import StatusStore
from keys.master_key import MasterKey

_LOG = structlog.get_logger(__name__)


def open_documents(
    database: Database[dict[str, Any]], master_key: MasterKey, registrar: Registrar, issuance: IssuanceDesk
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
    )


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
