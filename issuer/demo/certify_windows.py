"""The demo's step between the window's requests and its certificates: the registrar certifies them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from issuer.node import open_node
from issuer.registrar import publish_all
from issuer.registrar.certify_directory import certify_directory

if TYPE_CHECKING:
    from service.demo.seeding import SeedContext


def certify_windows(context: SeedContext) -> None:
    """Certify every request that lies in the exchange, and publish the lists that name them."""
    node = open_node(context.settings, context.clock)
    at = context.clock.now()
    certified = certify_directory(node.registrar, context.exchange, at=at)
    publish_all(node.registrar, at=at)
    context.tell(f"{len(certified)} departments and wallet providers certified and listed")
