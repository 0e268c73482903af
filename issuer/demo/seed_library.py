"""Use case and seed step: put the sample library into the store. Repeating it adds nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from issuer.demo.authorities import demo_authorities
from issuer.demo.sample_library import sample_library
from issuer.library.store import LicenceStore
from issuer.node import open_node
from service.demo.seeding import SeedContext
from standards.licence_types import Catalogue

_BATCH: Final = 500


def seed_library(store: LicenceStore, catalogue: Catalogue, *, at: datetime) -> int:
    """Enter the sample licences in bulk; answers how many were new."""
    samples = sample_library(catalogue, at)
    # Numbers first: a seed that is killed halfway must not leave numbers that are given out again.
    store.raise_sequences(samples.sequences)
    return sum(
        store.add_many(samples.licences[start : start + _BATCH])
        for start in range(0, len(samples.licences), _BATCH)
    )


def seed_step(context: SeedContext) -> None:
    """Seed step "20-issuer-library" (``service.demo.seeding``)."""
    node = open_node(context.settings, context.clock)
    LicenceStore.ensure_indexes()
    added = seed_library(node.licences, node.catalogue, at=context.clock.now())
    context.name_first_authority("issuer", demo_authorities()[0].uscc)
    context.tell(f"证照库样例 · sample licences: {added}")
