"""The collections of bulk operations: their shapes and indexes."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import (
    BinaryField,
    DateTimeField,
    DictField,
    Document,
    DynamicField,
    IntField,
    ListField,
    StringField,
)


class OperationDocument(Document):  # type: ignore[misc]
    """Collection ``bulk_operations``: one document per bulk operation that was proposed or started. Shard key ``_id``, unguessable.

    ``sealed`` holds who stands behind it, their words and the selection. How far it is stands in its job. It is kept:
    events of licences name it.
    """

    id = StringField(primary_key=True)
    authority = StringField(required=True)
    operation = StringField(required=True)
    code = StringField(required=True)
    stage = StringField(required=True)
    preview = DictField(required=True)
    created_by = StringField(required=True)
    created_at = DateTimeField(required=True)
    decided_at = DateTimeField()
    delete_at = DateTimeField(required=True)
    system = StringField()
    job = StringField()
    counts = DictField()
    sealed = BinaryField(required=True)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "bulk_operations",
        "db_alias": "issuer",
        "auto_create_index": False,
        "indexes": [
            {"fields": ["authority", "-created_at"]},
            # Started, and no job yet: what ``start_left_over`` looks for.
            {"fields": ["stage", "job"]},
        ],
    }


class FrozenDocument(Document):  # type: ignore[misc]
    """Collection ``bulk_operation_licences``: some of a bulk operation's licences as they were at its proposal, and what became
    of them. Shard key ``_id``, ``operation/chunk``, so that a range of it is an operation's licences in their order.

    ``licences`` are ``[identifier, revision, index into obstacles or -1]``; ``results``, when the chunk is done,
    ``[outcome, index into obstacles or -1]`` in the same order. Nothing in it is personal.
    """

    id = StringField(primary_key=True)
    licences = ListField(DynamicField())
    obstacles = ListField(DynamicField())
    results = ListField(DynamicField())
    delete_at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "bulk_operation_licences",
        "db_alias": "issuer",
        "auto_create_index": False,
        "indexes": [{"fields": ["delete_at"], "expireAfterSeconds": 0}],
    }


class StepDocument(Document):  # type: ignore[misc]
    """Collection ``bulk_operation_steps``: who previewed, proposed, decided, started or stopped a bulk operation. It only
    grows. Shard key ``{authority: 1, at: 1}``; ``sealed`` holds the person and the words.
    """

    authority = StringField(required=True)
    at = DateTimeField(required=True)
    step = StringField(required=True)
    operation = StringField()
    what = StringField(required=True)
    licences = IntField(required=True)
    by = StringField(required=True)
    sealed = BinaryField(required=True)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "bulk_operation_steps",
        "db_alias": "issuer",
        "auto_create_index": False,
        "indexes": [{"fields": ["authority", "-at"]}, {"fields": ["operation", "at"]}],
    }
