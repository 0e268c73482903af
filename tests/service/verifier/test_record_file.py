"""An exported record proves itself: sealed by the department, checked over again years later, by a program without this node."""

from __future__ import annotations

import io
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from keys.certificates import certificate_to_pem
from service.record_chain import link_hash
from standards.verification_report import Indication, VerificationReport
from tests.service.verifier.test_acceptance import decide, shown
from tests.support.trust_world import new_signer
from tests.support.verifier_world import VerifierWorld
from verifier.acceptance.check_record import check_record_file
from verifier.acceptance.errors import InvalidRecordFileError
from verifier.acceptance.record_file import is_record_file, parse_record_file
from verifier.acceptance.seal import build_seal
from verifier.acceptance.seal_waiting import seal_waiting
from verifier.checking.commands import verify
from verifier.items import load_items
from verifier.window.relying_party import signer_of


def exported(world: VerifierWorld, **body: str) -> dict[str, Any]:
    answer = decide(world, shown(world), **(body or {"decision": "accept"}))
    file = world.api("GET", f"/api/v1/records/{answer.json['id']}/export")
    assert file.status_code == 200, file.json
    assert "attachment" in file.headers["Content-Disposition"]
    value: dict[str, Any] = json.loads(file.data)
    return value


def report_on(world: VerifierWorld, file: dict[str, Any]) -> VerificationReport:
    content = json.dumps(file).encode()
    assert is_record_file(content)
    return check_record_file(parse_record_file(content), (world.nation.anchor,), load_items())


def codes(report: VerificationReport) -> set[str]:
    return {finding.code for finding in report.findings}


def test_it_is_checked_over_again_with_the_lists_of_its_day(world: VerifierWorld) -> None:
    file = exported(world)
    report = report_on(world, file)
    assert report.indication is Indication.PASSED, [f.message.en for f in report.findings]
    assert {"record-intact", "record-sealed", "record-verdict-repeated", "material-satisfied"} <= codes(
        report
    )
    assert file["trust"]["status_lists"]


def test_without_what_was_shown_the_decision_stands_and_the_check_is_open(world: VerifierWorld) -> None:
    """Erased after its time, or cut out of the file: the seal holds, and nobody takes the rest for proven."""
    report = report_on(world, exported(world) | {"shown": ""})
    assert report.indication is Indication.INDETERMINATE
    assert {"record-sealed", "record-shown-missing"} <= codes(report)


def test_a_refusal_with_nothing_shown_is_sealed_too(world: VerifierWorld) -> None:
    made = world.ask()
    world.clock.advance(timedelta(minutes=6))
    answer = decide(world, made, decision="refuse", reason="applicant-declined")
    file = json.loads(world.api("GET", f"/api/v1/records/{answer.json['id']}/export").data)
    assert "record-nothing-shown" in codes(report_on(world, file))


def test_by_command_years_later(world: VerifierWorld, tmp_path: Path) -> None:
    """Input: the file, the nation's anchor, nothing of this node; the certificates of that day have ended long ago."""
    (tmp_path / "record.json").write_text(json.dumps(exported(world)))
    (tmp_path / "anchor.pem").write_text(certificate_to_pem(world.nation.anchor))
    arguments = [str(tmp_path / "record.json"), "--trust", str(tmp_path / "anchor.pem"), "--json"]
    later = CliRunner().invoke(verify, [*arguments, "--at", "2046-11-22T08:00:00Z"], standalone_mode=False)
    assert later.return_value == 0, later.output
    assert json.loads(later.output)["indication"] == "PASSED"


def _other(text: str) -> str:
    content = bytearray(b64decode(text))
    content[len(content) // 2] ^= 1
    return b64encode(bytes(content)).decode()


def test_a_record_sent_for_a_check_or_dropped_on_the_desk_is_one(world: VerifierWorld) -> None:
    """It is told what it is: whose decision, whether its seal holds, and that it is no licence. An altered one tells nothing."""
    file = exported(world)
    answer = world.api("POST", "/api/v1/checks", file)
    assert answer.status_code == 200, answer.text
    assert (answer.json["indication"], answer.json["recognised"]["kind"]) == ("PASSED", "record"), answer.text
    assert answer.json["record"]["decision"] == "accept"
    assert answer.json["record"]["department"] == world.departments[0].uscc
    clerk = world.sign_in()
    page = clerk.submit("/window/scan", file=(io.BytesIO(json.dumps(file).encode()), "record-1.json"))
    assert page.status_code == 200
    assert "受理记录，不是证照" in page.text
    assert "verdict--success" not in page.text
    assert answer.json["record"]["id"] in page.text

    altered = world.api("POST", "/api/v1/checks", file | {"body": _other(file["body"])})
    assert (answer.status_code, altered.json["indication"]) == (200, "FAILED")
    assert altered.json["findings"][0]["code"] == "record-not-intact"
    assert altered.json["record"] is None
    unsealed = world.api("POST", "/api/v1/checks", file | {"seal": None}).json
    assert (unsealed["indication"], unsealed["record"]) == ("INDETERMINATE", None)
    text = json.dumps(file | {"body": _other(file["body"])})
    page = clerk.submit("/window/scan", file=(io.BytesIO(text.encode()), "record-1.json"))
    assert "文件被改动" in page.text
    assert answer.json["record"]["id"] not in page.text


@pytest.mark.parametrize(
    "change",
    [
        {"decision": "celebrate"},
        {"decided_at": "yesterday"},
        {"service_item_name": ["x"]},
        {"service_item_name": {"zh": "<b>", "en": 1}},
        {"department": None},
        {"id": "x" * 100},
        {"item_version": "2"},
    ],
)
def test_a_sealed_record_of_nonsense_is_no_record(world: VerifierWorld, change: dict[str, Any]) -> None:
    """A department seals a body that makes no sense: told so, at the interface and on the page; nothing breaks."""
    file = exported(world)
    body = json.dumps(json.loads(b64decode(file["body"])) | change).encode()
    record_hash = link_hash(body, file["sequence"], file["previous"])
    signer = signer_of(world.node.keys, world.departments[0])
    seal = build_seal(world.departments[0].uscc, file["sequence"], (record_hash,), signer, world.clock.now())
    forged = file | {"body": b64encode(body).decode(), "hash": record_hash, "seal": seal}
    answer = world.api("POST", "/api/v1/checks", forged)
    assert (answer.status_code, answer.json["indication"], answer.json["record"]) == (200, "FAILED", None)
    text = json.dumps(forged).encode()
    page = world.sign_in().submit("/window/scan", file=(io.BytesIO(text), "record.json"))
    assert page.status_code == 200


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("body", lambda file: file | {"body": _other(file["body"])}),
        ("body", lambda file: file | {"sequence": file["sequence"] + 1}),
        ("body", lambda file: file | {"previous": "0" * 63 + "1"}),
        ("shown", lambda file: file | {"shown": _other(file["shown"])}),
        ("shown", lambda file: file | {"shown": "not base64!"}),
        (
            "trust/status_lists",
            lambda file: (
                file
                | {
                    "trust": file["trust"]
                    | {
                        "status_lists": {
                            uri: text + "A" for uri, text in file["trust"]["status_lists"].items()
                        }
                    }
                }
            ),
        ),
        (
            "trust/lists/nation",
            lambda file: (
                file
                | {
                    "trust": file["trust"]
                    | {"lists": file["trust"]["lists"] | {"nation": file["trust"]["lists"]["nation"] + "A"}}
                }
            ),
        ),
        ("trust", lambda file: file | {"trust": None}),
        ("trust", lambda file: file | {"trust": file["trust"] | {"status_lists": {}}}),
        (
            "trust",
            lambda file: (
                file | {"trust": file["trust"] | {"lists": file["trust"]["lists"] | {"regions": {}}}}
            ),
        ),
        ("seal", lambda file: file | {"seal": "a.b.c"}),
        ("seal", lambda file: file | {"seal": 7}),
    ],
)
def test_an_altered_part_is_named(
    world: VerifierWorld, where: str, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    with pytest.raises(InvalidRecordFileError) as refused:
        parse_record_file(json.dumps(change(exported(world))).encode())
    assert where in (refused.value.where or "")


def test_a_seal_of_somebody_else_proves_nothing(world: VerifierWorld) -> None:
    """Over the same hash: by a stranger's key, by another listed organisation, by the right department over another record."""
    file, other = exported(world), exported(world)
    uscc = world.departments[0].uscc
    hashes, at = [file["hash"]], world.clock.now()
    stranger = new_signer("stranger")
    issuer = world.issuer.signer
    assert issuer is not None
    with_chain = stranger.with_chain(issuer.certificate_chain)
    for signer, code in ((with_chain, "record-seal-invalid"), (issuer, "record-seal-invalid")):
        forged = file | {"seal": build_seal(uscc, file["sequence"], hashes, signer, at)}
        report = report_on(world, forged)
        assert report.indication is Indication.FAILED
        assert code in codes(report)
    assert "record-not-under-seal" in codes(report_on(world, file | {"seal": other["seal"]}))
    unsealed = report_on(world, file | {"seal": None})
    assert unsealed.indication is Indication.INDETERMINATE


def test_the_files_own_anchor_counts_for_nothing(world: VerifierWorld) -> None:
    file = exported(world)
    content = parse_record_file(json.dumps(file).encode())
    strangers = type(world.nation).create()
    with pytest.raises(Exception):  # noqa: B017
        check_record_file(content, (strangers.anchor,), load_items())


def test_many_records_share_a_seal_and_none_is_sealed_twice(world: VerifierWorld) -> None:
    department = world.departments[0]
    seal_waiting(world.node, department, world.clock.now())
    for _ in range(3):
        decide(world, shown(world), decision="accept")
    assert seal_waiting(world.node, department, world.clock.now()) == 3
    assert seal_waiting(world.node, department, world.clock.now()) == 0
    head = world.node.records.head(department.uscc)
    assert len({world.node.seals.of(department.uscc, head - place) for place in range(3)}) == 1


def test_another_departments_record_is_not_exported(world: VerifierWorld) -> None:
    answer = decide(world, shown(world), decision="accept")
    refused = world.api("GET", f"/api/v1/records/{answer.json['id']}/export", department=1)
    assert refused.status_code == 404


def test_an_altered_record_is_never_sealed(world: VerifierWorld) -> None:
    """Last in this file: it breaks the chain of its department."""
    department = world.departments[0]
    seal_waiting(world.node, department, world.clock.now())
    answer = decide(world, shown(world), decision="accept")
    rows = world.node.database["acceptance_records"]
    row = rows.find_one({"department": department.uscc, "record_id": answer.json["id"]})
    rows.update_one(
        {"department": department.uscc, "sequence": row["sequence"]},
        {"$set": {"body": row["body"].replace(b'"accept"', b'"refuse"')}},
    )
    decide(world, shown(world), decision="accept")
    assert seal_waiting(world.node, department, world.clock.now()) == 0
    assert world.api("GET", f"/api/v1/records/{answer.json['id']}/export").status_code >= 400
