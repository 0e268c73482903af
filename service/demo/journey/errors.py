"""Where the journey can stop."""

from __future__ import annotations

from standards.errors import ElicenceError


class JourneyError(ElicenceError):
    """A step did not go as it should; ``where`` names the request."""

    code = "journey"
