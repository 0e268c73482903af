"""Service items: what each one asks for, and whether what was shown satisfies it."""

from verifier.items.conditions import issuer_facts
from verifier.items.item_query import build_item_query
from verifier.items.material_rule import check_materials, satisfied_by
from verifier.items.register import (
    ITEMS_DIRECTORY,
    ItemRegister,
    UnknownServiceItemError,
    load_items,
    load_items_with,
)
from verifier.items.service_item import (
    AcceptedLicence,
    ClaimReference,
    FieldInput,
    FormField,
    Material,
    OfflinePolicy,
    ServiceItem,
    Stage,
    Subject,
)

__all__ = [
    "ITEMS_DIRECTORY",
    "AcceptedLicence",
    "ClaimReference",
    "FieldInput",
    "FormField",
    "ItemRegister",
    "Material",
    "OfflinePolicy",
    "ServiceItem",
    "Stage",
    "Subject",
    "UnknownServiceItemError",
    "build_item_query",
    "check_materials",
    "issuer_facts",
    "load_items",
    "load_items_with",
    "satisfied_by",
]
