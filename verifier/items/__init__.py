"""Service items: what each one asks for, and whether what was shown satisfies it."""

from verifier.items.item_query import build_item_query
from verifier.items.material_rule import check_materials, satisfied_by
from verifier.items.register import ItemRegister, UnknownServiceItemError, load_items
from verifier.items.service_item import AcceptedLicence, ClaimReference, Material, ServiceItem

__all__ = [
    "AcceptedLicence",
    "ClaimReference",
    "ItemRegister",
    "Material",
    "ServiceItem",
    "UnknownServiceItemError",
    "build_item_query",
    "check_materials",
    "load_items",
    "satisfied_by",
]
