"""Column mappings, one per source system and licence type; and the secret from which an authority's serials are made."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from issuer.imports.errors import MappingChangedError
from issuer.imports.mapping import ColumnMapping, stored_mapping
from issuer.imports.store.documents import MappingDocument, SecretDocument
from keys.envelope import Envelope
from service.store.sealed_rows import SealedRows
from standards.text import Text


class MappingStore:
    """Keeps mappings and secrets. Every method that changes something is one durable write."""

    def __init__(self, database: Database[dict[str, Any]], envelope: Envelope) -> None:
        self._mappings = database["import_mappings"]
        self._secrets = database["import_secrets"]
        self._envelope = envelope

    @staticmethod
    def ensure_indexes() -> None:
        """Make the indexes; repeating it changes nothing."""
        MappingDocument.ensure_indexes()
        SecretDocument.ensure_indexes()

    def find(self, authority: str, source: str, type_code: str) -> tuple[ColumnMapping, int] | None:
        """The mapping and its revision, or ``None``."""
        row = self._mappings.find_one({"_id": _key(authority, source, type_code)})
        return None if row is None else (stored_mapping(row["mapping"]), row["revision"])

    def all(self, authority: str) -> list[tuple[str, ColumnMapping, int]]:
        """(source, mapping, revision) of an authority."""
        rows = self._mappings.find({"authority": authority}).sort("_id")
        return [(row["_id"].split("/")[1], stored_mapping(row["mapping"]), row["revision"]) for row in rows]

    def put(self, authority: str, source: str, mapping: ColumnMapping, revision: int) -> int:
        """Keep a mapping in the place of the one of ``revision``, 0 for none; answers the new revision.

        Raises:
            MappingChangedError: somebody was faster.
        """
        key = _key(authority, source, mapping.type_code)
        row: Mapping[str, Any] = {
            "_id": key, "authority": authority, "mapping": mapping.to_json(), "revision": revision + 1
        }  # fmt: skip
        if revision == 0:
            try:
                self._mappings.insert_one(dict(row))
            except DuplicateKeyError as error:
                raise MappingChangedError from error
        elif self._mappings.replace_one({"_id": key, "revision": revision}, row).matched_count != 1:
            raise MappingChangedError
        return revision + 1

    def secret(self, authority: str) -> bytes:
        """32 bytes of the authority, made when they are first asked for and the same ever after."""
        row = self._secrets.find_one({"_id": authority})
        if row is None:
            sealed = self._envelope.seal(secrets.token_bytes(32), _secret_context(authority))
            try:
                self._secrets.insert_one({"_id": authority, "sealed": sealed})
            except DuplicateKeyError:
                return self.secret(authority)
            return self._envelope.open(sealed, _secret_context(authority))
        return self._envelope.open(row["sealed"], _secret_context(authority))

    def sealed_rows(self) -> SealedRows:
        """What a change of the master key brings over."""
        return SealedRows(
            Text("导入流水号密钥", "secrets of imports"), self._secrets, ("sealed",), self._renewed
        )

    def _renewed(self, row: dict[str, Any]) -> dict[str, Any]:
        if not self._envelope.is_older(row["sealed"]):
            return {}
        return {"sealed": self._envelope.reseal(row["sealed"], _secret_context(row["_id"]))}


def _key(authority: str, source: str, type_code: str) -> str:
    return f"{authority}/{source}/{type_code}"


def _secret_context(authority: str) -> str:
    return f"import secret {authority}"
