"""The whole log as a file for its owner: JSON for programs, CSV for a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final

import orjson

from standards.text import Text
from wallet.history.entry import OUTCOMES, Entry, EntryKind, Use
from wallet.history.log_filter import CHINA_TIME
from wallet.history.sentences import actor_words, sentence_of
from wallet.history.use_json import use_json

_COLUMNS: Final = (
    Text("时间", "Time"),
    Text("编号", "Number"),
    Text("类别", "Kind"),
    Text("内容", "What happened"),
    Text("对方", "Other party"),
    Text("对方统一社会信用代码", "Its code"),
    Text("事项", "Item"),
    Text("依据", "Ground"),
    Text("证照", "Licences"),
    Text("看到的字段", "Fields seen"),
    Text("经办人", "Who acted"),
    Text("理由", "Reason"),
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def uses_newest_first(entries: Iterable[Entry]) -> Iterator[Use]:
    """Lines joined to their outcomes, without holding more than the outcomes that still wait for their line."""
    outcomes: dict[str, Entry] = {}
    for entry in entries:
        if entry.kind in OUTCOMES:
            outcomes[entry.about] = entry
        elif entry.kind is EntryKind.SHARING:
            yield Use(entry, outcomes.pop(entry.about, None))
        else:
            yield Use(entry)


def json_lines(uses: Iterable[Use]) -> Iterator[bytes]:
    """``{"uses": […]}`` in pieces."""
    yield b'{"uses":['
    for count, use in enumerate(uses):
        yield (b",\n" if count else b"\n") + orjson.dumps(use_json(use))
    yield b"\n]}\n"


def csv_lines(uses: Iterable[Use], language: str) -> Iterator[bytes]:
    """A table in UTF-8 with a mark at its beginning, as spreadsheets expect it; RFC 4180."""
    yield b"\xef\xbb\xbf" + _line(column.in_language(language) for column in _COLUMNS)
    for use in uses:
        yield _line(_cells(use, language))


def _cells(use: Use, language: str) -> Iterator[str]:
    entry = use.entry

    def say(text: Text | None) -> str:
        return "" if text is None else text.in_language(language)

    yield entry.at.astimezone(CHINA_TIME).isoformat(sep=" ", timespec="seconds")
    yield entry.receipt_number
    yield entry.kind.value if use.outcome is None else use.outcome.kind.value
    yield say(sentence_of(use))
    yield say(entry.party)
    yield entry.party_code
    yield say(entry.item)
    yield (
        "" if entry.basis is None else ": ".join(filter(None, (say(entry.basis.name), say(entry.basis.law))))
    )
    yield "; ".join(say(one) for one in entry.licences)
    yield "; ".join(f"{say(one.label)}: {one.value}" for one in entry.seen)
    yield say(actor_words(entry))
    yield say((use.outcome.reason if use.outcome else None) or entry.reason)


def _line(cells: Iterable[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(_plain(cell) for cell in cells)
    return text.getvalue().encode()


def _plain(cell: str) -> str:
    """Words of others that a spreadsheet would run as a formula stand behind an apostrophe."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
