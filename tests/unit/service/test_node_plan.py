"""What the parts of a node that `elicence up` starts are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.setting_readers import read_origins
from service.supervisor.plan import NodePlan

OWN = frozenset(f"http://localhost:{port}" for port in (9001, 9002, 9003, 9004))


@pytest.mark.parametrize(
    ("given", "added"),
    [
        (None, frozenset()),
        ("", frozenset()),
        ("http://localhost:7000", frozenset({"http://localhost:7000"})),
        (
            "https://a.example, http://localhost:7000",
            frozenset({"https://a.example", "http://localhost:7000"}),
        ),
    ],
)
def test_a_node_may_fetch_from_itself_and_from_what_its_operator_names(
    tmp_path: Path, given: str | None, added: frozenset[str]
) -> None:
    """``ELICENCE_ALLOWED_ORIGINS`` from outside comes beside the node's own origins; it was dropped."""
    inherited = {} if given is None else {"ELICENCE_ALLOWED_ORIGINS": given}
    environment = NodePlan(tmp_path, 9000).environment(inherited, "mongodb://localhost:1/")
    assert read_origins(environment, "ELICENCE_ALLOWED_ORIGINS", frozenset()) == OWN | added
