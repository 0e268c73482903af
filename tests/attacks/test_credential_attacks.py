"""Attacks on a credential and its presentation. Each docstring draws the input and the verdict.

The verdict is (indication, deciding step, code, ETSI sub-indication). Steps: 1 form · 2 signature · 3 path ·
4 authorisation · 5 validity · 6 status · 7 holder · 8 request · 9 material rule.
"""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest

from keys.certificates.wire import certificate_to_der
from keys.trust_list import Role
from standards.jose import b64url_decode, b64url_encode, build_jws, build_x5c
from standards.sd_jwt import build_disclosure, build_key_binding
from tests.support.checking_world import (
    AUDIENCE,
    NONCE,
    STATUS_URI,
    TYPE_CODE,
    CheckingWorld,
    verdict,
)
from tests.support.trust_world import AT, FROM, UNTIL, USCC_B, TrustWorld, entry_of, new_signer

FORGED = ("FAILED", 2, "signature-invalid", "SIG_CRYPTO_FAILURE")


@pytest.fixture(scope="module")
def world() -> CheckingWorld:
    return CheckingWorld()


def test_nothing_wrong_passes(world: CheckingWorld) -> None:
    """The control: a right presentation in this world → PASSED. Every attack below changes one thing of it."""
    assert verdict(world.check()) == ("PASSED", None, None, None)


# -- 2 signature ---------------------------------------------------------------------------------------------------


def with_header(shown: str, signature: bytes | None = None, **changes: Any) -> str:
    """The presentation with another protected header, and perhaps another signature."""
    jwt, tilde, rest = shown.partition("~")
    head, payload, signed = jwt.split(".")
    header = {**orjson.loads(b64url_decode(head)), **changes}
    text = signed if signature is None else b64url_encode(signature)
    return f"{b64url_encode(orjson.dumps(header))}.{payload}.{text}{tilde}{rest}"


@pytest.mark.parametrize("alg", ["none", "None", "HS256", "ES384", "RS256", "EdDSA", ""])
def test_algorithm_swap(world: CheckingWorld, alg: str) -> None:
    """header {"alg": X, …}.payload.(genuine signature) → FAILED at 2, algorithm not allowed."""
    wanted = ("FAILED", 2, "algorithm-not-allowed", "CRYPTO_CONSTRAINTS_FAILURE")
    assert verdict(world.check(with_header(world.shown(), alg=alg))) == wanted


def test_algorithm_none_without_signature(world: CheckingWorld) -> None:
    """header {"alg": "none"}.payload.(empty) → FAILED at 2."""
    wanted = ("FAILED", 2, "algorithm-not-allowed", "CRYPTO_CONSTRAINTS_FAILURE")
    assert verdict(world.check(with_header(world.shown(), b"", alg="none"))) == wanted


def test_empty_signature(world: CheckingWorld) -> None:
    """header {"alg": "ES256"}.payload.(empty) → FAILED at 2."""
    assert verdict(world.check(with_header(world.shown(), b""))) == FORGED


def test_zero_signature(world: CheckingWorld) -> None:
    """r = s = 0, the "psychic signature" → FAILED at 2."""
    assert verdict(world.check(with_header(world.shown(), bytes(64)))) == FORGED


def test_critical_extension(world: CheckingWorld) -> None:
    """header {"crit": ["x"], "x": 1}, signed by the issuer itself → FAILED at 2: not understood, so not accepted."""
    text = world.credential()
    payload = orjson.loads(b64url_decode(text.split(".")[1]))
    header = {"typ": "dc+sd-jwt", "x5c": build_x5c(world.issuer.certificate_chain), "crit": ["x"], "x": 1}
    forged = build_jws(header, payload, world.issuer.sign) + "~" + text.partition("~")[2]
    assert verdict(world.check(world.shown(forged))) == FORGED


def test_changed_registered_claim(world: CheckingWorld) -> None:
    """payload {… "exp": far away}, signature kept → FAILED at 2."""
    jwt, tilde, rest = world.credential().partition("~")
    head, payload, signature = jwt.split(".")
    claims = {**orjson.loads(b64url_decode(payload)), "exp": 4102444800}
    forged = f"{head}.{b64url_encode(orjson.dumps(claims))}.{signature}{tilde}{rest}"
    assert verdict(world.check(world.shown(forged))) == FORGED


def rebound(world: CheckingWorld, bound_text: str) -> str:
    """The text with a fresh, right key binding by the holder: the attacker is the holder."""
    binding = build_key_binding(bound_text, audience=AUDIENCE, nonce=NONCE, at=AT, sign=world.holder.sign)
    return bound_text + binding


def test_changed_disclosure(world: CheckingWorld) -> None:
    """disclosure ["…", "holder_name", "张小明"] replaced by "李四", bound anew by the holder → FAILED at 2."""
    signed, name, until, _ = world.shown().split("~")
    forged_name = build_disclosure("salt", "李四", name="holder_name").encoded
    shown = rebound(world, f"{signed}~{forged_name}~{until}~")
    assert verdict(world.check(shown)) == ("FAILED", 2, "disclosure-not-signed", "HASH_FAILURE")
    assert name != forged_name


def test_added_disclosure(world: CheckingWorld) -> None:
    """a further disclosure that no digest names → FAILED at 2."""
    bound_text = world.shown().rpartition("~")[0] + "~"
    added = build_disclosure("salt", "A", name="grade").encoded
    shown = rebound(world, f"{bound_text}{added}~")
    assert verdict(world.check(shown)) == ("FAILED", 2, "disclosure-not-signed", "HASH_FAILURE")


def test_disclosure_of_another_credential(world: CheckingWorld) -> None:
    """the genuine disclosure of another person's copy in this one → FAILED at 2."""
    other = world.shown(world.credential(claims={"holder_name": "李四"}), names=("holder_name",))
    signed, _, until, _ = world.shown().split("~")
    shown = rebound(world, f"{signed}~{other.split('~')[1]}~{until}~")
    assert verdict(world.check(shown)) == ("FAILED", 2, "disclosure-not-signed", "HASH_FAILURE")


def test_disclosure_twice(world: CheckingWorld) -> None:
    """the same disclosure twice → FAILED at 2."""
    signed, name, until, _ = world.shown().split("~")
    shown = rebound(world, f"{signed}~{name}~{name}~{until}~")
    assert verdict(world.check(shown)) == ("FAILED", 2, "disclosures-malformed", "FORMAT_FAILURE")


def test_certificate_of_another_authority_in_the_header(world: CheckingWorld) -> None:
    """x5c swapped for a trusted authority's chain, signature by the attacker → FAILED at 2: the key does not fit."""
    attacker = new_signer("attacker").with_chain(world.issuer.certificate_chain)
    assert verdict(world.check(world.shown(world.credential(attacker)))) == FORGED


# -- 3 path --------------------------------------------------------------------------------------------------------


def test_self_signed_issuer(world: CheckingWorld) -> None:
    """x5c [self-signed "杭州某局（示例）", same USCC], rightly signed with its key → FAILED at 3."""
    impostor = TrustWorld.create().root
    signer = impostor.signer.with_chain((certificate_to_der(impostor.certificate),))
    checked = world.check(world.shown(world.credential(signer)))
    assert verdict(checked) == ("FAILED", 3, "issuer-self-signed", "NO_CERTIFICATE_CHAIN_FOUND")


def test_issuer_of_another_nation(world: CheckingWorld) -> None:
    """x5c [leaf, region CA] under a root of the attacker's own, same names and USCC → FAILED at 3."""
    other = CheckingWorld()
    checked = world.check(world.shown(other.credential(), by=other.holder))
    assert verdict(checked) == ("FAILED", 3, "issuer-not-certified", "CERTIFICATE_CHAIN_GENERAL_FAILURE")


def test_chain_that_brings_the_anchor_along(world: CheckingWorld) -> None:
    """x5c [leaf, region CA, nation root] → FAILED at 3: an anchor comes from configuration only (HAIP 1.0)."""
    chain = (*world.issuer.certificate_chain, certificate_to_der(world.nation.anchor))
    checked = world.check(world.shown(world.credential(world.issuer.with_chain(chain))))
    assert verdict(checked)[:3] == ("FAILED", 3, "issuer-anchor-in-chain")


def test_expired_certificate(world: CheckingWorld) -> None:
    """x5c leaf valid until yesterday → FAILED at 3."""
    leaf = world.nation.regions["330000"].leaf(
        "某局", "11330100MB00000014", valid_from=FROM, valid_until=AT - timedelta(days=1)
    )
    checked = world.check(world.shown(world.credential(leaf)))
    assert verdict(checked) == ("FAILED", 3, "issuer-certificate-expired", "EXPIRED")


def test_issuer_identifier_of_another_authority(world: CheckingWorld) -> None:
    """iss "https://other.example", signed by an authority whose certificate does not carry it → FAILED at 3."""
    checked = world.check(world.shown(world.credential(issuer="https://other.example")))
    assert verdict(checked)[:3] == ("FAILED", 3, "issuer-identifier-mismatch")


# -- 4 authorisation -----------------------------------------------------------------------------------------------


def test_issuer_outside_the_list(world: CheckingWorld) -> None:
    """leaf rightly certified by its region, but not on its region's list → FAILED at 4."""
    trust = world.nation.store({"330000": ()})
    checked = world.check(evidence=world.evidence(trust=trust))
    wanted = ("FAILED", 4, "issuer-not-on-trust-list", "CHAIN_CONSTRAINTS_FAILURE")
    assert verdict(checked) == wanted


def test_issuer_not_allowed_for_the_type(world: CheckingWorld) -> None:
    """issuer listed for "T2" issues "T1" → FAILED at 4."""
    trust = world.nation.store({"330000": (entry_of(world.issuer, types=("T2",)),)})
    checked = world.check(evidence=world.evidence(trust=trust))
    wanted = ("FAILED", 4, "issuer-licence-type-not-granted", "CHAIN_CONSTRAINTS_FAILURE")
    assert verdict(checked) == wanted


def test_verifier_that_issues(world: CheckingWorld) -> None:
    """an organisation listed as a verifier signs a licence → FAILED at 4."""
    trust = world.nation.store({"330000": (entry_of(world.issuer, role=Role.VERIFIER, types=()),)})
    checked = world.check(evidence=world.evidence(trust=trust))
    assert verdict(checked)[:3] == ("FAILED", 4, "issuer-listed-in-another-role")


def test_withdrawn_issuer(world: CheckingWorld) -> None:
    """entry with until = yesterday, credential dated before it → FAILED at 4: it could date back what it signs."""
    entry = entry_of(world.issuer, types=(TYPE_CODE,), until=AT - timedelta(days=1))
    checked = world.check(evidence=world.evidence(trust=world.nation.store({"330000": (entry,)})))
    assert verdict(checked)[:3] == ("FAILED", 4, "issuer-entry-withdrawn")


@pytest.mark.parametrize("vct", ["https://example.com/type", "urn:elicence:type:T1", "urn:elicence:type::1"])
def test_unknown_type(world: CheckingWorld, vct: str) -> None:
    """vct that is not urn:elicence:type:{code}:{version} → FAILED at 4."""
    checked = world.check_bare(world.credential(vct=vct))
    assert verdict(checked)[:3] == ("FAILED", 4, "licence-type-unknown")


# -- 5 validity ----------------------------------------------------------------------------------------------------


def test_expired(world: CheckingWorld) -> None:
    """exp = two days ago → FAILED at 5."""
    checked = world.check(world.shown(world.credential(expires_at=AT - timedelta(days=2))))
    assert verdict(checked) == ("FAILED", 5, "expired", "EXPIRED")


def test_not_yet_valid(world: CheckingWorld) -> None:
    """nbf = the day after tomorrow → FAILED at 5."""
    checked = world.check(world.shown(world.credential(valid_from=AT + timedelta(days=2))))
    assert verdict(checked) == ("FAILED", 5, "not-yet-valid", "NOT_YET_VALID")


def test_issued_in_the_future(world: CheckingWorld) -> None:
    """iat = in two days (the grant covers it) → FAILED at 5."""
    checked = world.check(world.shown(world.credential(issued_at=AT + timedelta(days=2))))
    assert verdict(checked) == ("FAILED", 5, "not-yet-valid", "NOT_YET_VALID")


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"valid_until": "2026-11-21"}, "licence-expired"),
        ({"valid_from": "2026-11-23"}, "licence-not-yet-effective"),
    ],
)
def test_licence_outside_its_own_dates(world: CheckingWorld, claims: dict[str, str], code: str) -> None:
    """a copy still in date of a licence whose printed dates say otherwise → FAILED at 5."""
    checked = world.check_bare(world.credential(claims=claims))
    assert verdict(checked)[:3] == ("FAILED", 5, code)


# -- 6 status ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "code", "sub_indication"),
    [
        (1, "status-ended", "REVOKED"),
        (2, "status-suspended", "TRY_LATER"),
        (3, "status-inspection-overdue", "SIG_CONSTRAINTS_FAILURE"),
    ],
)
def test_revoked_suspended_overdue(world: CheckingWorld, value: int, code: str, sub_indication: str) -> None:
    """status list says 1 (ended), 2 (suspended or lost), 3 (inspection overdue) → FAILED at 6, each its own code."""
    checked = world.check(evidence=world.evidence(world.status_token(value)))
    assert verdict(checked) == ("FAILED", 6, code, sub_indication)


@pytest.mark.parametrize(
    "times",
    [
        {"issued_at": AT - timedelta(days=3), "expires_at": AT - timedelta(days=2)},  # its own exp passed
        {
            "issued_at": AT - timedelta(hours=25),
            "expires_at": AT + timedelta(days=9),
        },  # older than the policy
        {"issued_at": AT + timedelta(hours=1)},  # dated in the future
    ],
)
def test_stale_list(world: CheckingWorld, times: dict[str, datetime]) -> None:
    """a genuine "valid" list that is too old (a replay from before the revocation) → INDETERMINATE at 6, retry helps."""
    checked = world.check(evidence=world.evidence(world.status_token(0, **times)))
    assert verdict(checked) == ("INDETERMINATE", 6, "status-list-stale", "TRY_LATER")
    assert checked.report.decisive is not None
    assert checked.report.decisive.retry_helps


def test_list_unreachable(world: CheckingWorld) -> None:
    """no list to be had → INDETERMINATE at 6: unknown is not revoked, and not accepted."""
    checked = world.check(evidence=world.evidence(None))
    assert verdict(checked) == ("INDETERMINATE", 6, "status-list-unavailable", "TRY_LATER")


def test_list_for_another_issuer(world: CheckingWorld) -> None:
    """list for the same uri, signed by another authority of the nation → FAILED at 6."""
    other = world.nation.regions["510000"].leaf("成都某局（示例）", USCC_B)
    checked = world.check(evidence=world.evidence(world.status_token(0, signer=other)))
    wanted = ("FAILED", 6, "status-list-not-by-issuer", "SIG_CONSTRAINTS_FAILURE")
    assert verdict(checked) == wanted


def test_list_signed_by_a_stranger(world: CheckingWorld) -> None:
    """list with the issuer's chain in x5c, but signed with a stranger's key → FAILED at 6."""
    stranger = new_signer("stranger").with_chain(world.issuer.certificate_chain)
    checked = world.check(evidence=world.evidence(world.status_token(0, signer=stranger)))
    assert verdict(checked)[:3] == ("FAILED", 6, "status-list-not-by-issuer")


def test_list_of_another_uri(world: CheckingWorld) -> None:
    """a genuine list of the issuer, but for /status-lists/2, served at the uri of this one → FAILED at 6."""
    token = world.status_token(0, uri="https://issuer.example/status-lists/2")
    assert verdict(world.check(evidence=world.evidence(token)))[:3] == (
        "FAILED",
        6,
        "status-list-of-another-uri",
    )


def test_index_out_of_range(world: CheckingWorld) -> None:
    """a list of 64 entries, the credential's index is 4711 → FAILED at 6, never "valid"."""
    checked = world.check(evidence=world.evidence(world.status_token(0, size=64)))
    assert verdict(checked)[:3] == ("FAILED", 6, "status-index-out-of-range")


def test_decompression_bomb_in_the_list(world: CheckingWorld) -> None:
    """list of 64 MiB of zeros in 64 KB, signed by the issuer itself → FAILED at 6, unpacked to 4 MiB at most."""
    claims = {
        "sub": STATUS_URI,
        "iat": int(AT.timestamp()),
        "status_list": {"bits": 2, "lst": b64url_encode(zlib.compress(bytes(64 * 2**20), 9))},
    }
    header = {"typ": "statuslist+jwt", "x5c": build_x5c(world.issuer.certificate_chain)}
    token = build_jws(header, claims, world.issuer.sign)
    assert verdict(world.check(evidence=world.evidence(token)))[:3] == ("FAILED", 6, "status-list-invalid")


def test_credential_without_status(world: CheckingWorld) -> None:
    """an issuer leaves the status reference out, so that nobody can revoke it → FAILED at 6."""
    text = world.credential()
    payload = orjson.loads(b64url_decode(text.split(".")[1]))
    del payload["status"]
    header = {"typ": "dc+sd-jwt", "x5c": build_x5c(world.issuer.certificate_chain)}
    bare = build_jws(header, payload, world.issuer.sign) + "~" + text.partition("~")[2]
    assert verdict(world.check(world.shown(bare)))[:3] == ("FAILED", 6, "status-missing")


# -- 7 holder binding ----------------------------------------------------------------------------------------------


def test_swapped_key_binding(world: CheckingWorld) -> None:
    """the key binding of {holder_name} moved to {holder_name, valid_until} of the same copy → FAILED at 7."""
    credential = world.credential()
    less = world.shown(credential, names=("holder_name",))
    more = world.shown(credential)
    shown = more.rpartition("~")[0] + "~" + less.rpartition("~")[2]
    wanted = ("FAILED", 7, "key-binding-of-another-presentation", "HASH_FAILURE")
    assert verdict(world.check(shown)) == wanted


def test_key_binding_by_a_thief(world: CheckingWorld) -> None:
    """a stolen copy bound with the thief's own key → FAILED at 7."""
    shown = world.shown(by=new_signer("thief"))
    assert verdict(world.check(shown)) == ("FAILED", 7, "key-binding-invalid", "SIG_CRYPTO_FAILURE")


def test_copy_without_key_binding(world: CheckingWorld) -> None:
    """the credential as issued, posted as an answer → FAILED at 7."""
    checked = world.check(world.credential(claims={"holder_name": "张小明", "valid_until": "2028-12-31"}))
    assert verdict(checked)[:3] == ("FAILED", 7, "key-binding-missing")


@pytest.mark.parametrize("at", [AT - timedelta(minutes=12), AT + timedelta(minutes=2)])
def test_old_or_future_key_binding(world: CheckingWorld, at: datetime) -> None:
    """key binding made 12 minutes ago, or dated 2 minutes ahead → FAILED at 7."""
    assert verdict(world.check(world.shown(at=at)))[:3] == ("FAILED", 7, "key-binding-not-fresh")


def test_bare_credential_with_a_wrong_key_binding(world: CheckingWorld) -> None:
    """no request, but a key binding by another key is attached → FAILED at 7: neutral is for an absent one."""
    checked = world.check_bare(world.shown(by=new_signer("thief")))
    assert verdict(checked)[:3] == ("FAILED", 7, "key-binding-invalid")


# -- 8 request -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "audience", ["x509_hash:another", AUDIENCE.partition(":")[2], "https://verifier.example", "x"]
)
def test_wrong_audience(world: CheckingWorld, audience: str) -> None:
    """a presentation for another verifier, or for this one's hash without its prefix, relayed → FAILED at 8."""
    wanted = ("FAILED", 8, "wrong-audience", "SIG_CONSTRAINTS_FAILURE")
    assert verdict(world.check(world.shown(audience=audience))) == wanted


def test_replayed_nonce(world: CheckingWorld) -> None:
    """a presentation for an earlier request of this verifier → FAILED at 8."""
    wanted = ("FAILED", 8, "wrong-nonce", "SIG_CONSTRAINTS_FAILURE")
    assert verdict(world.check(world.shown(nonce="nonce-of-an-earlier-request"))) == wanted


def test_another_type_than_asked_for(world: CheckingWorld) -> None:
    """the request asks for T1; a genuine T2 of the same issuer is shown → FAILED at 8."""
    entry = entry_of(world.issuer, types=(TYPE_CODE, "T2"))
    shown = world.shown(world.credential(vct="urn:elicence:type:T2:1"))
    checked = world.check(shown, world.evidence(trust=world.nation.store({"330000": (entry,)})))
    assert verdict(checked)[:3] == ("FAILED", 8, "wrong-type")


def test_claim_withheld(world: CheckingWorld) -> None:
    """the request needs valid_until; it is withheld → FAILED at 8."""
    checked = world.check(world.shown(names=("holder_name",)))
    assert verdict(checked)[:3] == ("FAILED", 8, "claim-missing")


def test_certificates_of_the_far_future_do_not_help(world: CheckingWorld) -> None:
    """all of it checked after the certificates' end → FAILED at 3, whatever the credential says."""
    checked = world.check(at=UNTIL + timedelta(days=1))
    assert verdict(checked)[:3] == ("FAILED", 3, "issuer-certificate-expired")
