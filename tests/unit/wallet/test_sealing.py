"""The key hierarchy: what one holder sealed no other opens, and nothing opens in another place."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta

import pytest

from keys.envelope import Envelope, SealingKey
from keys.errors import SealedDataError
from service.web.sign_in import Person
from tests.support.faces import AT, face
from wallet.accounts.account import Holder, new_account, open_holder
from wallet.accounts.subject import subject_of
from wallet.holdings.holding import Holding
from wallet.holdings.sealing import new_holder_key, open_copy, open_face, seal_face
from wallet.references import References

PERSON = Person("111", "99010119880512001X", "张小明", "zhang", "https://provider.example", "")


def holder() -> Holder:
    envelope = Envelope(SealingKey.of(secrets.token_bytes(32)))
    return open_holder(new_account(subject_of(PERSON), envelope, AT), PERSON, envelope)


def test_a_copy_opens_for_its_holder_with_the_key_it_was_made_with() -> None:
    owner = holder()
    key = new_holder_key()
    opened = open_copy(owner, key.seal("header.payload.signature~", owner))
    assert opened.credential == "header.payload.signature~"
    assert opened.signer.public_jwk == key.signer.public_jwk


def test_a_copy_does_not_open_for_anybody_else() -> None:
    copy = new_holder_key().seal("x", holder())
    with pytest.raises(SealedDataError):
        open_copy(holder(), copy)


def test_parts_of_two_copies_do_not_mix() -> None:
    """The credential of one copy under the row of another → refused: its data key is another."""
    owner = holder()
    one, two = new_holder_key().seal("one", owner), new_holder_key().seal("two", owner)
    for mixed in (
        replace(one, sealed_credential=two.sealed_credential),
        replace(one, sealed_key=two.sealed_key),
        replace(one, wrapped_key=two.wrapped_key),
        replace(one, copy_id=two.copy_id),
    ):
        with pytest.raises(SealedDataError):
            open_copy(owner, mixed)


def test_a_face_moved_to_another_licence_does_not_open() -> None:
    owner = holder()
    sealed = seal_face(owner, "holding-1", face())
    assert open_face(owner, "holding-1", sealed) == face()
    with pytest.raises(SealedDataError):
        open_face(owner, "holding-2", sealed)


def test_the_next_copy_is_an_unseen_one_then_the_one_seen_longest_ago() -> None:
    owner = holder()
    copies = [new_holder_key().seal("x", owner) for _ in range(3)]
    seen = [replace(copy, used_at=AT + timedelta(days=place)) for place, copy in enumerate(copies)]
    assert Holding("h", face(), AT, (seen[0], copies[1], seen[2])).next_copy() == copies[1]
    assert Holding("h", face(), AT, (seen[2], seen[0], seen[1])).next_copy() == seen[0]


def test_a_person_is_recognised_by_type_and_number_together() -> None:
    owner = holder()
    assert owner.holds("111", " 99010119880512001x")
    assert not owner.holds("414", PERSON.number)
    assert not owner.holds("111", "990101198805120024")


def test_references_tell_lists_of_parts_apart() -> None:
    references = References(secrets.token_bytes(32))
    assert references.of("offer", "a", "b") == references.of("offer", "a", "b")
    assert (
        len(
            {
                references.of("offer", "ab"),
                references.of("offer", "a", "b"),
                references.of("licence", "a", "b"),
            }
        )
        == 3
    )
