from __future__ import annotations

import pytest

from issuer.library.licence import LicenceState
from issuer.library.store import LicenceFilter
from tests.service.issuer.conftest import DRIVING, POLICE

STATES = [state.value for state in LicenceState]
NEWEST_FIRST = [("recorded_at", -1), ("_id", -1)]


@pytest.fixture(scope="module", autouse=True)
def licences(police):
    types = {one["code"]: one for one in police.get("/api/v1/types").get_json()["types"]}
    for _ in range(3):
        police.post("/api/v1/licences", types[DRIVING]["example"])


@pytest.mark.parametrize(
    ("query", "sort"),
    [
        ({"review_on": {"$lte": "2026-11-22"}}, None),
        ({"authority": POLICE.uscc}, NEWEST_FIRST),
        ({"authority": POLICE.uscc, "type": DRIVING, "state": {"$in": STATES}}, NEWEST_FIRST),
        ({"authority": POLICE.uscc, "type": {"$in": [DRIVING, "x"]}, "state": "valid"}, NEWEST_FIRST),
        ({"authority": POLICE.uscc, "number": {"$in": ["a", "b"]}}, None),
        ({"authority": POLICE.uscc, "holders": {"$in": ["a", "b"]}, "type": DRIVING}, None),
        ({"authority": POLICE.uscc, "proposal": {"$type": "int"}}, None),
    ],
)
def test_every_question_to_the_library_has_its_index(node, query, sort):
    """The planner's own choice, as the store asks: a library of millions is never read through, nor sorted."""
    cursor = node.database["licences"].find(query)
    plan = (cursor.sort(sort).limit(50) if sort else cursor).explain()["queryPlanner"]["winningPlan"]
    stages = set()
    plans = [plan]
    while plans:
        plan = plans.pop()
        stages.add(plan["stage"])
        plans += plan.get("inputStages", [plan["inputStage"]] if "inputStage" in plan else [])
    assert "IXSCAN" in stages
    assert not stages & {"COLLSCAN", "SORT"}


def test_pages_follow_one_another(node):
    everything = node.licences.list(POLICE.uscc, LicenceFilter())
    assert [one.identifier for one in everything] == [
        node.licences.list(POLICE.uscc, LicenceFilter(), skip=place, limit=1)[0].identifier
        for place in range(3)
    ]


def test_the_index_that_another_took_over_is_taken_away(node):
    """A node from before has it, and would pay for it with every imported row."""
    rows = node.database["licences"]
    name = rows.create_index([("authority", 1), ("type", 1), ("recorded_at", -1), ("_id", -1)])
    node.licences.ensure_indexes()
    assert name not in rows.index_information()
    assert "authority_1_type_1_state_1_recorded_at_-1__id_-1" in rows.index_information()
