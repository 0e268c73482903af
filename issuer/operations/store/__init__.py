"""Persistence of bulk operations; the only package here that knows the database."""

from issuer.operations.store.frozen import FrozenChunk, FrozenLicences
from issuer.operations.store.operations import OperationStore
from issuer.operations.store.steps import OperationStep, StepKind, StepLog

__all__ = ["FrozenChunk", "FrozenLicences", "OperationStep", "OperationStore", "StepKind", "StepLog"]
