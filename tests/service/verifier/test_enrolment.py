"""Enrolling departments and staff by command, as an administrator does on the first day."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from keys.certificates import certificate_to_pem, parse_request, sign_request
from service.demo.people import person
from tests.support.trust_world import FROM, UNTIL
from tests.support.verifier_world import VerifierWorld
from verifier.departments.demo import load_demo_departments

NINGBO = load_demo_departments()[3].department


@pytest.fixture
def attempt(world: VerifierWorld) -> Any:
    """Runs a command in a process of its own, as an administrator does; answers the finished process."""
    settings = world.node.settings
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ELICENCE_")} | {
        "ELICENCE_DATA": str(settings.data),
        "ELICENCE_STORE_URI": settings.store_uri,
        "ELICENCE_DATABASE_PREFIX": settings.database_prefix,
        "ELICENCE_MASTER_KEY_FILE": str(settings.master_key_file),
        "ELICENCE_VERIFIER_URL": "http://localhost:8003",
    }

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "service.command_line", "verifier", *arguments]
        return subprocess.run(line, env=environment, capture_output=True, text=True, timeout=60, check=False)

    return command


@pytest.fixture
def run(attempt: Any) -> Any:
    """The same for a command that has to succeed; answers what it printed."""

    def command(*arguments: str) -> str:
        done = attempt(*arguments)
        assert done.returncode == 0, done.stderr
        return str(done.stdout)

    return command


def enrol(run: Any, tmp_path: Path) -> str:
    """Enrol the department of 宁波; answers its certificate request."""
    out = tmp_path / "request.pem"
    run(
        *(
            "department",
            "enrol",
            "--uscc",
            NINGBO.uscc,
            "--name-zh",
            NINGBO.name.zh,
            "--name-en",
            NINGBO.name.en,
        ),
        *(
            "--division",
            NINGBO.division,
            "--service-item",
            "driving-licence-exchange",
            "--request-out",
            str(out),
        ),
    )
    return out.read_text()


def test_a_department_from_enrolment_to_its_first_request(
    world: VerifierWorld, run: Any, tmp_path: Path
) -> None:
    request = parse_request(enrol(run, tmp_path))
    assert (request.subject.uscc, request.subject.name, request.dns_names) == (
        NINGBO.uscc,
        NINGBO.name.zh,
        ("localhost",),
    )
    assert "no certificate yet" in run("department", "list")
    region = world.nation.regions["330000"].authority
    chain = tmp_path / "chain.pem"
    leaf = sign_request(request, region, valid_from=FROM, valid_until=UNTIL)
    chain.write_text(certificate_to_pem(leaf) + certificate_to_pem(region.certificate))
    run("department", "install-certificate", "--uscc", NINGBO.uscc, "--certificate", str(chain))
    assert f"{NINGBO.uscc}  330200" in run("department", "list")
    assert enrol(run, tmp_path).startswith("-----BEGIN CERTIFICATE REQUEST-----"), "safe to repeat"


def test_a_department_without_certificate_cannot_ask(world: VerifierWorld, run: Any, tmp_path: Path) -> None:
    registry = load_demo_departments()[2].department
    out = tmp_path / "request.pem"
    run(
        *("department", "enrol", "--uscc", registry.uscc, "--name-zh", registry.name.zh, "--name-en", "x"),
        *("--division", "510100", "--service-item", "school-enrolment", "--request-out", str(out)),
    )
    world.departments = (*world.departments[:2], registry)
    answer = world.api("POST", "/api/v1/presentations", {"service_item": "school-enrolment"}, department=2)
    assert (answer.status_code, answer.json["type"]) == (409, "urn:elicence:problem:department-not-certified")


def test_anothers_certificate_is_not_installed(
    world: VerifierWorld, run: Any, attempt: Any, tmp_path: Path
) -> None:
    """The chain of the first department is given to the second → refused: another organisation's."""
    enrol(run, tmp_path)
    first = world.node.keys.signer(world.departments[0].key_id)
    chain = tmp_path / "chain.pem"
    chain.write_text(certificate_to_pem(x509.load_der_x509_certificate(first.certificate_chain[0])))
    refused = attempt("department", "install-certificate", "--uscc", NINGBO.uscc, "--certificate", str(chain))
    assert refused.returncode != 0
    assert "another organisation" in refused.stderr


def test_staff_come_and_go(world: VerifierWorld, run: Any) -> None:
    chen = person("chen-jing")
    department = world.departments[0].uscc
    said = run(
        *("staff", "enrol", "--department", department, "--name", "陈静", "--role", "delivery"),
        *("--number", chen.number),
    )
    assert chen.number not in said
    staff_id = said.splitlines()[-1].split()[0]
    assert "陈静: delivery" in run("staff", "list", "--department", department)
    clerk = world.sign_in("chen-jing")
    assert clerk.page("/").status_code == 200
    assert clerk.page("/records").status_code == 403, "delivery reads no records"
    run("staff", "remove", staff_id)
    assert "您还不是窗口工作人员" in clerk.page("/").text


def test_a_number_that_cannot_be_one_is_refused(world: VerifierWorld, attempt: Any) -> None:
    refused = attempt(
        *(
            "staff",
            "enrol",
            "--department",
            world.departments[0].uscc,
            "--name",
            "某人",
            "--role",
            "reception",
        ),
        *("--number", "990101198805120017"),
    )
    assert refused.returncode != 0
    assert "Traceback" not in refused.stderr


def test_the_chain_of_records_is_checked_by_command(world: VerifierWorld, run: Any, attempt: Any) -> None:
    """A record is altered in the store → the command names the place and fails."""
    made = world.ask()
    world.wallet().show(made["authorization_request"])
    assert (
        world.api("POST", f"/api/v1/presentations/{made['id']}/decision", {"decision": "accept"}).status_code
        == 201
    )
    assert f"{world.departments[0].uscc}  whole" in run("records", "check")
    rows = world.node.database["acceptance_records"]
    place = {"department": world.departments[0].uscc, "sequence": 1}
    row = rows.find_one(place)
    assert row is not None
    rows.update_one(place, {"$set": {"body": row["body"].replace(b"accept", b"refuse")}})
    broken = attempt("records", "check")
    assert broken.returncode == 1
    assert "broken at record 1" in broken.stdout
