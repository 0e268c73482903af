from __future__ import annotations

import re

import pytest

from tests.support.running_node import RunningNode, seconds_of

pytestmark = pytest.mark.flow


def test_the_window_of_another_region_accepts_a_licence(running_node: RunningNode) -> None:
    """Three real processes, the real store, only HTTP: issue in region A, keep, show and accept in region B."""
    walked = running_node.run(
        "demo", "--port-base", str(running_node.port_base), "--data", str(running_node.data)
    )
    assert walked.returncode == 0, walked.stdout + walked.stderr
    assert "passed and accepted" in walked.stdout
    assert len(seconds_of(walked.stdout)) == 12


def test_the_journey_finds_the_nodes_directory_by_its_ports(running_node: RunningNode) -> None:
    assert running_node.run("demo", "--port-base", str(running_node.port_base)).returncode == 0


def test_without_a_node_the_journey_says_what_to_do(running_node: RunningNode) -> None:
    walked = running_node.run("demo", "--port-base", "1100", "--data", str(running_node.data))
    assert walked.returncode == 1
    assert "elicence up" in walked.stderr


def test_the_two_departments_are_of_two_regions(running_node: RunningNode) -> None:
    first = running_node.facts()["first_authority"]
    provinces = {uscc[2:4] for uscc in first.values()}
    assert provinces == {"33", "51"}


def test_the_token_command_prints_nothing_but_a_token(running_node: RunningNode) -> None:
    for service in ("issuer", "verifier"):
        made = running_node.run("token", service, "--data", str(running_node.data))
        assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", made.stdout), made.stderr


def test_a_token_of_one_service_opens_no_other(running_node: RunningNode) -> None:
    """Input: the issuer's token at the verifier. Verdict: 401 with a challenge (RFC 6750)."""
    import requests

    answer = requests.get(
        running_node.url("verifier") + "/api/v1/service-items",
        headers={"Authorization": f"Bearer {running_node.token('issuer')}"},
        timeout=10,
    )
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_every_service_says_that_it_is_well(running_node: RunningNode, path: str) -> None:
    import requests

    for service in ("issuer", "wallet", "verifier"):
        assert requests.get(running_node.url(service) + path, timeout=10).status_code == 200


def test_no_log_holds_a_person(running_node: RunningNode) -> None:
    """Input: a journey was walked. Verdict: neither name nor number of its citizen stands in any log."""
    running_node.run("demo", "--port-base", str(running_node.port_base))
    for log in (running_node.data / "run").glob("*.log"):
        if log.name == "identity.log":
            continue  # another's product; it is never part of production
        text = log.read_text("utf-8")
        assert "张小明" not in text, log
        assert "990101" not in text, log
