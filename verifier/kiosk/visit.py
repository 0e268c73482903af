"""A visit: one citizen at one kiosk, from the first touch until the screen is cleared."""

from __future__ import annotations

from verifier.departments.department import Department
from verifier.node import current_node
from verifier.terminals.errors import KioskMissingError
from verifier.terminals.terminal import Terminal


def kiosk_department(terminal: Terminal) -> Department:
    """The department that answers for a kiosk.

    Raises:
        KioskMissingError: it is no longer enrolled here.
    """
    node = current_node()
    department = node.departments.find(terminal.department, node.clock.now())
    if department is None:
        raise KioskMissingError
    return department
