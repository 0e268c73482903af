"""A change of the issuer's master key with data in the store: begin, reseal, finish."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest
from click.testing import CliRunner

from issuer.app import create_app
from issuer.commands import commands
from issuer.library.store import LicenceStore
from issuer.node import IssuerNode
from issuer.sealed_rows import rows_of
from issuer.staff import StaffRole, enrol_staff
from keys import rotation
from keys.errors import MasterKeyError, SealedDataError
from keys.master_key import MasterKey, previous_key_path
from service.api_tokens import mint
from service.command_line.master_key import master_key as master_key_commands
from service.demo.people import CITIZENS
from service.errors import RotationUnfinishedError
from service.key_rotation import finish_rotation
from service.settings import ServiceName, Settings
from service.store.sealed_rows import PassingRows, RowsUnderKey, SealedRows
from service.web.sign_in import Person
from service.web.sign_in.store import PURPOSE, SessionStore
from tests.service.issuer.conftest import DRIVING, MARKET, POLICE, System
from tests.support.clock import START, FixedClock
from tests.support.issuance_world import IssuanceWorld, verified

HOLDER = ("111", "990101198805120016")
CLERK = ("111", "990101198102140061")
SERVICES: tuple[ServiceName, ...] = ("issuer", "wallet", "verifier")
ENTERED = 7
SEARCH = "/api/v1/licences/search"
ASKED = {
    "holder_code_type": HOLDER[0],
    "holder_number": HOLDER[1],
    "type": DRIVING,
    "cause": "办理驾驶证换发",
}
SUSPEND = {
    "operation": "suspend",
    "reason": "核查",
    "approval": {"proposer": "孙经办", "approver": "周审批"},
}


class Running:
    """The issuer as its processes are after a start: with the master keys that lie there now."""

    def __init__(self, settings: Settings, clock: FixedClock) -> None:
        self.app = create_app(settings, clock)
        self.node: IssuerNode = self.app.extensions["elicence.issuer"]
        master = self.node.master_key
        self.police = System(
            self.app.test_client(), mint(master, "issuer", POLICE.uscc, at=START, system="审批系统")
        )
        self.sessions = SessionStore(self.node.database, master.envelope(PURPOSE))

    def rows(self, clock: FixedClock) -> tuple[RowsUnderKey, ...]:
        return rows_of(self.node.database, self.node.master_key, clock)

    def found(self) -> list[dict[str, Any]]:
        return self.police.post(SEARCH, ASKED).get_json()["licences"]


@pytest.fixture
def held(
    app: Any, police: System, driving: dict[str, Any], settings: Settings, issuer_clock: FixedClock
) -> Iterator[tuple[Running, str]]:
    """Licences, a clerk, searches and a session under one key; and the session's token."""
    issuer_clock.set(START)
    running = Running(settings, issuer_clock)
    for name in ("licences", "licence_idempotency", "staff", "search_log", "issuance_offers"):
        running.node.database[name].delete_many({})
    for number in range(ENTERED):
        headers = {"Idempotency-Key": f"entered-{number}"}
        assert running.police.post("/api/v1/licences", driving, headers).status_code == 201
    assert len(running.found()) == ENTERED
    enrol(running.node, StaffRole.CLERK)
    who = CITIZENS[0]
    person = Person(who.code_type, who.number, who.name, who.subject, "https://provider.example", "")
    yield running, running.sessions.begin(person, START)
    # The next test begins without a rotation under way, with the key that opens the signing keys.
    previous = previous_key_path(settings.master_key_file)
    if previous.exists():
        previous.replace(settings.master_key_file)


def enrol(node: IssuerNode, *roles: StaffRole) -> str:
    return enrol_staff(
        node.staff,
        node.authorities,
        authority=MARKET.uscc,
        code_type=CLERK[0],
        number=CLERK[1],
        name="孙经办",
        roles=roles,
        at=START,
    ).id


def test_everything_is_read_under_the_new_key_alone(
    held: tuple[Running, str], settings: Settings, driving: dict[str, Any], issuer_clock: FixedClock
) -> None:
    """Seven licences, a clerk, a session, searches, an open offer. Begin; reseal, ended after three licences; reseal
    again; finish. At each step the holder is found by number; afterwards all is read by the new key alone.
    """
    before, session = held
    member = before.node.staff.members_of(*CLERK)
    identifier = before.found()[0]["identifier"]
    hashed = before.node.search_log.newest(POLICE.uscc)[0].holder
    offered = before.police.post(f"/api/v1/licences/{identifier}/offers", {})
    assert offered.status_code == 201, offered.get_json()

    rotation.begin(settings.master_key_file)
    during = Running(settings, issuer_clock)
    assert len(during.found()) == ENTERED
    licences = during.rows(issuer_clock)[0]
    assert list(islice(licences.reseal(), 3)) == [True, True, True]
    assert licences.older() == ENTERED - 3
    assert len(during.found()) == ENTERED
    # A repeat of a request from before is the same request.
    repeated = during.police.post("/api/v1/licences", driving, {"Idempotency-Key": "entered-0"})
    assert repeated.status_code in (200, 201)
    assert len(during.found()) == ENTERED

    with pytest.raises(RotationUnfinishedError, match=r"issuer licences 4, .*issuer staff 1"):
        finish_rotation(settings, SERVICES, issuer_clock)
    told = CliRunner().invoke(commands, ["reseal"], env=environment(settings), catch_exceptions=False)
    assert "licences: 重新密封 4 项 · 4 sealed anew" in told.output
    again = CliRunner().invoke(commands, ["reseal"], env=environment(settings), catch_exceptions=False)
    assert "licences: 重新密封 0 项 · 0 sealed anew" in again.output
    during = Running(settings, issuer_clock)  # a command in this process closes its connections
    assert len(during.found()) == ENTERED
    assert during.node.staff.members_of(*CLERK) == member

    with pytest.raises(RotationUnfinishedError, match="offers that are still open 1"):
        finish_rotation(settings, SERVICES, issuer_clock)
    assert previous_key_path(settings.master_key_file).exists()
    issuer_clock.advance(timedelta(hours=2))
    with pytest.raises(RotationUnfinishedError, match="idempotency keys of the last day 7"):
        finish_rotation(settings, SERVICES, issuer_clock)
    issuer_clock.set(START + timedelta(days=1, minutes=1))
    old = previous_key_path(settings.master_key_file).read_bytes()
    retired = finish_rotation(settings, SERVICES, issuer_clock)
    assert retired.name.startswith("master.key.retired-")
    assert retired.read_bytes() == old
    assert not MasterKey.load(settings.master_key_file).rotating

    issuer_clock.set(START)
    after = Running(settings, issuer_clock)
    found = after.found()
    assert len(found) == ENTERED
    assert {one["holders"][0]["number"] for one in found} == {HOLDER[1]}
    assert after.node.staff.members_of(*CLERK) == member
    kept = after.sessions.find(session)
    assert kept is not None
    assert kept.person.number == CITIZENS[0].number
    log = after.node.search_log.newest(POLICE.uscc)
    assert len({entry.holder for entry in log}) == 1 != len({entry.holder for entry in log} | {hashed})
    assert {entry.cause for entry in log} == {ASKED["cause"]}
    for key_id in after.node.keys.key_ids():
        after.node.keys.signer(key_id)
    # A request from before the change, repeated: refused as another content, never entered twice.
    late = after.police.post("/api/v1/licences", driving, {"Idempotency-Key": "entered-0"})
    assert late.status_code in (409, 422)
    assert len(after.found()) == ENTERED


def test_a_wallet_goes_on_refreshing_under_the_new_key(
    held: tuple[Running, str], settings: Settings, issuer_clock: FixedClock
) -> None:
    """A wallet received under one key; the key is changed from begin to finish; the wallet's refresh token is good."""
    before, _ = held
    before.node.database["licence_idempotency"].delete_many({})
    identifier = before.found()[0]["identifier"]
    offered = before.police.post(f"/api/v1/licences/{identifier}/offers", {}).get_json()

    def world_of(running: Running) -> IssuanceWorld:
        return IssuanceWorld(running.app, running.node, issuer_clock, running.node.master_key, ())

    visit = world_of(before).wallet(offered, dpop=True)
    token = visit.redeem()["refresh_token"]

    rotation.begin(settings.master_key_file)
    with pytest.raises(RotationUnfinishedError):
        finish_rotation(settings, SERVICES, issuer_clock)
    issuer_clock.advance(timedelta(minutes=11))  # the first access token, under the older key, is over
    CliRunner().invoke(commands, ["reseal"], env=environment(settings), catch_exceptions=False)
    finish_rotation(settings, SERVICES, issuer_clock)

    issuer_clock.set(START)
    after = replace(visit, world=world_of(Running(settings, issuer_clock)))
    answer = after.post(
        "token",
        data={"grant_type": "refresh_token", "refresh_token": token},
        headers=after.dpop_header("token"),
    )
    assert answer.status_code == 200, answer.text
    after.access_token = answer.json["access_token"]
    assert (
        verified(after.receive()["credentials"][0]["credential"]).claims["licence_identifier"] == identifier
    )


def test_a_change_at_the_same_moment_is_never_overwritten(
    held: tuple[Running, str], settings: Settings, issuer_clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The walk has read a licence and a member of staff; before it writes, somebody suspends the licence and gives the
    member another role. Both changes stay, and both rows come under the new key.
    """
    rotation.begin(settings.master_key_file)
    during = Running(settings, issuer_clock)
    identifier = during.found()[0]["identifier"]
    licences, _, staff, *_ = during.rows(issuer_clock)
    assert isinstance(licences, SealedRows)
    assert isinstance(staff, SealedRows)
    walk, members = iter(licences.reseal()), iter(staff.reseal())
    update = SealedRows._update
    changed: list[str] = []

    def somebody_is_faster(rows: SealedRows, row: dict[str, Any], renewed: dict[str, Any]) -> bool:
        if row["_id"] == identifier and not changed:
            answer = during.police.post(f"/api/v1/licences/{identifier}/events", SUSPEND)
            assert answer.status_code == 201, answer.get_json()
            changed.append(identifier)
        return update(rows, row, renewed)

    monkeypatch.setattr(SealedRows, "_update", somebody_is_faster)
    assert sum(walk) == ENTERED
    assert changed == [identifier]

    held_rows = during.node.database["staff"].find()
    stale = held_rows.next()
    enrol(during.node, StaffRole.AUDITOR)
    assert staff.write is not None
    assert not staff.write(stale, staff.renewed(stale))
    assert sum(members) == 1
    (member,) = during.node.staff.members_of(*CLERK)
    assert member.roles == {StaffRole.AUDITOR}
    assert (licences.older(), staff.older()) == (0, 0)

    alone = MasterKey(settings.master_key_file.read_bytes())
    store = LicenceStore(during.node.database, _seal(alone), lambda _: None)
    licence = store.find(identifier)
    assert licence is not None
    assert licence.revision >= 1
    assert licence.events[-1].reason == "核查"


def test_a_row_that_does_not_open_is_named_and_stops_no_other(
    held: tuple[Running, str], settings: Settings, issuer_clock: FixedClock
) -> None:
    """One licence has the sealed part of another. The others come over; the walk names it; finish keeps the key."""
    running, _ = held
    first, second = running.node.database["licences"].find().limit(2)
    running.node.database["licences"].update_one(
        {"authority": first["authority"], "_id": first["_id"]}, {"$set": {"sealed": second["sealed"]}}
    )
    rotation.begin(settings.master_key_file)
    licences = Running(settings, issuer_clock).rows(issuer_clock)[0]
    changed = 0
    with pytest.raises(SealedDataError) as caught:  # noqa: PT012
        for one in licences.reseal():
            changed += one
    assert caught.value.where == f"licences {first['_id']}"
    assert (changed, licences.older()) == (ENTERED - 1, 1)
    with pytest.raises(RotationUnfinishedError):
        finish_rotation(settings, SERVICES, issuer_clock)


def test_nothing_is_finished_that_was_not_begun(settings: Settings, issuer_clock: FixedClock) -> None:
    key = settings.master_key_file.read_bytes()
    with pytest.raises(MasterKeyError, match="No rotation"):
        finish_rotation(settings, SERVICES, issuer_clock)
    assert settings.master_key_file.read_bytes() == key


def test_the_commands_in_their_order(settings: Settings, issuer_clock: FixedClock) -> None:
    """An empty verifier and wallet beside nothing else: begin, begin again (refused), finish."""
    runner, environ = CliRunner(), environment(settings)
    for rows in Running(settings, issuer_clock).rows(issuer_clock):  # nothing of the other tests
        assert isinstance(rows, SealedRows | PassingRows)
        rows.rows.delete_many({})
    began = runner.invoke(master_key_commands, ["begin"], env=environ, catch_exceptions=False)
    assert MasterKey.load(settings.master_key_file).key_id in began.output
    with pytest.raises(MasterKeyError):
        runner.invoke(master_key_commands, ["begin"], env=environ, catch_exceptions=False)
    done = runner.invoke(
        master_key_commands, ["finish", "--service", "issuer"], env=environ, catch_exceptions=False
    )
    assert "The master key is changed" in done.output
    assert not previous_key_path(settings.master_key_file).exists()


def environment(settings: Settings) -> dict[str, str]:
    return {
        "ELICENCE_DATA": str(settings.data),
        "ELICENCE_STORE_URI": settings.store_uri,
        "ELICENCE_DATABASE_PREFIX": settings.database_prefix,
        "ELICENCE_MASTER_KEY_FILE": str(settings.master_key_file),
    }


def _seal(master: MasterKey) -> Any:
    from issuer.library.record_document import RecordSeal

    return RecordSeal(master.envelope("licence-record"), master.lookup_key())
