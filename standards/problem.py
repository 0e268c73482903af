"""Problem details for management interfaces (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from standards.errors import ElicenceError
from standards.text import Text

MEDIA_TYPE = "application/problem+json"
"""Media type of a problem document (RFC 9457 section 3)."""

TYPE_PREFIX = "urn:elicence:problem:"
"""Every problem ``type`` of ours is this prefix and the stable code of the error."""

_STANDARD_MEMBERS = frozenset({"type", "title", "status", "detail", "instance"})


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem document (RFC 9457 section 3.1).

    Attributes:
        type: stable URI that names the kind of problem.
        status: the HTTP status that the answer carries.
        title: the kind of problem in words, in both languages.
        detail: what is wrong this time; never personal data or inside detail.
        instance: names this occurrence (our request id), or ``None``.
        extensions: further members, for example ``where``; they may not shadow the standard's members.
    """

    type: str
    status: int
    title: Text
    detail: Text | None = None
    instance: str | None = None
    extensions: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if not 400 <= self.status <= 599:
            raise ValueError("a problem has an HTTP error status")
        if shadowed := _STANDARD_MEMBERS & self.extensions.keys():
            raise ValueError(f"extension members may not be named {sorted(shadowed)}")

    @classmethod
    def of(
        cls, error: ElicenceError, status: int, *, title: Text | None = None, instance: str | None = None
    ) -> Problem:
        """The problem that tells about ``error``: its code as the type, its place and next step as extensions."""
        extensions: dict[str, Any] = {"message": error.message.to_json()}
        if error.where is not None:
            extensions["where"] = error.where
        if error.next_step is not None:
            extensions["next"] = error.next_step.to_json()
        return cls(
            TYPE_PREFIX + error.code, status, title or error.message, error.message, instance, extensions
        )

    def to_json(self, language: str = "zh") -> dict[str, Any]:
        """The document in ``"zh"`` or ``"en"``; absent members are left out (RFC 9457 section 3.1)."""
        wire: dict[str, Any] = {
            "type": self.type,
            "title": self.title.in_language(language),
            "status": self.status,
        }
        if self.detail is not None:
            wire["detail"] = self.detail.in_language(language)
        if self.instance is not None:
            wire["instance"] = self.instance
        return wire | dict(self.extensions)
