"""The collections of the catalogue. Nothing in them is personal but the names of the staff who made a type."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from mongoengine import (
    BinaryField,
    BooleanField,
    DateTimeField,
    DictField,
    Document,
    IntField,
    ListField,
    StringField,
)

TYPES: Final = "catalogue_types"
WITHDRAWALS: Final = "catalogue_withdrawals"
DOCUMENTS: Final = "catalogue_documents"


class TypeVersionDocument(Document):  # type: ignore[misc]
    """Collection ``catalogue_types``: one version of a type on its way from draft to published. Shard key ``_id``, the
    ``vct``. ``published`` is the type's data as JSON text; it is set once.
    """

    id = StringField(primary_key=True)
    code = StringField(required=True)
    version = IntField(required=True)
    owner = StringField(required=True)
    state = StringField(required=True)
    revision = IntField(required=True)
    content = StringField(required=True)
    steps = ListField(DictField())
    published = StringField()
    granted = BooleanField()

    meta: ClassVar[dict[str, Any]] = {
        "collection": TYPES,
        "db_alias": "issuer",
        "auto_create_index": False,
        "indexes": [{"fields": ["state"]}, {"fields": ["owner"]}, {"fields": ["code"]}],
    }


class WithdrawalDocument(Document):  # type: ignore[misc]
    """Collection ``catalogue_withdrawals``: a type of which no new licence is to be issued. Shard key ``_id``, the
    type's code.
    """

    id = StringField(primary_key=True)
    owner = StringField(required=True)
    state = StringField(required=True)
    reason = StringField(required=True)
    proposed_by = DictField(required=True)
    proposed_at = DateTimeField(required=True)
    approved_by = DictField()
    approved_at = DateTimeField()

    meta: ClassVar[dict[str, Any]] = {
        "collection": WITHDRAWALS,
        "db_alias": "issuer",
        "auto_create_index": False,
    }


class MetadataDocument(Document):  # type: ignore[misc]
    """Collection ``catalogue_documents``: type metadata as first published. Shard key ``_id``, the ``vct``."""

    id = StringField(primary_key=True)
    document = BinaryField(required=True)

    meta: ClassVar[dict[str, Any]] = {
        "collection": DOCUMENTS,
        "db_alias": "issuer",
        "auto_create_index": False,
    }
