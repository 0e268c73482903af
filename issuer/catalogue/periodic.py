"""Background work of the catalogue: a publication that a crash cut short gets its right to issue all the same."""

from __future__ import annotations

from datetime import datetime, timedelta

from issuer.catalogue.make_type import give_rights
from issuer.node import IssuerNode
from service.jobs import Periodic


def _finish_publications(node: IssuerNode, at: datetime) -> None:
    give_rights(node.types, at)


PERIODIC = Periodic("issuer.catalogue-rights", timedelta(minutes=1), _finish_publications)
"""The entry point ``elicence.periodic_work``."""
