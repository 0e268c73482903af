"""Errors of show-licence codes and printed sheets; one class for each verdict that is told apart."""

from __future__ import annotations

from standards.errors import InvalidInputError


class ShowCodeError(InvalidInputError):
    """A text that is no show-licence code, or no sheet, or a part of one without its form."""

    code = "invalid-show-code"


class DelegationSignatureError(ShowCodeError):
    """The holder's key did not delegate to this phone, or not for this licence."""

    code = "show-code-delegation-invalid"


class DelegationTimeError(ShowCodeError):
    """The delegation has ended or not begun, or did not hold when the code was made."""

    code = "show-code-delegation-expired"


class CodeSignatureError(ShowCodeError):
    """The code was not made by the phone of the delegation."""

    code = "show-code-signature-invalid"


class CodeTimeError(ShowCodeError):
    """The code is older than it may be, or from the future."""

    code = "show-code-expired"


class PermissionSignatureError(ShowCodeError):
    """The holder's key did not sign the permission of this sheet, or not for this licence."""

    code = "sheet-permission-invalid"


class PermissionTimeError(ShowCodeError):
    """The sheet is not valid yet, or no more."""

    code = "sheet-expired"
