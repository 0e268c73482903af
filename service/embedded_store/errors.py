"""Why the embedded store does not come up. Each says what the operator can do."""

from __future__ import annotations

from standards.errors import ElicenceError


class EmbeddedStoreError(ElicenceError):
    """Root of the embedded store's failures."""

    code = "embedded-store"


class EmbeddedStoreUnavailableError(EmbeddedStoreError):
    """This machine cannot run the embedded store: another system, the wheel or a library is missing."""

    code = "embedded-store-unavailable"


class EmbeddedStoreDataError(EmbeddedStoreError):
    """The data on disk are not the ones that were there before. Starting would hide a loss."""

    code = "embedded-store-data"


class EmbeddedStoreStartError(EmbeddedStoreError):
    """The server was started and did not become ready."""

    code = "embedded-store-start"
