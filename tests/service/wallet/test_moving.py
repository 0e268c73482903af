"""A wallet moves to another wallet service: one sealed file, and each copy is shown by one of the two only."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from keys.master_key import MasterKey
from tests.support.clock import FixedClock
from tests.support.wallet_world import (
    FOOD_LICENCE,
    IDENTITY_CARD,
    LI,
    ZHANG,
    Browser,
    WalletWorld,
    food_claims,
    identity_claims,
)
from wallet.app import create_app
from wallet.moving.errors import FileNotOpenedError, NotAWalletFileError
from wallet.moving.sealed_file import open_file, seal_file

WORDS = "四个随意的词 correct horse"


@dataclass
class Other:
    """Another wallet service of the same nation: its own database and master key.

    One process speaks to one wallet's documents at a time, so it starts when the first has done its part.
    """

    first: WalletWorld
    directory: Path
    started: WalletWorld | None = None

    @property
    def world(self) -> WalletWorld:
        if self.started is None:
            key_file = self.directory / "other" / "master.key"
            key_file.parent.mkdir()
            key = MasterKey.create(key_file)
            settings = replace(
                self.first.node.settings,
                data=key_file.parent,
                master_key_file=key_file,
                database_prefix=self.first.node.settings.database_prefix + "_moved",
            )
            app = create_app(settings, self.first.clock)
            node = app.extensions["elicence.wallet"]
            self.started = replace(self.first, app=app, node=node, master_key=key)
        return self.started

    def sign_in(self, person: Any = ZHANG) -> Browser:
        return self.world.sign_in(person)


@pytest.fixture
def other(world: WalletWorld, tmp_path: Path) -> Iterator[Other]:
    made = Other(world, tmp_path)
    yield made
    if made.started is not None:
        database = made.started.node.database
        database.client.drop_database(database.name)


def fill(world: WalletWorld, browser: Browser) -> None:
    for vct, claims in ((IDENTITY_CARD.vct, identity_claims()), (FOOD_LICENCE.vct, food_claims())):
        assert browser.receive(world.issuer.offer(vct, claims)).status_code == 201


def move_out(browser: Browser, words: str = WORDS) -> bytes:
    answer = browser.submit("/move", passphrase=words, again=words)
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["Content-Disposition"]
    return bytes(answer.data)


def move_in(browser: Browser, file: bytes, words: str = WORDS) -> Any:
    return browser.submit("/move/in", file=(io.BytesIO(file), "wallet.elicence"), opening=words)


def test_what_was_moved_works_there_and_is_gone_here(
    world: WalletWorld, zhang: Browser, other: Other
) -> None:
    fill(world, zhang)
    file = move_out(zhang)
    assert zhang.credentials() == []
    there = other.sign_in()
    page = move_in(there, file)
    assert "已迁入 2 / 2 张证照" in page.text, page.text
    assert {card["vct"] for card in there.credentials()} == {IDENTITY_CARD.vct, FOOD_LICENCE.vct}


def test_nothing_in_the_file_can_be_read(world: WalletWorld, zhang: Browser) -> None:
    fill(world, zhang)
    file = move_out(zhang)
    for secret in (ZHANG.number, ZHANG.name, "PRIVATE", "dc+sd-jwt", "eyJ"):
        assert secret.encode() not in file


def test_a_wrong_passphrase_opens_nothing(world: WalletWorld, zhang: Browser) -> None:
    fill(world, zhang)
    file = move_out(zhang)
    answer = move_in(zhang, file, "another passphrase")
    assert answer.status_code == 422
    assert "口令不对" in answer.text
    assert zhang.credentials() == []


def test_an_altered_file_opens_nothing() -> None:
    """One bit of the sealed part, and a cheaper key derivation in the line above it."""
    file = seal_file({"a": 1}, WORDS)
    assert open_file(file, WORDS) == {"a": 1}
    with pytest.raises(FileNotOpenedError):
        open_file(file[:-1] + bytes([file[-1] ^ 1]), WORDS)
    header, _, sealed = file.partition(b"\n")
    weaker = json.dumps(json.loads(header) | {"n": 1024}).encode()
    with pytest.raises(FileNotOpenedError):
        open_file(weaker + b"\n" + sealed, WORDS)


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"PK\x03\x04", b'{"format":"elicence-wallet"}\n', b"x" * 2000],
)
def test_another_file_is_none(data: bytes) -> None:
    with pytest.raises(NotAWalletFileError):
        open_file(data, WORDS)


def test_a_file_cannot_make_the_service_work_without_bounds() -> None:
    """A header that asks for a gigabyte of memory is refused before anything is derived."""
    header, _, sealed = seal_file({}, WORDS).partition(b"\n")
    greedy = json.dumps(json.loads(header) | {"n": 2**22}).encode()
    with pytest.raises(NotAWalletFileError):
        open_file(greedy + b"\n" + sealed, WORDS)


@pytest.mark.parametrize(
    ("words", "again"), [("short", "short"), ("aaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaa"), (WORDS, WORDS + "x")]
)
def test_a_passphrase_that_will_not_do_moves_nothing(
    world: WalletWorld, zhang: Browser, words: str, again: str
) -> None:
    fill(world, zhang)
    assert zhang.submit("/move", passphrase=words, again=again).status_code == 422
    assert len(zhang.credentials()) == 2


def test_somebody_elses_wallet_is_not_taken_in(world: WalletWorld, zhang: Browser) -> None:
    """Zhang's file and its passphrase in Li's hands: refused, whatever else is in it."""
    fill(world, zhang)
    file = move_out(zhang)
    li = world.sign_in(LI)
    answer = move_in(li, file)
    assert answer.status_code == 422
    assert "另一位持有人" in answer.text
    assert li.credentials() == []


def test_a_forged_licence_in_a_file_is_left_out(world: WalletWorld, zhang: Browser, other: Other) -> None:
    """A file of one's own making: one credential altered, another bound to another key; the good one is taken in."""
    fill(world, zhang)
    content = open_file(move_out(zhang), WORDS)
    forged = json.loads(json.dumps(content["licences"][0]))
    first = forged["copies"][0]
    head, dot, rest = first["credential"].partition(".")
    first["credential"] = head + dot + rest[:40] + ("A" if rest[40] != "A" else "B") + rest[41:]
    swapped = json.loads(json.dumps(content["licences"][0]))
    swapped["copies"][0]["key"] = content["licences"][1]["copies"][0]["key"]
    content["licences"] = [forged, swapped, "nonsense", content["licences"][1]]
    there = other.sign_in()
    page = move_in(there, seal_file(content, WORDS))
    assert "已迁入 1 / 4 张证照" in page.text
    assert len(there.credentials()) == 1


def test_a_lost_file_is_no_lost_wallet(world: WalletWorld, zhang: Browser) -> None:
    """Put back within a week: every copy counts as seen, and nothing refreshes by means that went along."""
    fill(world, zhang)
    move_out(zhang)
    assert "撤销迁移" in zhang.page("/move").text
    assert zhang.submit("/move/undo").status_code == 303
    assert len(zhang.credentials()) == 2
    for holding in world.node.holdings.all_of(world.account_of()):
        assert holding.unused_copies == 0
        assert holding.renewal.means is None


def test_what_was_seen_stays_seen_and_the_log_comes_along(
    world: WalletWorld, zhang: Browser, other: Other, clock: FixedClock
) -> None:
    fill(world, zhang)
    holder = world.account_of()
    for holding in world.node.holdings.all_of(holder):
        assert world.node.holdings.mark_used(
            holder, holding.holding_id, holding.copies[0].copy_id, clock.now()
        )
    lines = len(list(world.node.use_log.walk(holder)))
    file = move_out(zhang)
    there = other.sign_in()
    page = move_in(there, file)
    assert f"{lines} 条用证记录" in page.text
    kept = other.world.node.holdings.all_of(other.world.account_of())
    assert [holding.unused_copies for holding in kept] == [4, 4]
    assert all(holding.renewal.means is not None for holding in kept)


def test_a_file_taken_in_twice_is_there_once(world: WalletWorld, zhang: Browser, other: Other) -> None:
    fill(world, zhang)
    file = move_out(zhang)
    there = other.sign_in()
    move_in(there, file)
    page = move_in(there, file)
    assert "0 条用证记录" in page.text
    assert len(there.credentials()) == 2


def test_a_wallet_is_moved_out_only_by_whoever_proved_it_just_now(
    world: WalletWorld, zhang: Browser, clock: FixedClock
) -> None:
    """Ten minutes after the sign-in, at an unlocked phone: nothing leaves."""
    fill(world, zhang)
    clock.advance(timedelta(minutes=10))
    answer = zhang.submit("/move", passphrase=WORDS, again=WORDS)
    assert answer.status_code == 303
    assert answer.location.startswith("/step-up")
    assert "确认身份" in zhang.page("/move").text
    assert len(zhang.credentials()) == 2
