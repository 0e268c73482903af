"""Exports over HTTP: a selection out as a file that comes in again; logged; only for whoever asked."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import orjson
import pytest

import issuer.imports.run_export as run_export_module
from issuer.node import IssuerNode
from service.jobs import JobState, JobStore, run_job
from tests.service.issuer.conftest import POLICE
from tests.service.issuer.imports.conftest import Api, Importing
from tests.support.import_files import FOOD, csv_text, food_row


def wanted(format_: str = "csv", **selection: Any) -> dict[str, Any]:
    return {"selection": {"type": FOOD, **selection}, "format": format_, "cause": "年度核对"}


def exported(api: Api, node: IssuerNode, body: dict[str, Any]) -> bytes:
    begun = api.post("/api/v1/exports", body)
    run_job(node, begun["job"]["id"])
    return api.fetch(f"/api/v1/exports/{begun['id']}/file")


@pytest.mark.parametrize("format_", ["csv", "jsonl", "xlsx"])
def test_an_export_in_several_steps_comes_in_again_unchanged(
    api: Api,
    node: IssuerNode,
    importing: Importing,
    monkeypatch: pytest.MonkeyPatch,
    format_: str,
) -> None:
    monkeypatch.setattr(run_export_module, "STEP_LICENCES", 40)
    importing(csv_text(food_row(number) for number in range(1, 101)))
    data = exported(api, node, wanted(format_))
    again = importing_result(api, node, data)
    assert again["counts"]["unchanged"] == 100
    assert again["counts"]["refused"] == 0


def importing_result(api: Api, node: IssuerNode, data: bytes) -> Any:
    return api.finished(api.send(data))


def test_only_what_was_selected_leaves(api: Api, node: IssuerNode, importing: Importing) -> None:
    importing(csv_text([food_row(1), food_row(2, 颁发日期="2024-05-05")]))
    data = exported(api, node, wanted("jsonl", issue_date={"from": "2025-01-01"}))
    assert [orjson.loads(line)["issue_date"] for line in data.splitlines()] == ["2025-03-01"]
    assert exported(api, node, wanted("csv", states=["revoked"])).count(b"\n") == 1


def test_a_workbook_holds_texts_alone(api: Api, node: IssuerNode, importing: Importing) -> None:
    """A premises that begins with an equals sign stays what was written; nobody's spreadsheet carries it out."""
    importing(csv_text([food_row(1, 经营场所='=HYPERLINK("http://example.invalid")')]))
    book = openpyxl.load_workbook(io.BytesIO(exported(api, node, wanted("xlsx"))))
    assert book.active is not None
    cells = {cell.value: cell.data_type for row in book.active.iter_rows() for cell in row}
    assert cells['=HYPERLINK("http://example.invalid")'] == "s"


def test_a_killed_export_goes_on_and_holds_each_licence_once(
    api: Api,
    node: IssuerNode,
    importing: Importing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run_export_module, "STEP_LICENCES", 30)
    importing(csv_text(food_row(number) for number in range(1, 101)))
    begun = api.post("/api/v1/exports", wanted("jsonl"))
    write, calls = run_export_module.export_rows, []

    def dying(*arguments: Any, **options: Any) -> Any:
        calls.append(1)
        if len(calls) == 3:
            raise RuntimeError("killed")
        return write(*arguments, **options)

    monkeypatch.setattr(run_export_module, "export_rows", dying)
    assert run_job(node, begun["job"]["id"]).state is JobState.FAILED
    api.get(f"/api/v1/exports/{begun['id']}/file", 404)
    JobStore(node.database).retry(
        node.database["exports"].find_one()["authority"], begun["job"]["id"], node.clock.now()
    )
    assert run_job(node, begun["job"]["id"]).done == 100
    lines = api.fetch(f"/api/v1/exports/{begun['id']}/file").splitlines()
    assert len({orjson.loads(line)["licence_identifier"] for line in lines}) == len(lines) == 100


def test_exports_are_logged_with_their_cause_and_no_cause_is_none(
    app: Any,
    node: IssuerNode,
    api: Api,
) -> None:
    for wrong in ({"cause": ""}, {"cause": None}, {"selection": {}}, {"format": "pdf"}):
        api.post("/api/v1/exports", {**wanted(), **wrong}, 400)
    exported(api, node, wanted())
    [entry] = [one for one in api.get("/api/v1/exports")["exports"] if one["count"] == 0]
    assert entry["cause"] == "年度核对"
    assert "年度核对" not in str(list(node.database["exports"].find()))
    other = Api(app.test_client(), node, POLICE.uscc)
    other.get(f"/api/v1/exports/{entry['id']}/file", 404)
    assert other.get("/api/v1/exports")["exports"] == []
