"""Names and words of bulk operations lie sealed, and go over to a new master key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import bson

from issuer.node import IssuerNode
from issuer.operations.desk import open_operations, operations_sealed_rows
from keys import rotation
from keys.master_key import MasterKey
from tests.service.issuer.conftest import MARKET, System
from tests.service.issuer.operations.conftest import OPERATIONS, order


def test_names_and_words_lie_sealed_and_go_over_to_a_new_master_key(
    market: System, node: IssuerNode, entered: Callable[[int], list[str]], tmp_path: Path
) -> None:
    (identifier,) = entered(1)
    path = tmp_path / "master.key"
    before = replace(node, master_key=MasterKey.create(path))
    asked = order(selection={"identifiers": [identifier]}, approval={"proposer": "王提出"})
    proposed = market.post(OPERATIONS, asked).get_json()["id"]
    market.post(
        f"{OPERATIONS}/{proposed}/decision",
        {"decision": "refuse", "approver": "李审批", "reason": "证据不足"},
    )
    for name in ("bulk_operations", "bulk_operation_steps"):
        for row in node.database[name].find({}):
            for words in ("王提出", "李审批", "证据不足", "专项整治"):
                assert words.encode() not in bson.encode(row)
    # The same under a key of their own, which is then changed.
    operation = open_operations(node).operations.find(MARKET.uscc, proposed)
    steps = open_operations(node).steps.of_operation(MARKET.uscc, proposed)
    for name in ("bulk_operations", "bulk_operation_steps"):
        node.database[name].delete_many({})
    open_operations(before).operations.add(operation)
    for step in steps:
        open_operations(before).steps.append(step)
    rotation.begin(path)
    for rows, count in zip(operations_sealed_rows(node.database, MasterKey.load(path)), (1, 2), strict=True):
        assert (rows.older(), list(rows.reseal()), rows.older()) == (count, [True] * count, 0)
    rotation.finish(path, [])
    after = open_operations(replace(node, master_key=MasterKey.load(path)))
    assert after.operations.find(MARKET.uscc, proposed) == operation
    assert after.steps.of_operation(MARKET.uscc, proposed) == steps
