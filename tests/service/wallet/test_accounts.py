"""Accounts: one for each person, found without their number lying about, through a rotation of the lookup key."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from keys import rotation
from keys.errors import SealedDataError
from keys.master_key import MasterKey
from service.demo.people import CITIZENS, DemoPerson
from service.settings import Settings
from service.store import connect
from service.web.sign_in import Person
from wallet.accounts.account import Holder
from wallet.accounts.open_account import open_account
from wallet.accounts.store import AccountDocument, AccountLookupDocument, AccountStore, AccountsUnderKey

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _empty(settings: Settings) -> None:
    connect(settings, "wallet")
    AccountDocument.objects.delete()
    AccountLookupDocument.objects.delete()


def opened(master_key: MasterKey, person: DemoPerson = CITIZENS[0], version: int = 1) -> Holder:
    who = Person(person.code_type, person.number, person.name, person.subject, "https://provider.example", "")
    return open_account(
        who,
        store=AccountStore(),
        lookup_key=master_key.lookup_key(version),
        envelope=master_key.envelope("wallet account"),
        at=AT,
    )


def test_the_same_person_finds_the_same_account_and_another_their_own(master_key: MasterKey) -> None:
    first, again, other = opened(master_key), opened(master_key), opened(master_key, CITIZENS[1])
    assert first.account_id == again.account_id != other.account_id
    sealed = first.envelope.seal(b"mine", "place")
    assert again.envelope.open(sealed, "place") == b"mine"
    with pytest.raises(SealedDataError):
        other.envelope.open(sealed, "place")


def test_a_new_version_of_the_lookup_key_finds_the_account_and_leaves_a_second_row(
    master_key: MasterKey,
) -> None:
    before = opened(master_key, version=1)
    assert opened(master_key, version=2).account_id == before.account_id
    assert AccountLookupDocument.objects(account_id=before.account_id).count() == 2
    # The old version is gone by now; the account is found by the new one alone.
    assert opened(master_key, version=3).account_id == before.account_id


def test_a_rotation_of_the_master_key_keeps_the_account_of_somebody_who_stayed_away(
    settings: Settings, tmp_path
) -> None:
    """Signed in before, resealed meanwhile, signed in after the old key is gone: the same account, its seals open."""
    path = tmp_path / "master.key"
    before = opened(MasterKey.create(path))
    sealed = before.envelope.seal(b"mine", "place")

    both = rotation.begin(path)
    database = connect(settings, "wallet")
    under_key = AccountsUnderKey(database, both.lookup_key(), both.envelope("wallet account"))
    assert [sum(part.reseal()) for part in under_key.sealed_rows()] == [1, 1]
    assert [sum(part.reseal()) for part in under_key.sealed_rows()] == [0, 0]
    assert [part.older() for part in under_key.sealed_rows()] == [0, 0]
    rotation.finish(path, [])

    after = opened(MasterKey.load(path))
    assert after.account_id == before.account_id
    assert after.envelope.open(sealed, "place") == b"mine"


def test_eight_first_visits_at_once_make_one_account(master_key: MasterKey) -> None:
    gate = threading.Barrier(8)
    found: list[str] = []

    def visit() -> None:
        gate.wait(10)
        found.append(opened(master_key).account_id)

    threads = [threading.Thread(target=visit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(found) == 8
    assert len(set(found)) == 1
    assert AccountDocument.objects.count() == 1


def test_another_nodes_key_does_not_open_an_account(master_key: MasterKey, tmp_path) -> None:
    """The lookup value differs, so the other node makes an account of its own; it never opens this one."""
    opened(master_key)
    other = MasterKey.create(tmp_path / "other.key")
    assert opened(other).account_id != opened(master_key).account_id
