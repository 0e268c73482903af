"""The type feed against a real publisher on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import orjson
import pytest

from service.outbound import Outbound
from service.type_feed import TypeFeed
from standards.licence_types import check_licence_type, load_catalogue, type_metadata
from standards.licence_types.type_data import type_data
from standards.sd_jwt_vc import encode_type_metadata, vct_integrity
from tests.support.clock import FixedClock
from tests.support.made_types import bee_permit
from tests.support.publisher import Publisher, running_publisher
from tests.support.trust_world import AT

USCC = "11330100MB99X10161"
BEES, ERRORS = check_licence_type(
    bee_permit()
    | {
        "code": f"{USCC}001",
        "version": "1",
        "code_origin": "published",
        "defining_authority": {
            "uscc": USCC,
            "name": {"zh": "某局（示例）", "en": "An authority"},
            "level": "city",
        },
    }
)
assert BEES is not None, ERRORS
DOCUMENT = encode_type_metadata(type_metadata(BEES))
INTEGRITY = vct_integrity(DOCUMENT)
PATH = f"/vct?vct=urn%3Aelicence%3Atype%3A{BEES.code}%3A1"
DATA_PATH = f"/vct/{BEES.code}/1/data"


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with running_publisher() as publisher:
        yield publisher


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(AT)


@pytest.fixture
def feed(publisher: Publisher, clock: FixedClock) -> TypeFeed:
    return TypeFeed(Outbound(frozenset({publisher.origin}), timeout_seconds=2), clock)


def test_fetched_once_and_remembered(publisher: Publisher, feed: TypeFeed) -> None:
    assert BEES is not None
    publisher.publish(PATH, DOCUMENT)
    publisher.publish(DATA_PATH, orjson.dumps(type_data(BEES)))
    issuer = f"{publisher.origin}/authorities/{USCC}"
    for _ in range(3):
        found = feed.describe(BEES.vct, INTEGRITY, issuer)
        assert found is not None
        assert found.fields["apiary_place"].label.zh == "蜂场地点"
        mask = found.fields["contact_number"].mask
        assert mask is not None
        assert mask.apply("13800000000") == "138******00"
    assert publisher.asked == {PATH: 1, DATA_PATH: 1}


def test_another_document_than_the_signed_one_is_not_shown(publisher: Publisher, feed: TypeFeed) -> None:
    """Credential signed over A ── its server answers B ("Bee-keeper" relabelled) ──▶ not used, the claim's name stands."""
    assert BEES is not None
    publisher.publish(PATH, DOCUMENT.replace("养蜂人".encode(), "法官".encode()))
    assert feed.describe(BEES.vct, INTEGRITY, publisher.origin) is None


def test_what_could_not_be_had_is_asked_for_again_after_a_minute(
    publisher: Publisher, feed: TypeFeed, clock: FixedClock
) -> None:
    assert BEES is not None
    assert feed.describe(BEES.vct, INTEGRITY, publisher.origin) is None
    publisher.publish(PATH, DOCUMENT)
    assert feed.describe(BEES.vct, INTEGRITY, publisher.origin) is None
    assert publisher.asked[PATH] == 1
    clock.advance(timedelta(seconds=61))
    found = feed.describe(BEES.vct, INTEGRITY, publisher.origin)
    assert found is not None
    assert found.name.zh == "养蜂许可证（示例）"


def test_nothing_is_fetched_for_a_type_that_ships_or_that_nothing_proves(
    publisher: Publisher, feed: TypeFeed
) -> None:
    assert BEES is not None
    shipped = load_catalogue().all()[0]
    assert feed.describe(shipped.vct, "sha256-x", publisher.origin) is not None
    assert feed.describe(BEES.vct, None, publisher.origin) is None
    assert not publisher.asked


def test_an_issuer_cannot_send_us_elsewhere(publisher: Publisher, feed: TypeFeed) -> None:
    """Trusted signer names itself ``http://127.0.0.1:1`` or no address at all ──▶ refused, no exception."""
    assert BEES is not None
    for issuer in ("http://127.0.0.1:1", "file:///etc/passwd", "", "https://localhost"):
        assert feed.describe(BEES.vct, INTEGRITY, issuer) is None
