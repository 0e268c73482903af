"""What a licence's PDF document consists of, for those who make it and those who check it.

The page (face), the credential and the metadata say the same things; ``face_manifest`` says where on the page each value stands, so
that anybody can hold the three against each other.
"""

from standards.documents.annotation import Annotation, MaterialLevel, parse_annotation
from standards.documents.attachments import CREDENTIAL, FACE, METADATA, Attached
from standards.documents.errors import InvalidDocumentPartError
from standards.documents.face_manifest import FaceManifest, PrintedField, parse_manifest
from standards.documents.metadata import LicenceMetadata, MetadataHolder, build_metadata, parse_metadata
from standards.documents.printed_value import LONG_TERM, VALID_PERIOD, printed_value

__all__ = [
    "CREDENTIAL",
    "FACE",
    "LONG_TERM",
    "METADATA",
    "VALID_PERIOD",
    "Annotation",
    "Attached",
    "FaceManifest",
    "InvalidDocumentPartError",
    "LicenceMetadata",
    "MaterialLevel",
    "MetadataHolder",
    "PrintedField",
    "build_metadata",
    "parse_annotation",
    "parse_manifest",
    "parse_metadata",
    "printed_value",
]
