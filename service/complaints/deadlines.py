"""How long a complaint may take, as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources

from standards.json_reader import Reader, parse_json


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The limits of one desk.

    Attributes:
        answer: from the receipt to the answer.
        remind: how long before that the desk's list marks it.
        close: from the answer until it is closed by itself.
        kept: from the receipt until it is forgotten.
    """

    answer: timedelta
    remind: timedelta
    close: timedelta
    kept: timedelta

    def answer_by(self, received_at: datetime) -> datetime:
        """Until when a complaint is answered."""
        return received_at + self.answer


@cache
def load_deadlines() -> Deadlines:
    """The limits that ship with this software."""
    file = resources.files(__package__).joinpath("data/deadlines.json")
    reader = Reader(parse_json(file.read_bytes()))

    def days(name: str) -> timedelta:
        return timedelta(days=reader.integer(name, minimum=1, maximum=365))

    kept = timedelta(days=366 * reader.integer("kept_years", minimum=3, maximum=30))
    return Deadlines(days("answer_days"), days("remind_days"), days("close_days"), kept)
