"""Attacks on who may show whose licence. Each draws the input and the verdict; none discloses who was named.

Verdict: indication, step, code. Everything but the one flaw is real and in force.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from keys.trust_list import Role
from standards.jose import b64url_decode, b64url_encode
from standards.mandate import ACTING_CLAIM, Party, Scope, acting_claim, build_grant
from standards.status_list import StatusReference
from tests.support.acting_world import (
    BIRTH,
    BUSINESS,
    CHILD,
    COMPANY,
    FOOD,
    GRANT_AT,
    GRANT_LIST,
    IDENTITY,
    LICENCE_LIST,
    MANAGER,
    MEMBERS,
    OTHER_COMPANY,
    OWNER,
    PARENT_AT,
    ActingWorld,
    holder_claims,
)
from tests.support.checking_world import verdict
from tests.support.trust_world import AT, new_signer
from verifier.checking import CheckedPresentation


@pytest.fixture(scope="module")
def world() -> ActingWorld:
    return ActingWorld()


def refused(checked: CheckedPresentation) -> str:
    """The code, of a refusal at step 7 that names nobody as having shown it."""
    indication, step, code, sub_indication = verdict(checked)
    assert (indication, step) == ("FAILED", 7)
    assert sub_indication
    assert all(one.shown_by is None for shown in checked.licences.values() for one in shown)
    return str(code)


def open_question(checked: CheckedPresentation) -> str:
    """The code, of what cannot be told now: never acceptance."""
    indication, step, code, _ = verdict(checked)
    assert (indication, step) == ("INDETERMINATE", 7)
    assert all(one.shown_by is None for shown in checked.licences.values() for one in shown)
    return str(code)


# -- the grant itself --------------------------------------------------------------------------------------------------


def test_a_withdrawn_grant(world: ActingWorld) -> None:
    """The provider's list says 1 (or 2) for the grant → FAILED at 7."""
    for value in (1, 2, 3):
        evidence = world.evidence(world.list_token({GRANT_AT: value}))
        assert refused(world.check(world.acting(), evidence)) == "grant-withdrawn"


def test_an_expired_grant_and_one_that_is_not_yet_in_force(world: ActingWorld) -> None:
    """exp two minutes ago; nbf in two minutes → FAILED at 7. Within the clock skew of a minute it stands."""
    minute = timedelta(minutes=1)
    ended = world.grant(expires_at=AT - 2 * minute)
    early = world.grant(not_before=AT + 2 * minute)
    assert refused(world.check(world.acting(ended))) == "grant-expired"
    assert refused(world.check(world.acting(early))) == "grant-not-yet-valid"
    assert verdict(world.check(world.acting(world.grant(expires_at=AT - minute / 2))))[0] == "PASSED"


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        (Scope(licence_types=frozenset({BUSINESS})), "grant-licence-type-not-covered"),
        (Scope(service_items=frozenset({"school-enrolment"})), "grant-service-item-not-covered"),
        (Scope(divisions=frozenset({"330000"})), "grant-division-not-covered"),
        (Scope(divisions=frozenset({"510105"})), "grant-division-not-covered"),
    ],
)
def test_a_show_beyond_the_grant(world: ActingWorld, scope: Scope, code: str) -> None:
    """A food licence, for a food licence item, in 510104 (Chengdu), under a grant for something else → FAILED at 7."""
    assert refused(world.check(world.acting(world.grant(scope=scope)))) == code


def test_a_limited_grant_where_item_or_region_are_not_known(world: ActingWorld) -> None:
    """The request names no service item, the verifier no division: a limit is never met by silence → FAILED at 7."""
    by_item = world.acting(world.grant(scope=Scope(service_items=frozenset({"food-business-licence"}))))
    by_region = world.acting(world.grant(scope=Scope(divisions=frozenset({"510000"}))))
    assert refused(world.check(by_item, item=None)) == "grant-service-item-not-covered"
    assert refused(world.check(by_region, division=None)) == "grant-division-not-covered"
    assert verdict(world.check(by_item))[0] == verdict(world.check(by_region))[0] == "PASSED"


def test_an_altered_grant(world: ActingWorld) -> None:
    """The limit is cut out of the signed text, the signature kept → FAILED at 7."""
    text = build_grant(world.grant(scope=Scope(licence_types=frozenset({BUSINESS}))), world.root_key.sign)
    header, payload, signature = text.split(".")
    claims = orjson.loads(b64url_decode(payload)) | {"scope": {}}
    forged = ".".join((header, b64url_encode(orjson.dumps(claims)), signature))
    assert refused(world.check(world.acting(forged))) == "grant-signature-invalid"


def test_a_grant_with_a_limit_that_nobody_here_knows(world: ActingWorld) -> None:
    """A properly signed grant with ``"scope": {"weekdays": [1]}`` is not read as a wider one → FAILED at 7."""
    text = build_grant(world.grant(), world.root_key.sign)
    header, payload, _ = text.split(".")
    claims = orjson.loads(b64url_decode(payload)) | {"scope": {"weekdays": [1]}}
    signing_input = f"{header}.{b64url_encode(orjson.dumps(claims))}"
    resigned = f"{signing_input}.{b64url_encode(world.root_key.sign(signing_input.encode()))}"
    assert refused(world.check(world.acting(resigned))) == "acting-unreadable"


def test_a_grant_made_out_to_another_person(world: ActingWorld) -> None:
    """The agent's grant in the hands of a third person, who says who he is → FAILED at 7."""
    assert refused(world.check(world.acting(person=MANAGER))) == "grant-for-another-person"


def test_an_agent_who_says_that_he_is_manager(world: ActingWorld) -> None:
    """An agent's grant shown in the capacity of a manager → FAILED at 7."""
    assert refused(world.check(world.acting(capacity="manager"))) == "grant-in-another-capacity"


def test_an_agent_without_any_grant(world: ActingWorld) -> None:
    """``grants`` is empty, the capacity needs one; a representative brings some → FAILED at 7."""
    without = acting_claim(world.acting()) | {"grants": []}
    with_one = acting_claim(world.acting()) | {"capacity": "legal_representative"}
    for claim in (without, with_one):
        assert refused(world.check(None, extra={ACTING_CLAIM: claim})) == "acting-unreadable"


# -- managers' grants --------------------------------------------------------------------------------------------------


def by_manager(
    world: ActingWorld, manager: dict[str, Any] | None = None, **agent: Any
) -> CheckedPresentation:
    leaf = world.grant(parent="M-1", **agent)
    return world.check(world.acting(leaf, world.manager_grant(**(manager or {}))))


def test_a_grant_by_a_manager_stands_on_the_managers(world: ActingWorld) -> None:
    """Both grants shown, both in force → PASSED, and the report knows of both."""
    checked = by_manager(world)
    assert verdict(checked)[0] == "PASSED"
    shown_by = checked.licences["licence"][0].shown_by
    assert shown_by is not None
    assert (shown_by.grant, shown_by.parent) == ("G-1", "M-1")


def test_a_removed_manager(world: ActingWorld) -> None:
    """The manager's grant is withdrawn, the agent's is not → FAILED at 7."""
    leaf = world.grant(parent="M-1")
    evidence = world.evidence(world.list_token({PARENT_AT: 1}))
    assert refused(world.check(world.acting(leaf, world.manager_grant()), evidence)) == "grant-withdrawn"


def test_the_managers_grant_left_out(world: ActingWorld) -> None:
    """A removed manager's agent does not bring the grant that was withdrawn, or brings another → FAILED at 7."""
    leaf = world.grant(parent="M-1")
    assert refused(world.check(world.acting(leaf))) == "grant-parent-missing"
    other = world.manager_grant(id="M-2")
    assert refused(world.check(world.acting(leaf, other))) == "grant-parent-missing"
    assert (
        refused(world.check(world.acting(world.grant(), world.manager_grant()))) == "grant-parent-unsuitable"
    )


@pytest.mark.parametrize(
    ("manager", "agent"),
    [
        ({"scope": Scope(licence_types=frozenset({FOOD}))}, {}),
        (
            {"scope": Scope(divisions=frozenset({"510100"}))},
            {"scope": Scope(divisions=frozenset({"510000"}))},
        ),
        ({"scope": Scope(uses=3)}, {"scope": Scope(uses=4)}),
        ({"scope": Scope(uses=3)}, {}),
        ({"expires_at": AT + timedelta(days=1)}, {}),
        ({"not_before": AT - timedelta(hours=1)}, {}),
    ],
)
def test_a_grant_wider_than_the_managers(
    world: ActingWorld, manager: dict[str, Any], agent: dict[str, Any]
) -> None:
    """More types, a larger region, more uses, a longer or earlier time than the manager has himself → FAILED at 7."""
    assert refused(by_manager(world, manager, **agent)) == "grant-wider-than-parent"


def test_an_agent_who_grants_on(world: ActingWorld) -> None:
    """An agent's grant in the place of the manager's → FAILED at 7."""
    first = world.grant(id="M-1", agent=MANAGER, status=StatusReference(GRANT_LIST, PARENT_AT))
    leaf = world.grant(parent="M-1")
    assert refused(world.check(world.acting(leaf, first))) == "grant-parent-unsuitable"


# -- the root licence --------------------------------------------------------------------------------------------------


def test_another_entitys_root(world: ActingWorld) -> None:
    """Root and grant of another company that the agent really acts for → FAILED at 7: not the holder of this licence."""
    grant = world.grant(subject=OTHER_COMPANY)
    acting = world.acting(grant, root=world.root(OTHER_COMPANY))
    assert refused(world.check(acting)) == "acting-for-another-holder"
    assert refused(world.check(acting, names=("holder_name",))) == "acting-for-another-holder"


def test_another_entitys_grant_under_the_right_root(world: ActingWorld) -> None:
    """The company's root, a grant that names another company as its subject → FAILED at 7."""
    assert (
        refused(world.check(world.acting(world.grant(subject=OTHER_COMPANY)))) == "grant-of-another-subject"
    )


def test_a_licence_that_does_not_show_whose_it_is(world: ActingWorld) -> None:
    """Neither number nor name is shown, so it could be anybody's → FAILED at 7."""
    assert refused(world.check(world.acting(), names=("valid_until",))) == "acting-holder-not-shown"


def test_a_grant_by_the_key_of_another_licence_of_the_entity(world: ActingWorld) -> None:
    """Signed by the food licence's key under the business licence; or with the food licence as root → FAILED at 7."""
    assert refused(world.check(world.acting(by=world.licence_key))) == "grant-signature-invalid"
    food = world.root(type_code=FOOD, more={}, key=world.licence_key)
    acting = world.acting(by=world.licence_key, root=food)
    assert refused(world.check(acting)) == "acting-root-of-another-type"


def test_a_self_made_root(world: ActingWorld) -> None:
    """A business licence by a certificate of the attacker's own nation; or by no listed issuer → FAILED at 7."""
    stranger = ActingWorld()
    forged = stranger.root(key=world.root_key)
    assert refused(world.check(world.acting(root=forged))).startswith("acting-root-issuer-")
    unlisted = world.nation.regions["330000"].leaf(
        "某店（示例）", "91330100MA00000010", uris=("https://issuer.example",)
    )
    acting = world.acting(root=world.root(signer=unlisted))
    assert refused(world.check(acting)) == "acting-root-issuer-not-on-trust-list"


def test_a_root_that_has_ended(world: ActingWorld) -> None:
    """The business licence was revoked, suspended or is past the end of its copy → FAILED at 7."""
    for value, code in ((1, "acting-root-status-ended"), (2, "acting-root-status-suspended")):
        evidence = world.evidence(licences=world.list_token({5: value}, uri=LICENCE_LIST))
        assert refused(world.check(world.acting(root=world.root(index=5)), evidence)) == code
    expired = world.root(expires_at=AT - timedelta(days=1))
    assert refused(world.check(world.acting(root=expired))) == "acting-root-expired"


def test_an_altered_root(world: ActingWorld) -> None:
    """A disclosure is taken from another licence: the company's name under the other's signature → FAILED at 7."""
    mine, other = world.root(), world.root(OTHER_COMPANY)
    mixed = other.partition("~")[0] + "~" + mine.partition("~")[2]
    assert refused(world.check(world.acting(root=mixed))) == "acting-root-disclosure-not-signed"


def test_a_root_that_hides_its_holder(world: ActingWorld) -> None:
    """The root discloses the name only → FAILED at 7."""
    text = world.credential(BUSINESS, {"holder_name": COMPANY.name}, world.root_key, version="2")
    assert refused(world.check(world.acting(root=text))) == "acting-root-holder-not-shown"


# -- representatives and guardians -------------------------------------------------------------------------------------


def test_the_representative_needs_no_grant(world: ActingWorld) -> None:
    """His number stands on the root → PASSED; the name is the licence's, whatever the wallet wrote."""
    checked = world.check(world.representative(person=replace(OWNER, name="别名")))
    assert verdict(checked)[0] == "PASSED"
    shown_by = checked.licences["licence"][0].shown_by
    assert shown_by is not None
    assert (shown_by.capacity, shown_by.person.name, shown_by.grant) == (
        "legal_representative",
        OWNER.name,
        None,
    )


def test_somebody_who_says_that_he_is_the_representative(world: ActingWorld) -> None:
    """Another number than on the root; a root without the number (version 1); a former one → FAILED at 7."""
    assert refused(world.check(world.representative(person=MANAGER))) == "acting-not-representative"
    old = world.root(version="1", more={"legal_representative": OWNER.name})
    assert refused(world.check(world.representative(root=old))) == "acting-not-representative"
    assert refused(world.check(world.representative(capacity="guardian"))) == "acting-not-representative"


def guardian_of_a_child_born(
    world: ActingWorld, born: str | None, person: Party = OWNER
) -> CheckedPresentation:
    parents = {"father_name": OWNER.name, "father_number": OWNER.number}
    birth = parents if born is None else parents | {"birth_date": born}
    root = world.root(CHILD, type_code=BIRTH, more=birth)
    licence = world.credential(BIRTH, holder_claims(CHILD), world.licence_key)
    acting = world.representative(capacity="guardian", person=person, root=root)
    return world.check(acting, licence=licence, names=MEMBERS)


def test_a_guardian_after_the_child_came_of_age(world: ActingWorld) -> None:
    """Born 2008-11-22 is eighteen on 2026-11-22 in China → FAILED at 7; a day younger → PASSED."""
    assert refused(guardian_of_a_child_born(world, "2008-11-22")) == "guardian-after-majority"
    assert verdict(guardian_of_a_child_born(world, "2008-11-23"))[0] == "PASSED"


def test_a_guardian_who_hides_the_childs_birthday(world: ActingWorld) -> None:
    """Without the date nobody can tell whether the right has ended → FAILED at 7."""
    assert refused(guardian_of_a_child_born(world, None)) == "acting-root-holder-not-shown"


def test_a_stranger_as_guardian(world: ActingWorld) -> None:
    """Neither mother nor father → FAILED at 7."""
    assert refused(guardian_of_a_child_born(world, "2020-01-01", MANAGER)) == "acting-not-representative"


def test_a_relative_acts_under_the_persons_own_licence(world: ActingWorld) -> None:
    """Chen Jing's identity card as root, a grant to her relative → PASSED; without it the card alone → FAILED."""
    mother = Party("111", "990101196607150047", "陈静")
    root = world.root(mother, type_code=IDENTITY, more={})
    licence = world.credential(IDENTITY, holder_claims(mother), world.licence_key)
    grant = world.grant(subject=mother, capacity="relative")
    acting = world.acting(grant, root=root, capacity="relative")
    assert verdict(world.check(acting, licence=licence, names=MEMBERS))[0] == "PASSED"
    self_named = world.representative(root=root, capacity="guardian", person=mother)
    assert refused(world.check(self_named, licence=licence, names=MEMBERS)) == "acting-not-representative"


# -- status lists ------------------------------------------------------------------------------------------------------


def test_a_status_list_by_somebody_else(world: ActingWorld) -> None:
    """The grant's list is signed by the issuer, by a provider on another host, by nobody listed → FAILED at 7."""
    region = world.nation.regions["330000"]
    elsewhere = region.leaf("他家钱包（示例）", "12330000MB990091XB", dns_names=("other.example",))
    stranger = new_signer("stranger")
    for signer in (world.issuer, elsewhere):
        evidence = world.evidence(world.list_token(signer=signer))
        assert refused(world.check(world.acting(), evidence)) == "grant-status-not-by-wallet-provider"
    borrowed = stranger.with_chain(world.provider.certificate_chain)
    evidence = world.evidence(world.list_token(signer=borrowed))
    assert refused(world.check(world.acting(), evidence)) == "grant-status-invalid"


@pytest.mark.parametrize("role", [Role.VERIFIER, Role.TERMINAL, Role.TIME_STAMP_AUTHORITY])
def test_a_status_list_by_who_is_no_wallet_provider(world: ActingWorld, role: Role) -> None:
    """The signer's host is right, its role on the list is another → FAILED at 7."""
    evidence = world.evidence(trust=world.trust_with(role))
    assert refused(world.check(world.acting(), evidence)) == "grant-status-not-by-wallet-provider"


def test_a_provider_that_was_withdrawn_from_the_list(world: ActingWorld) -> None:
    """Its entry ended yesterday → FAILED at 7."""
    trust = world.trust_with(Role.WALLET_PROVIDER, until=AT - timedelta(days=1))
    code = refused(world.check(world.acting(), world.evidence(trust=trust)))
    assert code == "grant-status-not-by-wallet-provider"


def test_another_list_under_the_grants_address(world: ActingWorld) -> None:
    """The provider's own list, but for another address: sub is not the grant's uri → FAILED at 7."""
    other = world.list_token(uri="https://wallet.example/status-lists/8", signer=world.provider)
    assert refused(world.check(world.acting(), world.evidence(other))) == "grant-status-invalid"


def test_a_grant_beyond_the_end_of_its_list(world: ActingWorld) -> None:
    """Index 5000 of a list of 1024 → FAILED at 7."""
    grant = world.grant(status=StatusReference(GRANT_LIST, 5000))
    assert refused(world.check(world.acting(grant))) == "grant-status-invalid"


def test_a_list_that_is_kept_away_or_too_old_is_never_acceptance(world: ActingWorld) -> None:
    """The attacker cuts the line to the wallet after the withdrawal; or replays a list of two days ago → INDETERMINATE."""
    assert open_question(world.check(world.acting(), world.evidence(None))) == "grant-status-unavailable"
    old = world.list_token(issued_at=AT - timedelta(days=2), expires_at=AT + timedelta(days=9))
    assert open_question(world.check(world.acting(), world.evidence(old))) == "grant-status-stale"
    ended = world.list_token(issued_at=AT - timedelta(hours=2), expires_at=AT - timedelta(hours=1))
    assert open_question(world.check(world.acting(), world.evidence(ended))) == "grant-status-stale"
    away = world.check(world.representative(), world.evidence(licences=None))
    assert verdict(away)[0] == "INDETERMINATE"


# -- the claim ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "claim",
    [
        None,
        "agent",
        [],
        {},
        {"capacity": "owner"},
        {"capacity": "agent", "person": {"code_type": "111", "number": "1", "name": "x"}},
    ],
)
def test_a_claim_that_is_no_such_claim(world: ActingWorld, claim: object) -> None:
    """``acting`` of any other shape is not taken for the holder himself → FAILED at 7."""
    assert refused(world.check(None, extra={ACTING_CLAIM: claim})) == "acting-unreadable"


def test_no_finding_names_anybody(world: ActingWorld) -> None:
    """The report is kept open in the chain of records: neither names nor numbers stand in it."""
    for checked in (world.check(world.acting()), world.check(world.acting(person=MANAGER))):
        text = str(checked.report.to_json())
        for party in (COMPANY, OWNER, MANAGER, world.grant().agent):
            assert party.name not in text
            assert party.number not in text
