"""The states of a presentation as values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from standards.dcql import DcqlQuery, parse_dcql
from standards.jwe import EphemeralKey
from standards.text import Text
from verifier.acceptance.decision import check_verdict, parse_verdict
from verifier.acceptance.errors import InvalidDecisionError, NotAcceptableError, StillPendingError
from verifier.acceptance.reasons import REASONS, Decision, reasons_for
from verifier.window.presentation import (
    LIFETIME,
    Answer,
    Asked,
    Expired,
    Pending,
    Refused,
    ShownLicence,
    at_instant,
)
from verifier.window.shown import encode_shown, licences_from_json

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
QUERY: DcqlQuery = parse_dcql(
    {"credentials": [{"id": "a", "format": "dc+sd-jwt", "meta": {"vct_values": ["urn:x"]}}]}
)


def pending() -> Pending:
    asked = Asked(
        id="p",
        department="11510100MB9901016M",
        item=None,
        query=QUERY,
        response_mode="direct_post.jwt",
        client_id="x509_hash:x",
        nonce="n",
        state="s",
        redirect_uri=None,
        browser=None,
        asked_by="system",
        asked_at=AT,
        expires_at=AT + LIFETIME,
    )
    return Pending(asked, EphemeralKey.generate("p"))


def answer(indication: str) -> Answer:
    return Answer(
        report={"indication": indication, "sub_indication": None, "findings": []},
        lists=(),
        licences={},
        vp_token={},
        response_code=None,
        received_at=AT,
    )


def test_time_ends_a_pending_one_and_nothing_else() -> None:
    one = pending()
    assert at_instant(one, AT + LIFETIME - timedelta(milliseconds=1)) is one
    assert isinstance(at_instant(one, AT + LIFETIME), Expired)
    received = one.receive(answer("PASSED"))
    assert at_instant(received, AT + LIFETIME * 99) is received
    refused = one.refuse("access_denied", AT)
    assert at_instant(refused, AT + LIFETIME * 99) is refused


def test_secrets_stay_out_of_the_representation() -> None:
    shown = ShownLicence("T", "urn:x", {"holder_name": "张小明"}, Text("甲", "A"), None)
    received = pending().receive(
        Answer({"indication": "PASSED"}, (), {"a": (shown,)}, {"a": ("eyJ.secret",)}, "code-1", AT)
    )
    assert "张小明" not in repr(received)
    assert "eyJ.secret" not in repr(received)
    assert "code-1" not in repr(received)


@pytest.mark.parametrize("indication", ["FAILED", "INDETERMINATE"])
def test_only_what_passed_is_accepted(indication: str) -> None:
    """INDETERMINATE is never acceptance, and no reason makes it so."""
    accept = parse_verdict({"decision": "accept"})
    check_verdict(accept, pending().receive(answer("PASSED")))
    with pytest.raises(NotAcceptableError):
        check_verdict(accept, pending().receive(answer(indication)))
    with pytest.raises(NotAcceptableError):
        check_verdict(accept, Refused(pending().asked, "access_denied", AT))
    with pytest.raises(NotAcceptableError):
        check_verdict(accept, Expired(pending().asked))
    with pytest.raises(StillPendingError):
        check_verdict(accept, pending())


def test_every_reason_goes_with_its_decision_only() -> None:
    for reason in REASONS.values():
        assert parse_verdict({"decision": reason.decision.value, "reason": reason.code}).reason is reason
        for other in set(Decision) - {reason.decision}:
            with pytest.raises(InvalidDecisionError):
                parse_verdict({"decision": other.value, "reason": reason.code})
    assert not reasons_for(Decision.ACCEPT)


def test_what_was_shown_survives_the_seal() -> None:
    import orjson

    shown = {"a": (ShownLicence("T", "urn:x", {"n": 1, "m": ["二"]}, Text("甲", "A"), "U"),)}
    assert licences_from_json(orjson.loads(encode_shown(shown, {"a": ("x",)}))["licences"]) == shown
