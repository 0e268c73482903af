"""BagIt containers (RFC 8493): files with their checksums, as archives take them in; read with distrust."""

from standards.bagit.bag import (
    BAGIT_DECLARATION,
    INFO_FILE,
    Bag,
    BagProblem,
    BagProblemKind,
    InvalidBagError,
    build_bag,
    tag_manifests_of,
)
from standards.bagit.zipped import ZipLimits, read_zip, write_zip

__all__ = [
    "BAGIT_DECLARATION",
    "INFO_FILE",
    "Bag",
    "BagProblem",
    "BagProblemKind",
    "InvalidBagError",
    "ZipLimits",
    "build_bag",
    "read_zip",
    "tag_manifests_of",
    "write_zip",
]
