"""What the registrar refuses. Written for the operator who types the command."""

from __future__ import annotations

from standards.errors import ElicenceError, InvalidInputError


class RegistrarError(ElicenceError):
    """The registrar's own state does not allow what was asked. Root of this feature's errors."""

    code = "registrar"


class RegionNotFoundError(RegistrarError):
    """No region of this node covers the division, or the nation has not been created here."""

    code = "region-not-found"


class RegistrationNotFoundError(RegistrarError):
    """No such organisation in this role."""

    code = "registration-not-found"


class AnchorConflictError(RegistrarError):
    """The anchor file names another root than this node's."""

    code = "anchor-conflict"


class PublicationBusyError(RegistrarError):
    """The list changed again and again while it was being signed; nothing was lost, a repeat helps."""

    code = "publication-busy"


class InvalidRegistrationError(InvalidInputError):
    """An enrolment or a certificate request that breaks the registrar's rules."""

    code = "invalid-registration"
