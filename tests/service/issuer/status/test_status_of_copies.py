"""A change of a licence reaches every copy of it, and the published list follows at once."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from issuer.issuance.check_token import PresentedGrant
from issuer.issuance.issue_copies import issue_copies
from issuer.status.allocate_entries import EntryAllocator
from issuer.status.change import FORGET_AFTER
from issuer.status.entry import LIST_CAPACITY, Entry, status_list_uri
from issuer.status.store import CopyRecord, StatusStore
from standards.openid4vci import CredentialRequest, CredentialRequestDeniedError, build_key_proof
from standards.status_list import (
    StatusIndexError,
    StatusValue,
    parse_status_list_token,
    verify_status_list_token,
)
from tests.support.issuance_world import HolderKey, IssuanceWorld, key_of, status_of, verified


def issue(world: IssuanceWorld, identifier: str, copies: int) -> list[str]:
    visit = world.wallet(world.offer(identifier))
    visit.redeem()
    return [one["credential"] for one in visit.receive(copies)["credentials"]]


def path_of(world: IssuanceWorld, text: str) -> str:
    status = verified(text).registered.status
    assert status is not None
    return status.uri.removeprefix(world.issuer_url)


@pytest.fixture
def status(world: IssuanceWorld) -> StatusStore:
    return StatusStore(world.node.database)


def unfinished(status: StatusStore, at: Any) -> set[str]:
    return {change.licence for change in status.unfinished(at, 100)}


def test_a_revocation_reaches_ten_of_ten_copies(world: IssuanceWorld) -> None:
    """A reference issuer revoked one copy of ten and nine went on verifying."""
    identifier = world.record_licence()
    copies = issue(world, identifier, 10)
    others = issue(world, world.record_licence(), 3)
    assert [status_of(world, copy) for copy in copies] == [0] * 10
    world.change(identifier, "revoke")
    assert [status_of(world, copy) for copy in copies] == [int(StatusValue.INVALID)] * 10
    assert [status_of(world, copy) for copy in others] == [0] * 3


def test_copies_of_several_wallets_follow_there_and_back(world: IssuanceWorld) -> None:
    identifier = world.record_licence()
    copies = issue(world, identifier, 2) + issue(world, identifier, 3)
    world.change(identifier, "suspend")
    assert {status_of(world, copy) for copy in copies} == {int(StatusValue.SUSPENDED)}
    world.change(identifier, "return")
    assert {status_of(world, copy) for copy in copies} == {0}


def test_a_list_says_how_long_it_may_be_kept(world: IssuanceWorld) -> None:
    text = issue(world, world.record_licence(), 1)[0]
    answer = world.app.test_client().get(path_of(world, text))
    assert answer.mimetype == "application/statuslist+jwt"
    assert answer.headers["Cache-Control"] == "public, max-age=1"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    token = parse_status_list_token(answer.text)
    uri = world.issuer_url + path_of(world, text)
    listed = verify_status_list_token(
        token, key_of(token.certificate_chain[0]), uri=uri, at=world.clock.now()
    )
    assert listed.ttl == timedelta(seconds=1)
    assert listed.expires_at == world.clock.now() + timedelta(hours=24)
    assert len(listed.statuses) == LIST_CAPACITY
    with pytest.raises(StatusIndexError):
        listed.status_at(LIST_CAPACITY)


def test_an_unchanged_list_is_the_same_text_and_need_not_be_sent_again(world: IssuanceWorld) -> None:
    identifier = world.record_licence()
    text = issue(world, identifier, 1)[0]
    client = world.app.test_client()
    first = client.get(path_of(world, text))
    world.clock.advance(timedelta(hours=1))
    assert client.get(path_of(world, text)).data == first.data
    unchanged = client.get(path_of(world, text), headers={"If-None-Match": first.headers["ETag"]})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    world.change(identifier, "suspend")
    changed = client.get(path_of(world, text), headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


def test_an_old_list_is_signed_anew(world: IssuanceWorld) -> None:
    text = issue(world, world.record_licence(), 1)[0]
    client = world.app.test_client()
    first = client.get(path_of(world, text)).data
    world.clock.advance(timedelta(hours=6))
    assert client.get(path_of(world, text)).data != first
    assert status_of(world, text) == 0


@pytest.mark.parametrize(
    "path",
    [
        "/status-lists/0",
        "/status-lists/999999999999",
        # Larger than any integer of the store.
        "/status-lists/99999999999999999999999",
        "/status-lists/x",
        "/status-lists/-1",
    ],
)
def test_a_list_that_does_not_exist_is_not_found(world: IssuanceWorld, path: str) -> None:
    assert world.app.test_client().get(path).status_code == 404


def test_each_authority_has_lists_of_its_own(world: IssuanceWorld) -> None:
    authority = world.authorities[1]
    made = world.offer(world.record_licence(authority=authority), authority=authority)
    visit = world.wallet(made)
    visit.redeem()
    other = visit.receive()["credentials"][0]["credential"]
    assert path_of(world, other) != path_of(world, issue(world, world.record_licence(), 1)[0])


# -- after a crash ----------------------------------------------------------------------------------------------------


def test_a_change_whose_process_died_after_the_licence_was_written_is_finished(world: IssuanceWorld) -> None:
    """announce → licence suspended in the store → crash: the next reader of the list a second later sees it."""
    identifier = world.record_licence()
    copies = issue(world, identifier, 10)
    world.node.issuance.changes.announce_change(identifier, at=world.clock.now())
    world.node.database["licences"].update_one(
        {"authority": world.authorities[0].uscc, "_id": identifier},
        {"$set": {"state": "suspended"}, "$inc": {"revision": 1}},
    )
    world.clock.advance(timedelta(seconds=2))
    assert {status_of(world, copy) for copy in copies} == {int(StatusValue.SUSPENDED)}


def test_a_change_that_stopped_before_the_versions_grew_is_finished(
    world: IssuanceWorld, status: StatusStore
) -> None:
    """announce → licence written → copies written → crash: the version did not grow, the kept list would stay."""
    identifier = world.record_licence()
    copies = issue(world, identifier, 2)
    assert {status_of(world, copy) for copy in copies} == {0}  # the list is in memory now
    world.node.issuance.changes.announce_change(identifier, at=world.clock.now())
    world.node.database["licences"].update_one(
        {"authority": world.authorities[0].uscc, "_id": identifier},
        {"$set": {"state": "suspended"}, "$inc": {"revision": 1}},
    )
    status.set_values(identifier, StatusValue.SUSPENDED, 2)
    world.clock.advance(timedelta(seconds=2))
    assert {status_of(world, copy) for copy in copies} == {int(StatusValue.SUSPENDED)}


def test_an_announced_change_that_never_came_is_forgotten(world: IssuanceWorld, status: StatusStore) -> None:
    identifier = world.record_licence()
    changes = world.node.issuance.changes
    changes.announce_change(identifier, at=world.clock.now())
    soon = world.clock.now() + timedelta(seconds=5)
    for _ in range(2):
        changes.sweep(at=soon)
        assert identifier in unfinished(status, soon)  # whoever announced it may still be at work
    changes.sweep(at=world.clock.now() + FORGET_AFTER + timedelta(seconds=1))
    assert identifier not in unfinished(status, soon)


def test_nothing_is_left_of_a_finished_change(world: IssuanceWorld, status: StatusStore) -> None:
    identifier = world.record_licence()
    issue(world, identifier, 1)
    world.change(identifier, "suspend")
    assert identifier not in unfinished(status, world.clock.now() + timedelta(days=1))


def test_a_late_writer_does_not_undo_a_newer_change(world: IssuanceWorld) -> None:
    """Revision 2 suspends, revision 3 returns; the writer of revision 2 comes last → the copies stay valid."""
    identifier = world.record_licence()
    copies = issue(world, identifier, 2)
    changes = world.node.issuance.changes
    changes.set_licence_status(identifier, StatusValue.VALID, revision=3, at=world.clock.now())
    changes.set_licence_status(identifier, StatusValue.SUSPENDED, revision=2, at=world.clock.now())
    assert {status_of(world, copy) for copy in copies} == {0}


def test_no_copy_escapes_a_revocation_that_comes_while_it_is_issued(world: IssuanceWorld) -> None:
    """The revocation lands between taking the entries and reading the licence → denied, and the entries are invalid."""
    identifier = world.record_licence()
    visit = world.wallet(world.offer(identifier))
    visit.redeem()
    desk, at = world.node.issuance, world.clock.now()
    issuer = desk.issuers.at_path(None, at=at)
    grant = desk.access_tokens.read(visit.access_token)
    assert grant is not None
    key = HolderKey()
    proof = build_key_proof(issuer=issuer.identifier, jwk=key.jwk, sign=key.sign, nonce=visit.nonce(), at=at)
    asked = CredentialRequest((proof,), visit.configuration_id)
    allocate = desk.entries.allocate

    def allocate_then_revoke(*arguments: Any, **named: Any) -> tuple[Entry, ...]:
        entries = allocate(*arguments, **named)
        world.change(identifier, "revoke")
        return entries

    desk.entries.allocate = allocate_then_revoke  # type: ignore[method-assign]
    try:
        with pytest.raises(CredentialRequestDeniedError):
            issue_copies(desk, issuer, PresentedGrant(grant, None), asked, at=at)
    finally:
        del desk.entries.allocate
    assert set(StatusStore(world.node.database).values_of_licence(identifier).values()) == {
        StatusValue.INVALID
    }


# -- entries ----------------------------------------------------------------------------------------------------------


def test_entries_are_unique_over_many_draws_at_once(world: IssuanceWorld, status: StatusStore) -> None:
    allocator = EntryAllocator(status)
    found: list[Entry] = []
    expires_at = world.clock.now() + timedelta(days=1)

    def draw() -> None:
        for _ in range(5):
            found.extend(allocator.allocate("A" * 18, "draws", "offer", 20, expires_at=expires_at))

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({entry.packed() for entry in found}) == len(found) == 400


def test_a_taken_entry_is_drawn_again(
    world: IssuanceWorld, status: StatusStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two draws of the same index: the second meets the unique key and takes another one."""
    draws = iter([7, 7, 7, 8, 9, 9, 9, 10, 11])
    monkeypatch.setattr("issuer.status.allocate_entries.secrets.randbelow", lambda _: next(draws))
    status._lists.insert_one({"_id": 77, "authority": "B" * 18, "version": 1, "open": True})
    allocator = EntryAllocator(status)
    expires_at = world.clock.now() + timedelta(days=1)
    first = allocator.allocate("B" * 18, "l", "o", 1, expires_at=expires_at)
    second = allocator.allocate("B" * 18, "l", "o", 1, expires_at=expires_at)
    several = allocator.allocate("B" * 18, "l", "o", 2, expires_at=expires_at)
    assert [entry.index for entry in (*first, *second, *several)] == [7, 8, 9, 10]


def test_a_list_that_is_half_full_is_closed(
    world: IssuanceWorld, status: StatusStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a list of eight entries: after four of them a collision opens another list."""
    monkeypatch.setattr("issuer.status.allocate_entries.LIST_CAPACITY", 8)
    monkeypatch.setattr("issuer.status.allocate_entries.MAX_FILL", 4)
    allocator = EntryAllocator(status)
    expires_at = world.clock.now() + timedelta(days=1)
    entries = [allocator.allocate("C" * 18, "l", "o", 1, expires_at=expires_at)[0] for _ in range(24)]
    assert len(set(entries)) == 24
    assert len({entry.list_number for entry in entries}) >= 3
    assert len(status.open_lists("C" * 18)) <= 1


def test_what_is_kept_of_a_copy_has_an_end(world: IssuanceWorld, status: StatusStore) -> None:
    """Rows go by TTL after the copy has expired; what they hold is no claim and no key."""
    entry = Entry(78, 5)
    expires_at = world.clock.now() + timedelta(days=1)
    assert status.insert_copies([CopyRecord(entry, "licence", "offer", expires_at)]) == ()
    row = status._copies.find_one({"_id": entry.packed()})
    assert row is not None
    assert set(row) == {"_id", "list", "licence", "offer", "value", "revision", "delete_at"}
    assert row["delete_at"] == expires_at + timedelta(days=30)
    indexes = status._copies.index_information()
    assert indexes["expiry"]["expireAfterSeconds"] == 0


def test_all_lists_come_out_for_the_offline_bundle(world: IssuanceWorld, status: StatusStore) -> None:
    issue(world, world.record_licence(), 1)
    for number in (77, 78):
        status._lists.delete_one({"_id": number})
    status._lists.delete_many({"authority": {"$in": ["A" * 18, "B" * 18, "C" * 18]}})
    lists = world.node.issuance.status_lists.all_current(at=world.clock.now())
    assert set(lists) == {status_list_uri(world.issuer_url, number) for number in status.list_numbers()}
    assert all(parse_status_list_token(token).jws.claims()["sub"] == uri for uri, token in lists.items())
