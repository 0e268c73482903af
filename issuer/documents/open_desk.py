"""Opening the desk of documents over a node's parts."""

from __future__ import annotations

from typing import Any

from pymongo.database import Database

from issuer.documents.desk import DocumentDesk
from issuer.documents.faces.render import FaceRenderer
from issuer.documents.faces.seal_picture import SealPictures
from issuer.documents.store import PURPOSE, DocumentStore
from issuer.issuance.desk import IssuanceDesk
from issuer.registrar.registrar import Registrar
from issuer.status.store import StatusStore
from keys.master_key import MasterKey


def open_documents(
    database: Database[dict[str, Any]], master_key: MasterKey, registrar: Registrar, issuance: IssuanceDesk
) -> DocumentDesk:
    """The desk of a node; creates the indexes of its collections when they are missing."""
    store = open_document_store(database, master_key)
    store.ensure_indexes()
    return DocumentDesk(registrar, issuance, StatusStore(database), store, FaceRenderer(), SealPictures())


def open_document_store(database: Database[dict[str, Any]], master_key: MasterKey) -> DocumentStore:
    """Originals and the register of copies over a database."""
    return DocumentStore(database, master_key.envelope(PURPOSE))
