"""For whom somebody acts, as what, and what that lets him do: one table, read by every use case."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from standards.mandate import Grant, Scope
from standards.text import Text


class Capacity(StrEnum):
    """As what a person acts for a subject."""

    SELF = "self"
    LEGAL_REPRESENTATIVE = "legal_representative"
    MANAGER = "manager"
    AGENT = "agent"
    GUARDIAN = "guardian"
    RELATIVE = "relative"

    @property
    def word(self) -> Text:
        """For people to read."""
        return _WORDS[self]

    @property
    def is_by_licence(self) -> bool:
        """Whether a licence names the representative, so that no grant is needed."""
        return self in (Capacity.LEGAL_REPRESENTATIVE, Capacity.GUARDIAN)


_WORDS: Final = {
    Capacity.SELF: Text("本人", "the holder"),
    Capacity.LEGAL_REPRESENTATIVE: Text("法定代表人", "legal representative"),
    Capacity.MANAGER: Text("证照管理员", "licence manager"),
    Capacity.AGENT: Text("代理人", "agent"),
    Capacity.GUARDIAN: Text("监护人", "guardian"),
    Capacity.RELATIVE: Text("受托亲友", "authorised relative or friend"),
}


class Deed(StrEnum):
    """What can be done in a wallet."""

    VIEW = "view"
    RECEIVE = "receive"
    SHOW = "show"
    REMOVE = "remove"
    MANAGE_AGENTS = "manage_agents"
    MANAGE_MANAGERS = "manage_managers"
    EXPORT = "export"
    SEE_LOG = "see_log"
    TAKE_DOCUMENT = "take_document"

    @property
    def word(self) -> Text:
        """For people to read."""
        return _DEED_WORDS[self]


_DEED_WORDS: Final = {
    Deed.VIEW: Text("查看证照", "see licences"),
    Deed.RECEIVE: Text("领取证照", "receive licences"),
    Deed.SHOW: Text("出示证照", "show licences"),
    Deed.REMOVE: Text("移除证照", "take licences out"),
    Deed.MANAGE_AGENTS: Text("管理授权", "grant and withdraw"),
    Deed.MANAGE_MANAGERS: Text("管理证照管理员", "appoint licence managers"),
    Deed.EXPORT: Text("导出钱包", "export the wallet"),
    Deed.SEE_LOG: Text("查看用证记录", "see the use log"),
    Deed.TAKE_DOCUMENT: Text("下载证照文件", "have documents made"),
}

_EVERYTHING: Final = frozenset(Deed)
_BY_OTHERS: Final = frozenset({Deed.VIEW, Deed.SHOW})
_LOOKING_BACK: Final = frozenset({Deed.VIEW})

MAY: Final[dict[Capacity, frozenset[Deed]]] = {
    Capacity.SELF: _EVERYTHING,
    Capacity.LEGAL_REPRESENTATIVE: _EVERYTHING,
    Capacity.MANAGER: _EVERYTHING - {Deed.MANAGE_MANAGERS, Deed.EXPORT},
    # A parent may do for the child what the child could, printed sheets included, but not carry the wallet away; a
    # child's document moreover grants nothing (``wallet.mandates.give_grant``).
    Capacity.GUARDIAN: _EVERYTHING - {Deed.MANAGE_MANAGERS, Deed.EXPORT},
    Capacity.AGENT: _BY_OTHERS,
    Capacity.RELATIVE: _BY_OTHERS,
}
"""Who may what. Agents and relatives moreover see and show only what their grant reaches; a document would go further than
any grant: nobody could say afterwards at how many windows it was used."""


@dataclass(frozen=True, slots=True)
class ActingAs:
    """The right under which the holder of a request acts, as looked up for this request.

    Attributes:
        capacity: as what.
        right_id: names the right; ``None`` for who acts for himself.
        grant: what was granted, where the right is a grant; the wallet's own sealed record of it.
        above: the manager's that it rests on, or ``None``.
        looks_back: the licence that names who acts has ended for good: it can be looked at, and nothing else done.
    """

    capacity: Capacity
    right_id: str | None = None
    grant: Grant | None = None
    above: Grant | None = None
    looks_back: bool = False

    @property
    def is_self(self) -> bool:
        """Whether nobody else is acted for."""
        return self.capacity is Capacity.SELF

    @property
    def scope(self) -> Scope:
        """How far the right reaches; open for who needs no grant."""
        return Scope() if self.grant is None else self.grant.scope

    def may(self, deed: Deed) -> bool:
        """Whether this capacity includes the deed."""
        return deed in (_LOOKING_BACK if self.looks_back else MAY[self.capacity])

    def reaches(self, type_code: str) -> bool:
        """Whether licences of this type can be seen at all: what a grant does not name stays out of sight."""
        types = self.scope.licence_types
        return types is None or type_code in types


AS_ONESELF: Final = ActingAs(Capacity.SELF)
"""A person in the person's own wallet."""
