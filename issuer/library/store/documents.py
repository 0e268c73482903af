"""The collections of the licence library: their shapes and indexes."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import DateTimeField, DictField, Document, DynamicField, IntField, ListField, StringField


class LicenceDocument(Document):  # type: ignore[misc]
    """Collection ``licences``: one document per licence version.

    Shard key ``{authority: 1, _id: 1}``; ``_id`` is the GB/T 36904 identifier, which contains the authority.
    ``holders`` and ``number`` are keyed hashes; ``sealed`` holds number, holders and fields. ``review_on`` is the day on which the
    passing of time changes the state, and absent where it does not. ``idempotency`` names the claim under which the licence was entered;
    ``source`` is the mark of the source system's delivery that the version stems from.
    ``representatives`` are keyed hashes of those whom the licence names as acting for its holder, and absent where there are none.
    ``reviewed_on`` is the day of the clock at the last review by time. ``unsealed`` is the number of the first event that no block
    of the chain holds, and absent when all are sealed; ``chained`` counts the sealed ones, ``block`` is the last block with one of them.
    """

    id = StringField(primary_key=True)
    authority = StringField(required=True)
    authority_name = StringField(required=True)
    division = StringField(required=True)
    type = StringField(required=True)
    type_version = StringField(required=True)
    state = StringField(required=True)
    issue_date = StringField(required=True)
    valid_from = StringField()
    valid_until = StringField()
    recorded_at = DateTimeField(required=True)
    revision = IntField(required=True)
    supersedes = StringField()
    superseded_by = StringField()
    holders = ListField(StringField())
    representatives = ListField(StringField())
    number = StringField()
    inspection = DictField()
    proposal = IntField()
    events = ListField(DictField())
    sealed = DynamicField()
    review_on = StringField()
    reviewed_on = StringField()
    unsealed = IntField()
    chained = IntField()
    block = IntField()
    idempotency = StringField()
    source = DictField()

    meta: ClassVar[dict[str, Any]] = {
        "collection": "licences",
        "db_alias": "issuer",
        "auto_create_index": False,
        "strict": True,
        "indexes": [
            {"fields": ["authority", "holders", "type"]},
            {"fields": ["authority", "number"]},
            {
                "fields": ["authority", "representatives"],
                "partialFilterExpression": {"representatives": {"$exists": True}},
            },
            {"fields": ["authority", "-recorded_at", "-id"]},
            # Counts by type and state too; a list by one of the two names all values of the other.
            {"fields": ["authority", "type", "state", "-recorded_at", "-id"]},
            {"fields": ["authority", "proposal"], "partialFilterExpression": {"proposal": {"$type": "int"}}},
            # The planner takes a partial index for a comparison only where the filter is "exists".
            {"fields": ["review_on"], "partialFilterExpression": {"review_on": {"$exists": True}}},
            {"fields": ["reviewed_on"], "partialFilterExpression": {"reviewed_on": {"$exists": True}}},
            {"fields": ["authority", "unsealed"], "partialFilterExpression": {"unsealed": {"$exists": True}}},
        ],
    }


class SequenceDocument(Document):  # type: ignore[misc]
    """Collection ``licence_sequences``: the running number of one authority, type and year. Shard key ``_id``."""

    id = StringField(primary_key=True)
    last = IntField(required=True)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "licence_sequences",
        "db_alias": "issuer",
        "auto_create_index": False,
    }


class IdempotencyDocument(Document):  # type: ignore[misc]
    """Collection ``licence_idempotency``: which licence a caller's idempotency key stands for. Shard key ``_id``,
    ``authority/key``. A collection of its own, because a unique index of ``licences`` would have to begin with its
    whole shard key.
    """

    id = StringField(primary_key=True)
    identifier = StringField(required=True)
    digest = StringField(required=True)
    at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {
        "collection": "licence_idempotency",
        "db_alias": "issuer",
        "auto_create_index": False,
    }
