"""Use cases: an authority's own layout, from the first draft to its publication; and which layout a document takes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog

from issuer.catalogue.errors import TypeVersionNotFoundError
from issuer.catalogue.type_version import Step, StepKind, VersionState
from issuer.documents.faces.errors import InvalidLayoutError
from issuer.documents.faces.layout import Layout
from issuer.documents.faces.layouts import layout_of, layout_text
from issuer.documents.layouts.layout_version import LayoutVersion
from issuer.documents.layouts.read_text import MAX_CHARS, read_layout
from issuer.documents.layouts.store import LayoutStore
from issuer.library.event import Actor
from standards.licence_types import LicenceType

FRESH_SECONDS: Final = 1.0
"""How long a process relies on what it read."""

_LOG = structlog.get_logger(__name__)


class LayoutDesk:
    """Authorities' layouts over a store. Safe for threads."""

    def __init__(self, store: LayoutStore, ticks: Callable[[], float] = time.monotonic) -> None:
        self.store = store
        self._ticks = ticks
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], tuple[float, int, Layout]] = {}

    def of(self, owner: str, licence_type: LicenceType) -> Layout:
        """How the authority's licences of this type and version are laid out: its own published layout, else the shipped one."""
        key, now = (owner, licence_type.vct), self._ticks()
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and now - kept[0] < FRESH_SECONDS:
            return kept[2]
        version = self.store.published(*key)
        number = 0 if version is None else version.number
        layout = kept[2] if kept is not None and kept[1] == number else _layout(version, licence_type)
        with self._lock:
            self._kept[key] = (now, number, layout)
        return layout

    def forget(self) -> None:
        """Read again: whoever published something here sees it at once."""
        with self._lock:
            self._kept.clear()

    def begin(self, owner: str, licence_type: LicenceType, *, by: Actor, at: datetime) -> LayoutVersion:
        """A draft that starts as the layout in force is; the one that is under way when there is one."""
        made = self.store.of_owner(owner, licence_type.vct)
        if made and made[0].state is not VersionState.PUBLISHED:
            return made[0]
        draft = LayoutVersion(
            owner,
            licence_type.vct,
            made[0].number + 1 if made else 1,
            VersionState.DRAFT,
            made[0].text if made else layout_text(licence_type),
            1,
            (Step(StepKind.DRAFTED, at, by),),
        )
        self.store.add(draft)
        return draft

    def find(self, owner: str, vct: str, number: int) -> LayoutVersion:
        """A version of the authority; raises ``TypeVersionNotFoundError``."""
        found = self.store.find(owner, vct, number)
        if found is None:
            raise TypeVersionNotFoundError
        return found

    def edit(self, version: LayoutVersion, text: str, *, by: Actor, at: datetime) -> LayoutVersion:
        """Save a draft, right or wrong; raises ``InvalidLayoutError`` when it is too long to be one."""
        if not 0 < len(text) <= MAX_CHARS:
            raise InvalidLayoutError(
                f"版式应为 1 至 {MAX_CHARS} 个字符。", f"A layout has 1 to {MAX_CHARS} characters."
            )
        return self.store.change(version, version.edited(text, by, at))

    def propose(
        self, version: LayoutVersion, licence_type: LicenceType, *, by: Actor, at: datetime
    ) -> LayoutVersion:
        """Send a draft for approval; raises ``InvalidLayoutError`` when it is no layout."""
        after = version.proposed(by, at)
        read_layout(version.text, licence_type)
        return self.store.change(version, after)

    def send_back(self, version: LayoutVersion, note: str, *, by: Actor, at: datetime) -> LayoutVersion:
        """Make a proposed version a draft again."""
        return self.store.change(version, version.sent_back(by, note, at))

    def publish(
        self, version: LayoutVersion, licence_type: LicenceType, *, by: Actor, at: datetime
    ) -> LayoutVersion:
        """Approve: documents made from now on are laid out so; those that were made stay as they are.

        Raises:
            ApproverIsAuthorError: the approver worked on the draft.
            InvalidLayoutError, TypeVersionStateError, TypeVersionChangedError: it cannot be published (any more).
        """
        after = version.approved(by, at)
        read_layout(version.text, licence_type)
        stored = self.store.change(version, after)
        self.forget()
        return stored


def _layout(version: LayoutVersion | None, licence_type: LicenceType) -> Layout:
    if version is None:
        return layout_of(licence_type)
    try:
        layout = read_layout(version.text, licence_type)
    except InvalidLayoutError as error:
        # It was checked before it was published; a later release reads layouts more strictly.
        _LOG.error("published-layout-not-read", layout=version.id, where=error.where)
        return layout_of(licence_type)
    name = f"{version.owner}/{licence_type.code}-{licence_type.version}/{version.number}"
    return replace(layout, name=name)
