"""Show-licence codes (亮证码) and printed sheets: a licence in a QR symbol that offline windows can check.

A format of ours over COSE and CWT; see ``standards/show_code/FORMAT.md`` for every byte.
"""

from standards.show_code.acting import ShortActing, ShortGrant
from standards.show_code.code import (
    CODE_LIFETIME,
    SHOW_CODE_PREFIX,
    UnverifiedShowCode,
    VerifiedShowCode,
    build_code,
    build_show_code,
    join_show_code,
    parse_show_code,
    verify_show_code,
)
from standards.show_code.delegation import (
    MAX_LIFETIME,
    Delegation,
    UnverifiedDelegation,
    build_delegation,
    parse_delegation,
    verify_delegation,
)
from standards.show_code.errors import (
    CodeSignatureError,
    CodeTimeError,
    DelegationSignatureError,
    DelegationTimeError,
    PermissionSignatureError,
    PermissionTimeError,
    ShowCodeError,
)
from standards.show_code.sheet import (
    MAX_SHEET_LIFETIME,
    SHEET_PREFIX,
    Bearer,
    Permission,
    UnverifiedSheet,
    VerifiedSheet,
    build_sheet,
    parse_sheet,
    verify_sheet,
)

__all__ = [
    "CODE_LIFETIME",
    "MAX_LIFETIME",
    "MAX_SHEET_LIFETIME",
    "SHEET_PREFIX",
    "SHOW_CODE_PREFIX",
    "Bearer",
    "CodeSignatureError",
    "CodeTimeError",
    "Delegation",
    "DelegationSignatureError",
    "DelegationTimeError",
    "Permission",
    "PermissionSignatureError",
    "PermissionTimeError",
    "ShortActing",
    "ShortGrant",
    "ShowCodeError",
    "UnverifiedDelegation",
    "UnverifiedSheet",
    "UnverifiedShowCode",
    "VerifiedSheet",
    "VerifiedShowCode",
    "build_code",
    "build_delegation",
    "build_sheet",
    "build_show_code",
    "join_show_code",
    "parse_delegation",
    "parse_sheet",
    "parse_show_code",
    "verify_delegation",
    "verify_sheet",
    "verify_show_code",
]
