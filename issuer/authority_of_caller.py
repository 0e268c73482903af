"""Which enrolled authority calls the management interface."""

from __future__ import annotations

from flask import g

from issuer.node import IssuerNode
from issuer.registrar.authority import Authority
from service.web.errors import PermissionMissingError
from standards.text import Text


def authority_of_caller(node: IssuerNode) -> Authority:
    """The authority named by the caller's token.

    Raises:
        PermissionMissingError: the node has no such authority (it was never enrolled here).
    """
    authority = node.authorities.find(g.caller.authority, node.clock.now())
    if authority is None:
        raise PermissionMissingError(
            "令牌所属机构未在本节点登记。",
            "The authority of this token is not enrolled on this node.",
            next_step=Text(
                "请先登记机构（elicence issuer authority），再获取令牌。",
                "Enrol the authority first (elicence issuer authority), then get a token.",
            ),
        )
    return authority
