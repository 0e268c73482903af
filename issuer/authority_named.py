"""Which authority a command is for."""

from __future__ import annotations

from issuer.node import IssuerNode
from issuer.registrar.authority import Authority
from issuer.registrar.errors import RegistrationNotFoundError


def authority_named(node: IssuerNode, uscc: str | None) -> Authority:
    """The authority, or the node's first when none is named; raises ``RegistrationNotFoundError``."""
    at = node.clock.now()
    if uscc is None:
        found: Authority | None = next(iter(node.authorities.all(at)), None)
    else:
        found = node.authorities.find(uscc, at)
    if found is None:
        raise RegistrationNotFoundError("没有此机构。", "There is no such authority.")
    return found
