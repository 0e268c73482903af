"""``elicence issuer seed-demo`` on a node that was set up empty."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from issuer.commands import commands
from issuer.demo.authorities import demo_authorities
from issuer.node import open_node
from issuer.staff import StaffRole
from service.clock import SystemClock
from service.demo.people import CITIZENS, STAFF


@pytest.fixture
def seed_demo(settings, monkeypatch):
    monkeypatch.setenv("ELICENCE_STORE_URI", settings.store_uri)
    monkeypatch.setenv("ELICENCE_DATABASE_PREFIX", settings.database_prefix)

    def run():
        result = CliRunner().invoke(commands, ["seed-demo", "--data", str(settings.data)])
        assert result.exception is None, result.exception
        return result.output

    return run


def test_the_demo_is_seeded_once_and_a_repeat_adds_nothing(seed_demo, settings):
    assert "sample licences: 0" not in seed_demo()
    assert "sample licences: 0" in seed_demo()
    node = open_node(settings, SystemClock())
    assert {one.uscc for one in node.authorities.all()} == {one.uscc for one in demo_authorities()}
    clerk = node.staff.members_of(STAFF[0].code_type, STAFF[0].number)[0]
    assert clerk.authority == demo_authorities()[0].uscc
    assert StaffRole.CLERK in clerk.roles
    assert settings.trust_anchor_file.exists()
    police = demo_authorities()[1]
    identity = police.licence_types[0]
    zhang = CITIZENS[0]
    found = node.licences.find_by_holder(police.uscc, zhang.code_type, zhang.number, identity)
    assert [licence.holders[0].name for licence in found] == [zhang.name]
