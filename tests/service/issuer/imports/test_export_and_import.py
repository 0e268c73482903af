"""What was exported can be imported again and changes nothing; what is changed in it is changed in the library."""

from __future__ import annotations

import pytest

from issuer.catalogue.examples import example_body
from issuer.imports.errors import NotExportableError
from issuer.imports.export_rows import export_rows, licence_cells
from issuer.imports.reading import FileFormat
from issuer.imports.receive_file import Sender, begin_import, receive_file
from issuer.library.event import Actor
from issuer.library.licence import Holder, IssuingAuthority, Licence, local_day
from issuer.library.licence_input import parse_licence_draft
from issuer.library.record_licence import record_licence
from issuer.library.store import LicenceFilter
from issuer.node import IssuerNode
from service.jobs import Job, run_job
from standards.licence_types import load_catalogue
from tests.service.issuer.conftest import DRIVING, FOOD, MARKET, POLICE
from tests.support.clock import START

BUSINESS = "11100000MB0143028R001"
TYPES = [(MARKET, FOOD), (MARKET, BUSINESS), (POLICE, DRIVING), (POLICE, "11100000000013338W001")]


def recorded(node: IssuerNode, authority: object, type_code: str, count: int) -> list[Licence]:
    found = node.authorities.find(authority.uscc, START)  # type: ignore[attr-defined]
    assert found is not None
    issuer = IssuingAuthority(found.uscc, found.name.zh, found.division)
    made = []
    for _ in range(count):
        body = example_body(load_catalogue().by_code(type_code), local_day(START))
        draft = parse_licence_draft(body, node.catalogue, today=local_day(START))
        made.append(
            record_licence(
                node.licences, draft, issuer, found.licence_types, actor=Actor("甲"), system=None, at=START
            )[0]
        )
    return made


def imported(node: IssuerNode, authority: object, type_code: str, data: bytes) -> Job:
    found = node.authorities.find(authority.uscc, START)  # type: ignore[attr-defined]
    assert found is not None
    sender = Sender(found, "own", "乙", Actor("乙"))
    file = receive_file(
        node, sender, [data], name="x", licence_type=node.catalogue.by_code(type_code), at=START
    )
    _, job = begin_import(node, file, by="乙", at=START, dry_run=False)
    return run_job(node, job.id)


@pytest.mark.parametrize("format_", list(FileFormat))
@pytest.mark.parametrize(("authority", "type_code"), TYPES)
def test_an_export_comes_in_again_and_changes_nothing(
    node: IssuerNode, clean: None, authority: object, type_code: str, format_: FileFormat
) -> None:
    licences = recorded(node, authority, type_code, 3)
    licence_type = node.catalogue.by_code(type_code)
    before = node.database["licences"].count_documents({})
    job = imported(node, authority, type_code, b"".join(export_rows(format_, licence_type, licences)))
    assert job.result is not None, job.message
    assert (job.result["unchanged"], job.result["refused"]) == (3, 0)
    assert node.database["licences"].count_documents({}) == before
    again = node.licences.list(authority.uscc, LicenceFilter())  # type: ignore[attr-defined]
    assert {licence.revision for licence in again} == {1}


def test_what_is_changed_in_an_export_is_changed_in_the_library(node: IssuerNode, clean: None) -> None:
    [licence] = recorded(node, MARKET, FOOD, 1)
    text = b"".join(export_rows(FileFormat.CSV, node.catalogue.by_code(FOOD), [licence])).decode("utf-8-sig")
    job = imported(node, MARKET, FOOD, text.replace(licence.fields["premises"], "新的场所1号").encode())
    assert job.result is not None
    assert job.result["changed"] == 1
    old = node.licences.find(str(licence.identifier))
    assert old is not None
    assert old.superseded_by is not None
    new = node.licences.find(old.superseded_by)
    assert new is not None
    assert new.fields["premises"] == "新的场所1号"
    assert new.licence_number == licence.licence_number


def test_a_table_without_room_for_all_holders_is_refused(node: IssuerNode, clean: None) -> None:
    from dataclasses import replace

    [licence] = recorded(node, MARKET, FOOD, 1)
    crowded = replace(licence, holders=(*licence.holders, Holder("另一人", "111", "990101198805120016")))
    with pytest.raises(NotExportableError):
        licence_cells(crowded, ("holder_name",))
