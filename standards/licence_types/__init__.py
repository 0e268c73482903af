"""The licence types that ship, as data, and the rules over them (GB/T 36902 catalogue; DOMAIN facts marked M).

``load_catalogue()`` answers the types; ``check_fields`` judges the field values of a licence; ``type_metadata`` is
the SD-JWT VC Type Metadata of a type.
"""

from standards.licence_types.catalogue import Catalogue, UnknownLicenceTypeError, load_catalogue
from standards.licence_types.common_claims import COMMON_CLAIMS
from standards.licence_types.data_file import check_licence_type, parse_licence_type
from standards.licence_types.data_reader import InvalidLicenceTypeError
from standards.licence_types.departments import DEPARTMENTS
from standards.licence_types.field_values import InvalidFieldError, check_fields
from standards.licence_types.image_value import Image, InvalidImageError, parse_image, shown_image
from standards.licence_types.licence_type import (
    FieldKind,
    HolderCategory,
    LicenceField,
    LicenceType,
    Representative,
    RepresentativeRole,
    Sensitivity,
    ShareClass,
    vct_of,
)
from standards.licence_types.type_metadata import claims_of, type_metadata

__all__ = [
    "COMMON_CLAIMS",
    "DEPARTMENTS",
    "Catalogue",
    "FieldKind",
    "HolderCategory",
    "Image",
    "InvalidFieldError",
    "InvalidImageError",
    "InvalidLicenceTypeError",
    "LicenceField",
    "LicenceType",
    "Representative",
    "RepresentativeRole",
    "Sensitivity",
    "ShareClass",
    "UnknownLicenceTypeError",
    "check_fields",
    "check_licence_type",
    "claims_of",
    "load_catalogue",
    "parse_image",
    "parse_licence_type",
    "shown_image",
    "type_metadata",
    "vct_of",
]
