"""Puts the console into the issuer's application."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from flask import Flask

# Imported for what they hang on the blueprint.
from issuer.console import (  # noqa: F401
    audit_views,
    batch_views,
    catalogue_views,
    change_views,
    discrepancy_views,
    document_views,
    export_views,
    import_views,
    job_views,
    layout_views,
    licence_views,
    list_views,
    search_views,
    source_views,
    staff_views,
    type_views,
)
from issuer.console.blueprint import blueprint
from issuer.console.desk import administers, at_desk, at_work, audits
from issuer.library.licence import LicenceState
from service.web.kit import NavigationItem
from service.web.language import in_language
from standards.licence_types import shown_image
from standards.licence_types.licence_type import Choice
from standards.text import Text

NAVIGATION: Final = (
    NavigationItem(Text("证照", "Licences"), "console.home", at_desk),
    NavigationItem(Text("查找", "Find"), "console.find", at_desk),
    NavigationItem(Text("待审批", "To approve"), "console.proposals", at_desk),
    NavigationItem(Text("批量操作", "Bulk operations"), "operations.operations", at_desk),
    NavigationItem(Text("差异", "Discrepancies"), "console.discrepancies", at_desk),
    NavigationItem(Text("数据来源", "Sources"), "console.sources", at_work),
    NavigationItem(Text("证照目录", "Catalogue"), "console.catalogue", at_work),
    NavigationItem(Text("导入", "Imports"), "console.imports", at_desk),
    NavigationItem(Text("后台任务", "Background work"), "console.jobs", at_work),
    NavigationItem(Text("工作人员", "Staff"), "console.staff", administers),
    NavigationItem(Text("查询记录", "Search log"), "console.searches", audits),
    NavigationItem(Text("审计", "Audit"), "console.audits", audits),
    NavigationItem(Text("投诉", "Complaints"), "complaints.newest", audits),
)
"""Entries of the main navigation, for staff at work."""


def install_console(app: Flask) -> None:
    """Add the pages and the filters that their templates use."""
    app.register_blueprint(blueprint)
    app.jinja_env.filters.update(
        {
            "code_pairs": _code_pairs,
            "choice_pairs": _choice_pairs,
            "picture": shown_image,
            "state_pairs": _state_pairs,
        }
    )


def _code_pairs(named: Iterable[Any]) -> list[tuple[str, str]]:
    """Template filter: (code, name in the reader's language) pairs for a choice."""
    return [(one.code, in_language(one.name)) for one in named]


def _choice_pairs(choices: Iterable[Choice]) -> list[tuple[str, str]]:
    """Template filter: (value, label in the reader's language) pairs of a choice field."""
    return [(choice.value, in_language(choice.label)) for choice in choices]


def _state_pairs(states: Iterable[LicenceState]) -> list[tuple[str, str]]:
    """Template filter: (state, label in the reader's language) pairs for a choice."""
    return [(state.value, in_language(state.label)) for state in states]
