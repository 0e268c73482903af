"""What a session costs and keeps in the real store."""

from __future__ import annotations

from datetime import timedelta

import pymongo
import pytest
from pymongo import monitoring

from keys.master_key import MasterKey
from service.web.sign_in.attempt import new_attempt, open_attempt, seal_attempt
from service.web.sign_in.desk import SignInDesk
from service.web.sign_in.links import ProviderLinks
from service.web.sign_in.person import Person
from service.web.sign_in.providers import listed_providers
from service.web.sign_in.session import session_id_of
from service.web.sign_in.store import SessionStore
from tests.support.clock import START, FixedClock

PERSON = Person("111", "990101198805120016", "张小明", "zhang-xiaoming", "http://localhost:8004", "")


@pytest.fixture
def sessions(database, master_key: MasterKey) -> SessionStore:
    store = SessionStore(database, master_key.envelope("sign-in session"))
    store.ensure_indexes()
    return store


def test_keeps_the_person_sealed_and_the_token_hashed(sessions: SessionStore, database) -> None:
    token = sessions.begin(PERSON, START)
    found = sessions.find(token)
    assert found is not None
    assert found.person == PERSON
    document = database["sign_in_sessions"].find_one()
    assert document["_id"] == session_id_of(token)
    assert token not in repr(document)


def test_person_moved_to_another_session_does_not_open(sessions: SessionStore, database) -> None:
    """Somebody who can write to the store copies the victim's sealed person into a session of his own: no session."""
    victim, own = sessions.begin(PERSON, START), sessions.begin(PERSON, START)
    sealed = database["sign_in_sessions"].find_one({"_id": session_id_of(victim)})["person"]
    database["sign_in_sessions"].update_one({"_id": session_id_of(own)}, {"$set": {"person": sealed}})
    assert sessions.find(own) is None


def test_store_drops_what_has_ended(sessions: SessionStore, database) -> None:
    sessions.begin(PERSON, START)
    document = database["sign_in_sessions"].find_one()
    assert document["ends_at"] == START + timedelta(hours=1)
    indexes = database["sign_in_sessions"].index_information()
    assert indexes["ends_at_1"]["expireAfterSeconds"] == 0


def test_touching_never_outlives_the_absolute_end(sessions: SessionStore, database) -> None:
    token = sessions.begin(PERSON, START)
    session = sessions.find(token)
    assert session is not None
    sessions.touch(session, START + timedelta(hours=11, minutes=50))
    assert database["sign_in_sessions"].find_one()["ends_at"] == START + timedelta(hours=12)


class WriteListener(monitoring.CommandListener):
    """Notes the name of each command that changes something."""

    def __init__(self) -> None:
        self.writes: list[str] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name in ("insert", "update", "delete"):
            self.writes.append(event.command_name)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None: ...

    def failed(self, event: monitoring.CommandFailedEvent) -> None: ...


def test_activity_is_written_once_a_minute_not_once_a_click(web_settings, master_key: MasterKey) -> None:
    """Six requests, 25 seconds apart: two durable writes."""
    listener, clock, envelope = WriteListener(), FixedClock(), master_key.envelope("sign-in session")
    with pymongo.MongoClient(web_settings.store_uri, event_listeners=[listener], tz_aware=True) as client:
        sessions = SessionStore(client[f"{web_settings.database_prefix}_listened"], envelope)
        links = ProviderLinks(client[f"{web_settings.database_prefix}_listened"], master_key)
        desk = SignInDesk(listed_providers(web_settings, "wallet"), sessions, links, envelope, clock)
        token = sessions.begin(PERSON, clock.now())
        listener.writes.clear()
        for _ in range(6):
            clock.advance(timedelta(seconds=25))
            assert desk.live_session(token) is not None
    assert listener.writes == ["update", "update"]


def test_repr_of_a_person_tells_nobody() -> None:
    assert "990101" not in repr(PERSON)
    assert "张小明" not in repr(PERSON)


@pytest.mark.parametrize("cookie", [None, "", "a", "!" * 40, "A" * 9000])
def test_odd_attempt_cookies_are_no_attempt(master_key: MasterKey, cookie: str | None) -> None:
    assert open_attempt(cookie, master_key.envelope("sign-in attempt"), START) is None


def test_altered_attempt_is_no_attempt(master_key: MasterKey) -> None:
    envelope = master_key.envelope("sign-in attempt")
    attempt = new_attempt("/", START)
    sealed = seal_attempt(attempt, envelope)
    assert open_attempt(sealed, envelope, START) == attempt
    altered = ("A" if sealed[60] != "A" else "B").join((sealed[:60], sealed[61:]))
    assert open_attempt(altered, envelope, START) is None
    assert open_attempt(sealed, master_key.envelope("something else"), START) is None
