"""What can go wrong between a department's system and the window."""

from __future__ import annotations

from verifier.client.answers import Problem


class WindowError(Exception):
    """Base of everything this client raises."""


class WindowUnreachableError(WindowError):
    """Nothing usable came back: no connection, no answer in time, a redirect, or no JSON. A retry may help."""


class WindowProblemError(WindowError):
    """The window did not do it and says why (RFC 9457): :attr:`problem`."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.status} {problem.type}: {problem.detail}")
        self.problem = problem


class NotAnsweredError(WindowError):
    """The wallet did not answer in the time that was waited."""


class MessageRefusedError(WindowError):
    """A message is not the department's, was altered, is too old, or was meant for another endpoint."""
