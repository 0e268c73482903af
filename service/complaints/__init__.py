"""A desk that takes complaints about uses of licences: what windows and libraries share of it (R38)."""

from __future__ import annotations

from service.complaints.complaint import Complaint, answer_complaint
from service.complaints.deadlines import Deadlines, load_deadlines
from service.complaints.errors import (
    AlreadyComplainedError,
    ComplaintNotFoundError,
    ComplaintOverError,
    UnknownUseError,
)
from service.complaints.store import ComplaintDesk

__all__ = [
    "AlreadyComplainedError",
    "Complaint",
    "ComplaintDesk",
    "ComplaintNotFoundError",
    "ComplaintOverError",
    "Deadlines",
    "UnknownUseError",
    "answer_complaint",
    "load_deadlines",
]
