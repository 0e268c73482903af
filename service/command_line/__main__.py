"""``python -m service.command_line``: the command line, for processes that are started by this very interpreter."""

from __future__ import annotations

from service.command_line.group import main

main()
