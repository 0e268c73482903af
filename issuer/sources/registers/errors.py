"""What keeps a register from answering."""

from __future__ import annotations

from standards.errors import ElicenceError
from standards.text import Text


class RegisterUnavailableError(ElicenceError):
    """A connected register gave no usable answer: nobody may be called unknown because of that."""

    code = "register-unavailable"

    def __init__(self, where: str) -> None:
        super().__init__(
            "持证主体登记库没有应答，暂时无法核对。",
            "The register of holders gave no usable answer; holders cannot be checked now.",
            where=where,
            next_step=Text(
                "请稍后再试；如一直如此，请联系登记库的运行单位。",
                "Try again later; if this lasts, ask those who run the register.",
            ),
        )
