"""The command ``elicence``: its own commands here, those of the three services by entry points."""

from __future__ import annotations

from service.command_line.group import main
from service.command_line.settings_option import settings_option

__all__ = ["main", "settings_option"]
