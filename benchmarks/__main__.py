"""``python -m benchmarks [NAME …]``: run the benches of this folder, print a table, write ``var/bench.json``.

A bench is a module here with ``run() -> list[Row]``. A bench that cannot run on this machine is named with its reason
and does not stop the others; the exit status is 1 then, and also when a goal was missed.
"""

from __future__ import annotations

import json
import pkgutil
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

import benchmarks
from benchmarks.row import Row

OUTPUT = Path("var/bench.json")


def main(wanted: list[str]) -> int:
    """Run the named benches, or all; answers the exit status."""
    rows: list[Row] = []
    broken = False
    for name in wanted or list(_names()):
        print(f"· {name} …", file=sys.stderr, flush=True)
        module = import_module(f"benchmarks.{name}")
        if not hasattr(module, "run"):
            continue
        try:
            rows += module.run()
        except Exception as reason:  # noqa: BLE001  # the other benches still have something to say
            broken = True
            print(f"  {name} could not run: {type(reason).__name__}: {reason}", file=sys.stderr)
    _print_table(rows)
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text(
        json.dumps([row.to_json() for row in rows], ensure_ascii=False, indent=2) + "\n", "utf-8"
    )
    return 1 if broken or any(row.met is False for row in rows) else 0


def _names() -> Iterable[str]:
    return (
        found.name for found in pkgutil.iter_modules(benchmarks.__path__) if not found.name.startswith("_")
    )


def _print_table(rows: list[Row]) -> None:
    cells = [("what", "value", "ratio", "goal", "met"), *map(_cells, rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(5)]
    for row in cells:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


def _cells(row: Row) -> tuple[str, str, str, str, str]:
    ratio = "" if row.ratio is None else f"{row.ratio:.2f} × {row.of}"
    goal = "" if row.goal is None else f"{'≥' if row.at_least else '≤'} {row.goal:g}"
    met = {None: "", True: "yes", False: "NO"}[row.met]
    return row.name, f"{row.value:,.1f} {row.unit}", ratio, goal, met


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
