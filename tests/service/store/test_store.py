from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import mongoengine
import pytest

from service.embedded_store.binary import find_binary
from service.embedded_store.secrets_on_disk import free_port
from service.errors import SettingsError, StoreUnavailableError, StoreUnsuitableError
from service.settings import Settings
from service.store import check_health, connect, disconnect

MakeSettings = Callable[..., Settings]


def test_every_write_is_majority_and_journaled_whatever_the_address_says(make_settings: MakeSettings) -> None:
    settings = make_settings(
        store_uri=make_settings().store_uri.replace("w=majority&journal=true", "w=1&journal=false")
    )
    database = connect(settings, "issuer")
    assert database.write_concern.document == {"w": "majority", "j": True, "wtimeout": 10_000}
    assert database.read_concern.level == "majority"
    assert database.client.options.retry_writes
    assert database.name == settings.database_name("issuer")


def test_mongoengine_uses_the_same_database_under_the_services_name(settings: Settings) -> None:
    class Note(mongoengine.Document):
        text = mongoengine.StringField()
        meta: ClassVar = {"db_alias": "wallet"}

    database = connect(settings, "wallet")
    Note(text="x").save()
    assert database["note"].find_one({})["text"] == "x"


def test_health_is_a_write_that_can_be_read(settings: Settings) -> None:
    database = connect(settings, "verifier")
    check_health(database)
    assert database["health"].count_documents({}) == 1


def test_no_address_is_refused_with_the_variables_name(make_settings: MakeSettings) -> None:
    with pytest.raises(SettingsError) as refused:
        connect(make_settings(store_uri=""), "issuer")
    assert refused.value.where == "ELICENCE_STORE_URI"


def test_a_wrong_password_is_refused_without_repeating_it(make_settings: MakeSettings) -> None:
    uri = make_settings().store_uri
    secret = uri.split(":")[2].split("@")[0]
    with pytest.raises(StoreUnavailableError) as refused:
        connect(make_settings(store_uri=uri.replace(secret, "wrong-password")), "issuer")
    assert "wrong-password" not in str(refused.value)


def test_an_address_that_cannot_be_read_is_refused_without_repeating_it(make_settings: MakeSettings) -> None:
    with pytest.raises(SettingsError) as refused:
        connect(make_settings(store_uri="mongodb://user:p@ss@host:notaport/"), "issuer")
    assert "p@ss" not in str(refused.value)


@pytest.fixture
def single_server(tmp_path: Path) -> Iterator[str]:
    """A ``mongod`` that is no replica set."""
    port = free_port()
    process = subprocess.Popen(
        [
            find_binary(),
            "--dbpath",
            tmp_path,
            "--port",
            str(port),
            "--bind_ip",
            "127.0.0.1",
            "--nounixsocket",
        ],
        stdout=subprocess.DEVNULL,
    )
    yield f"mongodb://127.0.0.1:{port}/"
    disconnect("issuer")
    process.kill()
    process.wait()


def test_a_single_server_is_refused_because_it_can_lose_acknowledged_writes(
    single_server: str, make_settings: MakeSettings
) -> None:
    with pytest.raises(StoreUnsuitableError):
        connect(make_settings(store_uri=single_server), "issuer")
