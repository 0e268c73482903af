"""What can be wrong with an order for many copies."""

from __future__ import annotations

from standards.errors import ElicenceError, InvalidInputError


class InvalidOrderLineError(InvalidInputError):
    """A line of the order cannot be read, or names keys that no copy can be bound to."""

    code = "invalid-order-line"


class LineRefusedError(ElicenceError):
    """The line is in order, the licence is not: nobody's, another authority's, or not in force."""

    code = "order-line-refused"


class OrderFileError(ElicenceError):
    """The files of an order do not fit together, or cannot be written."""

    code = "order-file"
