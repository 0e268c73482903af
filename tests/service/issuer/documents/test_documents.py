"""Originals and per-use copies over HTTP, as other programs read them; and the node's time-stamp authority."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pikepdf
import pytest

from issuer.catalogue.examples import example_body
from issuer.documents.policy import load_policies, parse_policies
from issuer.documents.store import DocumentStore
from issuer.library.licence import local_day
from issuer.node import IssuerNode
from issuer.status.entry import unpack_indexes
from keys.certificates import load_certificate
from keys.path_error import PathError
from keys.path_validation import PathValidator, Purpose
from keys.pdf_check import CheckedPdf, check_pdf
from keys.sealing import SealLevel
from keys.timestamp import build_question, parse_answer
from keys.trust_list import Role
from standards.sd_jwt_vc import parse_credential
from tests.service.issuer.conftest import DRIVING, MARKET, POLICE, System
from tests.support.clock import START, FixedClock

LATER = START + timedelta(hours=3)
COPY = {"copy": "annotated", "purpose": "办理购房资格审核", "recipient": "杭州市房管局（示例）"}


@pytest.fixture(autouse=True)
def back_at_start(issuer_clock: FixedClock) -> None:
    issuer_clock.set(START)


@pytest.fixture
def licence(police: System, node: IssuerNode) -> str:
    return entered(police, node)


def entered(system: System, node: IssuerNode, code: str = DRIVING) -> str:
    body = example_body(node.catalogue.by_code(code), local_day(START))
    answer = system.post("/api/v1/licences", body)
    assert answer.status_code == 201, answer.json
    return str(answer.json["identifier"])


def document(system: System, licence: str, **asked: str) -> Any:
    return system.get(f"/api/v1/licences/{licence}/document", query_string=asked)


def checked(pdf: bytes, node: IssuerNode) -> CheckedPdf:
    return check_pdf(pdf, PathValidator([node.registrar.root]), LATER)


def attached(pdf: bytes, name: str) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return bytes(opened.attachments[name].get_file().read_bytes())


def test_the_original_is_made_once_and_lasts(police: System, node: IssuerNode, licence: str) -> None:
    first = document(police, licence)
    assert (first.status_code, first.mimetype) == (200, "application/pdf"), first.json
    assert "no-store" in first.headers["Cache-Control"]
    assert document(police, licence, copy="original").data == first.data

    seals = checked(first.data, node).seals
    assert [(seal.signer, seal.level, seal.problem) for seal in seals] == [
        (POLICE.name.zh, SealLevel.ARCHIVED, None)
    ]
    assert seals[0].certifies == 1
    metadata = json.loads(attached(first.data, "metadata.json"))
    assert metadata["ZZBS"] == licence
    assert "JZJ" not in metadata
    credential = parse_credential(attached(first.data, "credential.txt").decode())
    assert credential.unverified.holder_key is None


def test_the_original_is_sealed_at_rest(police: System, node: IssuerNode, licence: str) -> None:
    pdf = document(police, licence).data
    row = node.database["document_originals"].find_one({"_id": licence})
    assert b"%PDF" not in row["pdf"]
    kept = node.documents.store.original(licence)
    assert kept is not None
    assert kept.pdf == pdf


def test_of_two_at_once_one_is_the_original(police: System, node: IssuerNode, licence: str) -> None:
    document(police, licence)
    kept = node.documents.store.original(licence)
    assert kept is not None
    other = replace(kept, document_id="yj-other", pdf=b"%PDF-other")
    assert node.documents.store.add_original(other) == kept


def test_an_original_gives_way_to_the_one_made_of_it_alone(
    police: System, node: IssuerNode, licence: str
) -> None:
    document(police, licence)
    store: DocumentStore = node.documents.store
    kept = store.original(licence)
    assert kept is not None
    assert kept.protected_until is not None
    until = kept.protected_until + timedelta(days=365)
    assert licence in {one.licence for one in store.due(kept.protected_until + timedelta(days=1))}
    assert store.replace_original(licence, kept.digest, kept.pdf + b"\n% stamped", protected_until=until)
    assert not store.replace_original(licence, kept.digest, kept.pdf + b"\n% late", protected_until=until)
    now = store.original(licence)
    assert now is not None
    assert (now.pdf, now.protected_until) == (kept.pdf + b"\n% stamped", until)
    assert licence not in {one.licence for one in store.due(kept.protected_until + timedelta(days=1))}


def test_the_policy_of_a_type_says_how_long_its_documents_last(
    police: System, node: IssuerNode, licence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Originals to B-T and copies to B-B for this type alone, copies of a week: sealed so, never due, a longer copy refused."""
    own = {DRIVING: {"original": "B-T", "copy": "B-B", "copy_days": 7, "longest_copy_days": 10}}
    policies = parse_policies(json.dumps({"types": own}).encode(), load_policies())
    monkeypatch.setitem(node.documents.__dict__, "policies", policies)
    original = document(police, licence)
    assert [seal.level for seal in checked(original.data, node).seals] == [SealLevel.TIMESTAMPED]
    kept = node.documents.store.original(licence)
    assert kept is not None
    assert (kept.level, kept.protected_until) == ("B-T", None)
    assert licence not in {one.licence for one in node.documents.store.due(START + timedelta(days=36500))}
    copy = document(police, licence, **COPY)
    assert [seal.level for seal in checked(copy.data, node).seals] == [SealLevel.BASIC]
    made = node.documents.store.copies_of(licence)[0]
    assert made.expires_at == START + timedelta(days=7)
    late = local_day(START) + timedelta(days=11)
    refused = document(police, licence, **COPY, expires_at=late.isoformat())
    assert (refused.status_code, refused.json["where"]) == (400, "expires_at")
    assert "10 days" in refused.json["message"]["en"]


def test_each_copy_is_a_document_of_its_own(police: System, node: IssuerNode, licence: str) -> None:
    one, other = document(police, licence, **COPY), document(police, licence, **COPY)
    assert one.status_code == 200, one.json
    assert one.headers["Document-Id"] != other.headers["Document-Id"]

    seal = checked(one.data, node).seals[0]
    assert (seal.level, seal.problem) == (SealLevel.TIMESTAMPED, None)
    metadata = json.loads(attached(one.data, "metadata.json"))
    assert metadata["JZJ"]["JZJZZSY"] == COPY["purpose"]
    statuses = {status_of(answer.data) for answer in (one, other, document(police, licence))}
    assert len(statuses) == 3

    copies = node.documents.store.copies_of(licence)
    assert {copy.document_id for copy in copies} == {a.headers["Document-Id"] for a in (one, other)}
    assert (copies[0].purpose, copies[0].recipient, copies[0].by) == (
        COPY["purpose"],
        COPY["recipient"],
        "审批系统",
    )
    assert copies[0].expires_at == START + timedelta(days=30)
    row = node.database["document_copies"].find_one({"licence": licence})
    assert COPY["purpose"].encode() not in row["told"]


def test_each_copy_is_a_use_and_an_original_is_none(police: System, node: IssuerNode, licence: str) -> None:
    before = len(node.search_log.newest(POLICE.uscc))
    document(police, licence)
    assert len(node.search_log.newest(POLICE.uscc)) == before
    document(police, licence, **COPY)
    newest = node.search_log.newest(POLICE.uscc)
    assert len(newest) == before + 1
    assert COPY["purpose"] in newest[0].cause
    assert COPY["recipient"] in newest[0].cause


def test_a_change_of_the_licence_reaches_its_documents(
    police: System, node: IssuerNode, licence: str
) -> None:
    list_uri, index = status_of(document(police, licence, **COPY).data)
    number = int(list_uri.rsplit("/", 1)[1])
    assert value_of(node, number, index) == 0
    police.post(
        f"/api/v1/licences/{licence}/events",
        {
            "operation": "suspend",
            "reason": "核查",
            "approval": {"proposer": "孙经办", "approver": "周审批"},
        },
    )
    assert value_of(node, number, index) != 0

    refused = document(police, licence, **COPY)
    assert (refused.status_code, refused.json["type"].rsplit(":", 1)[1]) == (409, "document-not-available")
    assert document(police, licence).status_code == 409


def test_what_was_made_in_time_stays_to_be_had(police: System, licence: str) -> None:
    made = document(police, licence)
    police.post(
        f"/api/v1/licences/{licence}/events",
        {
            "operation": "revoke",
            "reason": "违法",
            "approval": {"proposer": "孙经办", "approver": "周审批"},
        },
    )
    assert document(police, licence).data == made.data
    assert document(police, licence, **COPY).status_code == 409


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"purpose": ""}, "purpose"),
        ({"purpose": "x" * 61}, "purpose"),
        ({"recipient": "两\n行"}, "recipient"),
        ({"expires_at": "2026-11-21"}, "expires_at"),
        ({"expires_at": "2028-01-01"}, "expires_at"),
        ({"expires_at": "2026-12-01T00:00:00"}, "expires_at"),
        ({"expires_at": "soon"}, "expires_at"),
        ({"copy": "both"}, "copy"),
    ],
)
def test_what_a_copy_needs(
    police: System, node: IssuerNode, licence: str, change: dict[str, str], where: str
) -> None:
    answer = document(police, licence, **{**COPY, **change})
    assert (answer.status_code, answer.json["where"]) == (400, where), answer.json
    assert node.documents.store.copies_of(licence) == ()


def test_the_last_day_counts_in_full(police: System, node: IssuerNode, licence: str) -> None:
    document(police, licence, **COPY, expires_at="2026-11-30")
    assert node.documents.store.copies_of(licence)[0].expires_at.isoformat() == "2026-11-30T15:59:59+00:00"


def test_another_authority_gets_nothing(market: System, licence: str) -> None:
    assert document(market, licence).status_code == 404


def test_every_type_of_the_authorities_here_has_a_document(
    police: System, market: System, node: IssuerNode
) -> None:
    for system, authority in ((police, POLICE), (market, MARKET)):
        for code in authority.licence_types:
            answer = document(system, entered(system, node, code))
            assert answer.status_code == 200, (code, answer.json)


def test_the_seal_stands_on_the_list_in_a_role_of_its_own(
    node: IssuerNode, police: System, licence: str
) -> None:
    document(police, licence)
    seal = node.registrar.store.registration(Role.SEAL, POLICE.uscc)
    issuer = node.registrar.store.registration(Role.ISSUER, POLICE.uscc)
    assert seal is not None
    assert issuer is not None
    assert set(seal.entry.certificates).isdisjoint(issuer.entry.certificates)


def test_the_clock_answers_questions(app: Any, node: IssuerNode) -> None:
    question = build_question(b"d" * 32)
    answer = app.test_client().post(
        "/tsa", data=question.der, headers={"Content-Type": "application/timestamp-query"}
    )
    assert (answer.status_code, answer.mimetype) == (200, "application/timestamp-reply")
    token = parse_answer(answer.data, question)
    assert token.at == START
    validator = PathValidator([node.registrar.root])
    assert "非第三方" in str(load_certificate(token.certificates[0]).subject.rfc4514_string())
    validator.validate(token.certificates, START, Purpose.TIME_STAMPING)
    with pytest.raises(PathError):
        validator.validate(token.certificates, START)


@pytest.mark.parametrize("body", [b"", b"what time is it?", b"\x30\x80" * 400])
def test_the_clock_bears_anything(app: Any, body: bytes) -> None:
    answer = app.test_client().post("/tsa", data=body)
    assert answer.status_code == 200
    assert b"not a TimeStampReq" in answer.data


def test_the_clock_reads_no_more_than_a_question(app: Any) -> None:
    assert app.test_client().post("/tsa", data=b"x" * 5000).status_code == 413


def status_of(pdf: bytes) -> tuple[str, int]:
    status = parse_credential(attached(pdf, "credential.txt").decode()).unverified.status
    return status.uri, status.index


def value_of(node: IssuerNode, number: int, index: int) -> int:
    return next(
        (
            value
            for value, packed in node.documents.status.values_of_list(number)
            if index in unpack_indexes(packed)
        ),
        0,
    )
