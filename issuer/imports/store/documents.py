"""The collections of imports and exports: their shapes and indexes."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import BinaryField, BooleanField, DateTimeField, DictField, Document, IntField, StringField


class ImportDocument(Document):  # type: ignore[misc]
    """Collection ``imports``: one document per file that came. Shard key ``_id``, unguessable.

    ``sealed`` holds the name of the file, which may name a person, and who stands behind it. How far it is stands in its job.
    """

    id = StringField(primary_key=True)
    authority = StringField(required=True)
    source = StringField(required=True)
    type = StringField(required=True)
    size = IntField(required=True)
    lines = IntField(required=True)
    shape = DictField(required=True)
    mapping = DictField(required=True)
    created_by = StringField(required=True)
    created_at = DateTimeField(required=True)
    sealed = BinaryField(required=True)
    job = StringField()
    dry_run = BooleanField()
    delete_at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "imports",
        "db_alias": "issuer",
        "auto_create_index": False,
        "indexes": [
            {"fields": ["authority", "-created_at"]},
            {"fields": ["delete_at"], "expireAfterSeconds": 0},
        ],
    }


class RefusalDocument(Document):  # type: ignore[misc]
    """Collection ``import_refusals``: one document per refused row. Shard key ``_id``, ``job/row``, so that a
    range of it is an import's rows in their order. ``sealed`` holds the row and what is wrong with it.
    """

    id = StringField(primary_key=True)
    sealed = BinaryField(required=True)
    delete_at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "import_refusals",
        "db_alias": "issuer",
        "auto_create_index": False,
        "indexes": [{"fields": ["delete_at"], "expireAfterSeconds": 0}],
    }


class FilePieceDocument(Document):  # type: ignore[misc]
    """Collection ``transfer_files``: a piece of a file that came or that waits to be fetched; packed, then sealed.
    Shard key ``_id``, ``file/piece``. In the store, so that any worker on any machine can take the work up.
    """

    id = StringField(primary_key=True)
    sealed = BinaryField(required=True)
    delete_at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "transfer_files",
        "db_alias": "issuer",
        "auto_create_index": False,
        "indexes": [{"fields": ["delete_at"], "expireAfterSeconds": 0}],
    }


class MappingDocument(Document):  # type: ignore[misc]
    """Collection ``import_mappings``: which column says what. Shard key ``_id``, ``authority/source/type``."""

    id = StringField(primary_key=True)
    authority = StringField(required=True)
    mapping = DictField(required=True)
    revision = IntField(required=True)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "import_mappings",
        "db_alias": "issuer",
        "auto_create_index": False,
        "indexes": [{"fields": ["authority"]}],
    }


class SecretDocument(Document):  # type: ignore[misc]
    """Collection ``import_secrets``: from which an authority's serials are made. Shard key ``_id``, the authority.
    Another secret would make other serials, so it outlives every change of the master key.
    """

    id = StringField(primary_key=True)
    sealed = BinaryField(required=True)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "import_secrets",
        "db_alias": "issuer",
        "auto_create_index": False,
    }


class ExportDocument(Document):  # type: ignore[misc]
    """Collection ``exports``: the log of what left the library. Shard key ``_id``, unguessable. ``sealed`` holds the
    cause. Kept at least three years (Personal Information Protection Law article 56), so nothing expires by itself.
    """

    id = StringField(primary_key=True)
    authority = StringField(required=True)
    type = StringField(required=True)
    format = StringField(required=True)
    selection = DictField(required=True)
    by = StringField(required=True)
    at = DateTimeField(required=True)
    delete_at = DateTimeField(required=True)
    job = StringField()
    count = IntField()
    sealed = BinaryField(required=True)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "exports",
        "db_alias": "issuer",
        "auto_create_index": False,
        "indexes": [{"fields": ["authority", "-at"]}],
    }
