"""The OpenAPI fragments of the window's features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from verifier.acceptance import openapi as acceptance
from verifier.cases import openapi as cases
from verifier.checking import openapi as checking
from verifier.forms import openapi as forms
from verifier.items import openapi as items
from verifier.offline import openapi as offline
from verifier.reports import openapi as reports
from verifier.webhooks import openapi as webhooks
from verifier.window import openapi as window

FRAGMENTS: Final[tuple[Mapping[str, Any], ...]] = (
    items.OPENAPI,
    window.OPENAPI,
    acceptance.OPENAPI,
    cases.OPENAPI,
    checking.OPENAPI,
    offline.OPENAPI,
    forms.OPENAPI,
    reports.OPENAPI,
    webhooks.OPENAPI,
)
"""Merged into ``/openapi.json``."""
