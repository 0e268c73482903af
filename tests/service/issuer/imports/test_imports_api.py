"""Imports over HTTP: a file in, rows refused, the correctable file out and in again."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from issuer.node import IssuerNode
from tests.service.issuer.conftest import POLICE
from tests.service.issuer.imports.conftest import PATH, Api
from tests.support.import_files import FOOD, HEADER, MAPPING, csv_text, food_row


def test_a_file_comes_in_and_the_refused_rows_go_out_corrected_and_in_again(
    api: Api, node: IssuerNode
) -> None:
    api.put(f"/api/v1/import-mappings/own/{FOOD}", MAPPING)
    rows = [food_row(1), food_row(2, 经营场所=""), food_row(3, 颁发日期="2025.3.9")]
    done = api.finished(api.send(csv_text(rows).encode("gb18030")))
    assert (done["state"], done["encoding"]) == ("done", "gb18030")
    assert done["counts"] | {"proposed": 0, "conflicts": 0} == {
        "new": 2, "changed": 0, "unchanged": 0, "refused": 1, "proposed": 0, "conflicts": 0,
    }  # fmt: skip
    assert [(row["row"], row["errors"][0]["column"]) for row in done["errors"]] == [(2, "经营场所")]
    sheet = api.fetch(f"/api/v1/imports/{done['id']}/errors").decode("gb18030")
    lines = sheet.splitlines()
    assert lines[0].endswith(",import_error")
    assert len(lines) == 2
    corrected = sheet.replace(",,餐饮服务经营者", ",新场所,餐饮服务经营者").encode("gb18030")
    again = api.finished(api.send(corrected))
    assert again["counts"]["new"] == 1
    assert node.database["licences"].count_documents({}) == 3


@pytest.mark.parametrize("form", ["flat", "interface"])
def test_json_lines_come_flat_or_in_the_form_of_the_interface(api: Api, form: str) -> None:
    rows = [food_row(number) for number in range(1, 4)]
    if form == "flat":
        api.put(f"/api/v1/import-mappings/own/{FOOD}", MAPPING)
        lines: list[Any] = rows
    else:
        lines = [
            {
                "licence_number": row["食品经营许可证编号"],
                "holders": [{"name": row["持证主体"], "code_type": "001", "number": row["持证主体代码"]}],
                "issue_date": "2025-03-01",
                "fields": {
                    "legal_representative": "张小明", "residence": "示例路8号", "premises": "示例路8号",
                    "business_form": "餐饮服务经营者", "business_items": "热食。",
                },
            }
            for row in rows
        ]  # fmt: skip
    data = b"\n".join(orjson.dumps(line) for line in lines) + b'\n{"broken": \n[1]\n'
    done = api.finished(api.send(data))
    assert (done["counts"]["new"], done["counts"]["refused"]) == (3, 2)
    refused = api.fetch(f"/api/v1/imports/{done['id']}/errors").splitlines()
    assert [orjson.loads(line)["unreadable"] for line in refused] == ['{"broken":', "[1]"]


def test_a_workbook_comes_in_and_its_refused_rows_go_out_as_one(api: Api) -> None:
    import io

    import openpyxl

    api.put(f"/api/v1/import-mappings/own/{FOOD}", MAPPING)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER)
    for number in range(1, 6):
        sheet.append(list(food_row(number, **({"主体业态": "？"} if number == 4 else {})).values()))
    packed = io.BytesIO()
    book.save(packed)
    done = api.finished(api.send(packed.getvalue()))
    assert (done["format"], done["counts"]["new"], done["counts"]["refused"]) == ("xlsx", 4, 1)
    out = openpyxl.load_workbook(io.BytesIO(api.fetch(f"/api/v1/imports/{done['id']}/errors")))
    assert out.active is not None
    found = list(out.active.iter_rows(values_only=True))
    assert found[0][-1] == "import_error"
    assert found[1][0] == "K0000004"


def test_a_dry_run_first_then_the_real_one_with_another_mapping(api: Api) -> None:
    received = api.send(csv_text([food_row(1)]).encode(), PATH + "&begin=false", 201)
    assert received["state"] == "received"
    dry = api.finished(api.post(f"/api/v1/imports/{received['id']}/begin", {"dry_run": True}))
    # By the columns' names alone the source's own key is no key; the licence number is.
    assert dry["counts"]["new"] == 1
    begun = api.post(f"/api/v1/imports/{received['id']}/begin", {"mapping": MAPPING, "keep_mapping": True})
    assert api.finished(begun)["counts"]["new"] == 1
    assert api.get(f"/api/v1/import-mappings/own/{FOOD}")["key"] == "内部编号"
    api.post(f"/api/v1/imports/{received['id']}/begin", {}, 409)
    api.post(f"/api/v1/imports/{received['id']}/resume", {}, 409)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"  \n",
        b"\xff\xfea\x00b\x00",
        b"\xd0\xcf\x11\xe0old excel",
        b"PK\x03\x04 no zip",
        b"a,a\n1,2\n",
        b"\x81 \x81 \xff\xff\n\xff\xff\n\xff\xff\n",
    ],
)
def test_what_is_no_table_is_refused_at_once(api: Api, node: IssuerNode, data: bytes) -> None:
    assert api.send(data, status=400)["type"].endswith("unreadable-file")
    assert node.database["transfer_files"].count_documents({}) == 0


def test_an_unknown_source_is_refused_before_the_file_is_kept(api: Api, node: IssuerNode) -> None:
    api.send(csv_text([food_row(1)]).encode(), PATH + "&source=nobody", 404)
    assert node.database["transfer_files"].count_documents({}) == 0


def test_a_mapping_names_only_what_there_is(api: Api) -> None:
    api.put(f"/api/v1/import-mappings/nobody/{FOOD}", MAPPING, 404)
    api.put(f"/api/v1/import-mappings/own/{FOOD}", {"columns": {"colour": "颜色"}}, 400)
    api.put(
        f"/api/v1/import-mappings/own/{FOOD}",
        {"columns": {"holder_name": {"constant": "x", "column": "y"}}},
        400,
    )
    api.put(f"/api/v1/import-mappings/own/{FOOD}", MAPPING)
    api.put(f"/api/v1/import-mappings/own/{FOOD}", MAPPING, 409)
    api.put(f"/api/v1/import-mappings/own/{FOOD}", {**MAPPING, "revision": 1})


def test_another_authority_sees_nothing_of_an_import(app: Any, node: IssuerNode, api: Api) -> None:
    sent = api.send(csv_text([food_row(1)]).encode())
    other = Api(app.test_client(), node, POLICE.uscc)
    for path in ("", "/errors"):
        other.get(f"/api/v1/imports/{sent['id']}{path}", 404)
    other.post(f"/api/v1/imports/{sent['id']}/resume", {}, 404)
    assert other.get("/api/v1/imports")["imports"] == []


def test_nothing_of_a_file_lies_readable_in_the_store(api: Api, node: IssuerNode) -> None:
    done = api.finished(api.send(csv_text([food_row(1), food_row(2, 经营场所="")]).encode()))
    assert done["counts"]["refused"] == 2 or done["counts"]["new"] == 1
    for name in ("imports", "import_refusals", "transfer_files", "jobs"):
        for row in node.database[name].find():
            assert "示例小吃店" not in str(row)
            assert "92990101MA99X00283" not in str(row)
