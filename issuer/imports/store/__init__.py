"""Persistence of imports, their files, their refused rows, and the mappings; the only package here that knows the database."""

from issuer.imports.store.exports import ExportStore
from issuer.imports.store.files import FileStore
from issuer.imports.store.imports import ImportStore
from issuer.imports.store.mappings import MappingStore
from issuer.imports.store.refusals import RefusalStore

__all__ = ["ExportStore", "FileStore", "ImportStore", "MappingStore", "RefusalStore"]
