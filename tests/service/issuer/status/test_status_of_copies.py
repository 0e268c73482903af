"""A change of a licence reaches every copy of it, and the published list follows at once."""

from __future__ import annotations

import threading
from datetime import timedelta
from itertools import pairwise
from typing import Any

import orjson
import pytest

from issuer.issuance.check_token import PresentedGrant
from issuer.issuance.issue_copies import issue_copies
from issuer.issuance.uses import Use
from issuer.status.allocate_entries import EntryAllocator
from issuer.status.background import publish_status_lists
from issuer.status.change import FORGET_AFTER
from issuer.status.entry import LIST_CAPACITY, Entries, status_list_uri
from issuer.status.list_store import Lease
from issuer.status.permutation import IndexPermutation
from issuer.status.store import NewCopies, StatusStore
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


def test_all_lists_at_once_are_the_lists_one_by_one(world: IssuanceWorld) -> None:
    text = issue(world, world.record_licence(), 1)[0]
    client = world.app.test_client()
    lists: dict[str, str] = orjson.loads(client.get("/status-lists").data)["status_lists"]
    (uri,) = (one for one in lists if one.endswith(path_of(world, text)))
    assert lists[uri] == client.get(path_of(world, text)).get_data(as_text=True)


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

    use = desk.uses.use

    def use_then_revoke(proof: Any, nonces: Any, grant: Any, copies: NewCopies) -> Use:
        used = use(proof, nonces, grant, copies)
        world.change(identifier, "revoke")
        return used

    desk.uses.use = use_then_revoke  # type: ignore[method-assign]
    try:
        with pytest.raises(CredentialRequestDeniedError):
            issue_copies(desk, issuer, PresentedGrant(grant, None), asked, at=at)
    finally:
        del desk.uses.use
    [kept] = StatusStore(world.node.database).copies_of_licence(identifier)
    assert kept.value is StatusValue.INVALID


# -- entries ----------------------------------------------------------------------------------------------------------


def test_entries_are_unique_over_eight_writers_at_once(world: IssuanceWorld, status: StatusStore) -> None:
    """Eight processes' allocators over one list: every entry is given once, singly and in blocks."""
    found: list[tuple[int, int]] = []

    def draw() -> None:
        allocator = EntryAllocator(status)
        for count in (1, 20, 300, 1, 7, 256):
            entries = allocator.allocate("A" * 18, count)
            assert len(entries.indexes) == count
            found.extend((entries.list_number, index) for index in entries.indexes)

    threads = [threading.Thread(target=draw) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == len(found) == 8 * 585
    assert all(0 <= index < LIST_CAPACITY for _, index in found)


def test_entries_of_a_batch_do_not_lie_side_by_side(world: IssuanceWorld, status: StatusStore) -> None:
    """Neighbours would tell two verifiers that two copies are of one wallet (section 12.5)."""
    indexes = sorted(EntryAllocator(status).allocate("D" * 18, 20).indexes)
    distances = [after - before for before, after in pairwise(indexes)]
    assert sum(distance < 100 for distance in distances) < 5


def test_a_killed_process_wastes_its_block_and_nobody_gets_it_again(
    world: IssuanceWorld, status: StatusStore
) -> None:
    """lease of 256 → 1 used → kill -9 → the next process: other entries, the 255 are never given."""
    first = EntryAllocator(status).allocate("E" * 18, 1)
    second = EntryAllocator(status).allocate("E" * 18, 256)
    assert first.list_number == second.list_number
    assert first.indexes[0] not in second.indexes
    assert status.lease(first.list_number, 1) == Lease(key_of_list(status, first.list_number), 512)


def key_of_list(status: StatusStore, number: int) -> bytes:
    row = status._lists.find_one({"_id": number})
    assert row is not None
    return bytes(row["key"])


def test_a_full_list_is_closed_and_another_one_opened(world: IssuanceWorld, status: StatusStore) -> None:
    """A list with 255 counters left: a block of 256 comes out of a new list, the full one goes on being published."""
    allocator = EntryAllocator(status)
    full = allocator.allocate("C" * 18, 256).list_number
    status._lists.update_one({"_id": full}, {"$set": {"next": LIST_CAPACITY - 255}})
    after = allocator.allocate("C" * 18, 1)
    assert after.list_number != full
    assert status.open_lists("C" * 18) == (after.list_number,)
    assert full in status.list_numbers()


def test_all_indexes_of_a_list_are_given_once() -> None:
    """The permutation of 2^20 counters: every index once."""
    index_of = IndexPermutation(bytes(range(16))).index_of
    assert len({index_of(counter) for counter in range(0, LIST_CAPACITY, 7)}) == len(
        range(0, LIST_CAPACITY, 7)
    )
    assert {index_of(counter) >> 19 for counter in range(64)} == {0, 1}


def test_what_is_kept_of_a_copy_has_an_end(world: IssuanceWorld, status: StatusStore) -> None:
    """Rows go by TTL after the copies have expired; what they hold is no claim and no key."""
    now = world.clock.now()
    made = NewCopies("licence", Entries(78, (5, 6)), now, now + timedelta(days=1))
    status.insert_copies([("batch:test:1", made)])
    row = status._copies.find_one({"_id": "batch:test:1"})
    assert row is not None
    assert set(row) == {
        "_id", "list", "licence", "indexes", "value", "revision", "issued_at", "delete_at",
    }  # fmt: skip
    assert row["delete_at"] == now + timedelta(days=31)
    indexes = status._copies.index_information()
    assert indexes["expiry"]["expireAfterSeconds"] == 0
    # Again, after a crash: the same row stays.
    status.insert_copies([("batch:test:1", NewCopies("licence", Entries(79, (7,)), now, now))])
    assert status.find_copies(["batch:test:1", "batch:test:2"]) == {"batch:test:1": Entries(78, (5, 6))}


def test_a_kept_list_follows_by_what_changed_alone(world: IssuanceWorld, status: StatusStore) -> None:
    """One licence of two suspended and returned again, beside a revoked one: the kept list reads only what changed,
    and says the same as one that is read anew.
    """
    first, second = (world.record_licence() for _ in range(2))
    copies = issue(world, first, 2) + issue(world, second, 2)
    assert [status_of(world, copy) for copy in copies] == [0, 0, 0, 0]
    world.change(first, "suspend")
    assert [status_of(world, copy) for copy in copies] == [2, 2, 0, 0]
    world.change(second, "revoke")
    world.change(first, "return")
    assert [status_of(world, copy) for copy in copies] == [0, 0, 1, 1]
    world.node.issuance.status_lists.forget()
    assert [status_of(world, copy) for copy in copies] == [0, 0, 1, 1]


def test_lists_are_published_in_the_background_and_served_from_there(
    world: IssuanceWorld, status: StatusStore
) -> None:
    """The worker publishes; a process that has just started serves that very text and reads no copies for it. What
    changes afterwards is served at once all the same.
    """
    identifier = world.record_licence()
    [copy] = issue(world, identifier, 1)
    world.change(identifier, "suspend")
    publish_status_lists(world.node, world.clock.now())
    number = int(path_of(world, copy).rpartition("/")[2])
    published = status.find_publication(number)
    assert published is not None
    lists = world.node.issuance.status_lists
    lists.forget()
    assert lists.current(number, at=world.clock.now()).token == published.token
    assert status_of(world, copy) == int(StatusValue.SUSPENDED)
    world.change(identifier, "return")
    assert status_of(world, copy) == 0
    assert lists.publish(at=world.clock.now()) == 1
    assert lists.publish(at=world.clock.now()) == 0


def test_a_list_that_was_kept_for_too_many_changes_is_read_anew(
    world: IssuanceWorld, status: StatusStore
) -> None:
    identifier = world.record_licence()
    [copy] = issue(world, identifier, 1)
    assert status_of(world, copy) == 0
    world.change(identifier, "suspend")
    number = int(path_of(world, copy).rpartition("/")[2])
    record, licences = status.changed_since(number, 0)
    for _ in range(130):
        status.raise_versions({number}, "another")
    assert status.changed_since(number, record.version)[1] is None
    assert licences is None or identifier in licences
    assert status_of(world, copy) == int(StatusValue.SUSPENDED)


def test_all_lists_come_out_for_the_offline_bundle(world: IssuanceWorld, status: StatusStore) -> None:
    issue(world, world.record_licence(), 1)
    for number in (77, 78):
        status._lists.delete_one({"_id": number})
    status._lists.delete_many({"authority": {"$in": [letter * 18 for letter in "ACDE"]}})
    lists = world.node.issuance.status_lists.all_current(at=world.clock.now())
    assert set(lists) == {status_list_uri(world.issuer_url, number) for number in status.list_numbers()}
    assert all(parse_status_list_token(token).jws.claims()["sub"] == uri for uri, token in lists.items())
