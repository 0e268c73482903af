"""Grants as values and as signed texts: what may be made, what is covered, what comes back as it was."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings

from standards.jose import build_jws
from standards.mandate import (
    TYPE,
    Acting,
    Grant,
    GrantRefusal,
    GrantSignatureError,
    MandateError,
    Party,
    Scope,
    acting_claim,
    acting_extra,
    build_grant,
    parse_acting,
    parse_grant,
    refusal_of_parent,
    verify_grant,
)
from standards.status_list import StatusReference
from tests.support.altered_json import altered
from tests.unit.standards.conftest import KeyPair

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
COMPANY = Party("001", "91330100MA0000001F", "杭州小店有限公司（示例）")
AGENT = Party("111", "990101199203080023", "李小红")
CHILD = Party("999", "X330000001", "张小小")


def grant(**changes: Any) -> Grant:
    values: dict[str, Any] = {
        "id": "G-1",
        "subject": COMPANY,
        "agent": AGENT,
        "capacity": "agent",
        "scope": Scope(),
        "issued_at": AT,
        "not_before": AT,
        "expires_at": AT + timedelta(days=30),
        "parent": None,
        "status": StatusReference("https://wallet.example/status-lists/7", 11),
    } | changes
    return Grant(**values)


LIMITED = Scope(frozenset({"A", "B"}), frozenset({"item"}), frozenset({"330100", "510000"}), 3)


def test_a_grant_comes_back_as_it_was_made(holder: KeyPair) -> None:
    """Full and limited, with and without a parent: parse(build(x)) == x, and the key is remembered."""
    for made in (grant(), grant(scope=LIMITED, parent="M-1"), grant(capacity="manager")):
        unverified = parse_grant(build_grant(made, holder.sign))
        assert unverified.unverified == made
        verified = verify_grant(unverified, holder.public_jwk)
        assert (verified.grant, verified.key_thumbprint) == (made, holder.public_jwk.thumbprint())


def test_another_key_did_not_sign_it(holder: KeyPair, stranger: KeyPair) -> None:
    with pytest.raises(GrantSignatureError):
        verify_grant(parse_grant(build_grant(grant(), holder.sign)), stranger.public_jwk)


@pytest.mark.parametrize(
    "changes",
    [
        {"agent": COMPANY},
        {"agent": CHILD},
        {"subject": CHILD},
        {"subject": CHILD, "capacity": "relative"},
        {"capacity": "relative"},
        {"capacity": "owner"},
        {"subject": Party("111", "990101196607150047", "陈静"), "capacity": "manager"},
        {"subject": AGENT},
        {"capacity": "manager", "parent": "M-1"},
        {"expires_at": AT},
        {"expires_at": AT + timedelta(days=5 * 366, seconds=1)},
    ],
)
def test_what_cannot_be_granted(changes: dict[str, Any]) -> None:
    """An entity as agent, a child as granter, a manager of a person, oneself, no end, too late an end → refused."""
    with pytest.raises(MandateError):
        grant(**changes)


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(), None),
        (Scope(licence_types=frozenset({"A"})), None),
        (Scope(licence_types=frozenset({"B"})), GrantRefusal.LICENCE_TYPE),
        (Scope(service_items=frozenset({"other"})), GrantRefusal.SERVICE_ITEM),
        (Scope(divisions=frozenset({"330000"})), None),
        (Scope(divisions=frozenset({"330100"})), None),
        (Scope(divisions=frozenset({"330106"})), None),
        (Scope(divisions=frozenset({"330105"})), GrantRefusal.DIVISION),
        (Scope(divisions=frozenset({"330200"})), GrantRefusal.DIVISION),
        (Scope(divisions=frozenset({"510000", "330100"})), None),
    ],
)
def test_what_a_scope_covers(scope: Scope, expected: GrantRefusal | None) -> None:
    """A show of type A for ``item`` in 330106: a province covers its cities, a city its counties."""
    assert grant(scope=scope).covers("A", "item", "330106", AT) is expected


def test_a_city_does_not_cover_its_province() -> None:
    assert grant(scope=Scope(divisions=frozenset({"330100"}))).covers("A", None, "330000", AT)


def test_time_is_half_open_and_skew_widens_it() -> None:
    one = grant()
    assert one.covers("A", None, None, one.not_before) is None
    assert one.covers("A", None, None, one.expires_at - timedelta(seconds=1)) is None
    assert one.covers("A", None, None, one.expires_at) is GrantRefusal.EXPIRED
    early = one.not_before - timedelta(seconds=1)
    assert one.covers("A", None, None, early) is GrantRefusal.NOT_YET_VALID
    minute = timedelta(minutes=1)
    assert one.covers("A", None, None, one.expires_at, clock_skew=minute) is None
    assert one.covers("A", None, None, early, clock_skew=minute) is None


@pytest.mark.parametrize(
    ("inner", "outer", "within"),
    [
        (Scope(), Scope(), True),
        (LIMITED, Scope(), True),
        (Scope(), LIMITED, False),
        (LIMITED, LIMITED, True),
        (replace(LIMITED, uses=4), LIMITED, False),
        (replace(LIMITED, uses=None), LIMITED, False),
        (replace(LIMITED, licence_types=frozenset({"A"})), LIMITED, True),
        (replace(LIMITED, licence_types=frozenset({"A", "C"})), LIMITED, False),
        (replace(LIMITED, divisions=frozenset({"330106", "510104"})), LIMITED, True),
        (replace(LIMITED, divisions=frozenset({"330000"})), LIMITED, False),
    ],
)
def test_one_scope_within_another(inner: Scope, outer: Scope, within: bool) -> None:
    assert inner.is_within(outer) is within


@pytest.mark.parametrize(
    "values",
    [
        {"licence_types": frozenset()},
        {"divisions": frozenset({"33"})},
        {"divisions": frozenset({"no"})},
        {"uses": 0},
        {"service_items": frozenset(str(number) for number in range(65))},
    ],
)
def test_a_scope_that_nobody_can_mean(values: dict[str, Any]) -> None:
    """An empty limit, a division that is not written with six digits, no use at all, more than travels → refused."""
    with pytest.raises(MandateError):
        Scope(**values)


def test_a_manager_grants_on_only_within_his_own() -> None:
    manager = grant(id="M-1", capacity="manager", scope=LIMITED)
    leaf = grant(parent="M-1", scope=LIMITED)
    assert refusal_of_parent(leaf, (manager,)) is None
    assert refusal_of_parent(grant(parent="M-1"), (manager,)) is GrantRefusal.WIDER_THAN_PARENT
    assert refusal_of_parent(leaf, ()) is GrantRefusal.PARENT_MISSING
    assert refusal_of_parent(leaf, (replace(manager, id="M-2"),)) is GrantRefusal.PARENT_MISSING
    agent = replace(manager, capacity="agent")
    assert refusal_of_parent(leaf, (agent,)) is GrantRefusal.PARENT_UNSUITABLE


def test_who_acts_comes_back_as_it_was_said(holder: KeyPair) -> None:
    text = build_grant(grant(), holder.sign)
    acting = Acting("agent", AGENT, (text,), "a.b.c~d~")
    read = parse_acting(acting_claim(acting))
    assert (read.capacity, read.person, read.root) == ("agent", AGENT, "a.b.c~d~")
    assert [one.text for one in read.grants] == [text]
    assert acting_extra(None) is None


def test_each_refusal_says_why_in_both_languages() -> None:
    for refusal in GrantRefusal:
        assert refusal.message.zh != refusal.message.en
        assert refusal.value.startswith("grant-")


def test_an_almost_right_grant_or_statement_is_read_or_refused_by_its_own_error(holder: KeyPair) -> None:
    """Members of a signed grant, or of the claim around it, replaced, removed, doubled → a value or ``MandateError``."""
    text = build_grant(grant(scope=LIMITED, parent="M-1"), holder.sign)
    payload = parse_grant(text).jws.claims()
    statement = acting_claim(Acting("agent", AGENT, (text,), "a.b.c~d~"))

    @settings(max_examples=150)
    @given(altered(payload), altered(statement))
    def drawn(claims: Any, said: Any) -> None:
        with suppress(MandateError):
            parse_grant(build_jws({"typ": TYPE}, orjson.dumps(claims), holder.sign))
        with suppress(MandateError):
            parse_acting(said)

    drawn()
