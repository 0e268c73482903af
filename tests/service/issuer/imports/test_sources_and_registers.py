"""An import from a registered source: its department's fields are written, all others become discrepancies."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import timedelta

import pytest

from issuer.imports.receive_file import begin_import
from issuer.imports.refusal import RefusedRow
from issuer.library.store import LicenceFilter
from issuer.node import IssuerNode
from issuer.sources import Source
from issuer.sources.errors import SourceExistsError
from issuer.sources.registers import HolderRegisters
from service.jobs import Job, run_job
from standards.codes.uscc import complete_uscc
from tests.service.issuer.conftest import MARKET
from tests.service.issuer.imports.conftest import Importing, received
from tests.support.clock import START
from tests.support.import_files import MAPPING, csv_text, food_row

Refused = Callable[[Job], list[RefusedRow]]


@pytest.fixture
def sources(node: IssuerNode) -> None:
    for code, department in (("food-system", "market_regulation"), ("police", "public_security")):
        try:
            node.sources.add(Source(MARKET.uscc, code, code, department, "", timedelta(days=1)))
        except SourceExistsError:
            continue


@pytest.mark.usefixtures("sources")
def test_another_department_s_value_becomes_a_discrepancy(node: IssuerNode, importing: Importing) -> None:
    """food-system says A; police says B of a field that is not theirs → A stays, one discrepancy; A again settles it."""
    importing(csv_text([food_row(1)]), source="food-system")
    [licence] = node.licences.list(MARKET.uscc, LicenceFilter())
    named = {"licence_identifier": "标识"}
    header = ("标识", "食品经营许可证编号", "持证主体", "持证主体代码类型", "持证主体代码", "颁发日期", "法定代表人（负责人）",
              "住所", "经营场所", "主体业态", "经营项目")  # fmt: skip
    row = {name: text for name, text in food_row(1, 经营场所="别处1号").items() if name != "内部编号"}
    row["标识"] = str(licence.identifier)
    mapping = {**MAPPING, "key": None, "columns": {**MAPPING["columns"], **named}}  # type: ignore[dict-item]
    job = importing(csv_text([row], header), source="police", mapping=mapping)
    assert job.result is not None
    assert (job.result["unchanged"], job.result["conflicts"], job.result["refused"]) == (1, 1, 0)
    [same] = node.licences.list(MARKET.uscc, LicenceFilter())
    assert same.fields == licence.fields
    assert node.database["discrepancies"].count_documents({}) == 1
    assert node.sources.standing(MARKET.uscc, "police").deliveries.last_rows == 1  # type: ignore[union-attr]


@pytest.mark.usefixtures("sources")
def test_the_department_s_own_source_changes_its_licences(node: IssuerNode, importing: Importing) -> None:
    importing(csv_text([food_row(1)]), source="food-system")
    job = importing(csv_text([food_row(1, 经营场所="新处1号")]), source="food-system")
    assert job.result is not None
    assert (job.result["changed"], job.result["conflicts"]) == (1, 0)


class Register:
    """Knows everybody whose number it was given."""

    def __init__(self, *numbers: str) -> None:
        self._numbers = frozenset(numbers)

    def known(self, code_type: str, numbers: Collection[str]) -> frozenset[str]:
        return self._numbers & frozenset(numbers)


def test_a_holder_whom_the_connected_register_lacks_is_refused(
    node: IssuerNode, clean: None, refused: Refused
) -> None:
    known, unknown = food_row(1), food_row(2, 持证主体代码="91110000000000000T")
    unknown["持证主体代码"] = complete_uscc("91110000000000000")
    connected = replace(node, registers=HolderRegisters({"001": Register(known["持证主体代码"])}))
    file = received(connected, csv_text([known, unknown]).encode())
    _, job = begin_import(connected, file, by="x", at=START, dry_run=False)
    ended = run_job(connected, job.id)
    assert ended.result is not None
    assert (ended.result["new"], ended.result["refused"]) == (1, 1)
    [row] = refused(ended)
    assert (row.number, row.errors[0].code) == (2, "holder-not-in-register")
    assert row.errors[0].column == "持证主体代码"
