"""What somebody without the department's key can do to its messages: nothing that a receiver would take."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import timedelta

import pytest
from cryptography import x509

from keys.certificates import (
    TRUST_LIST_SIGNING,
    CertificateAuthority,
    CertificateSubject,
    certificate_to_pem,
    issue_leaf,
)
from keys.certificates.wire import certificate_to_der
from keys.local_signer import LocalSigner
from standards.jose import build_jws, build_x5c
from tests.support.clock import FixedClock
from tests.support.trust_world import FROM, UNTIL, USCC_A, USCC_B, TrustWorld, new_signer
from verifier.client import Message, MessageRefusedError, MessageVerifier
from verifier.webhooks.event import EventType, build_event
from verifier.webhooks.signing import build_headers

CLOCK = FixedClock()


@dataclass
class Sender:
    """A department that sends, and the one who should believe it."""

    nation: TrustWorld
    signer: LocalSigner
    verifier: MessageVerifier

    def message(self, department: str = USCC_A, **data: str) -> tuple[dict[str, str], bytes]:
        event = build_event(
            EventType.DECISION_TAKEN, department, {"record": "r1", **data}, at=CLOCK.now(), key="r1"
        )
        body = json.dumps(event.to_json("endpoint-1")).encode()
        return build_headers(event.id, body, self.signer, CLOCK.now()), body

    def takes(self, headers: dict[str, str], body: bytes) -> Message:
        return self.verifier.verify(headers, body)


@pytest.fixture(scope="module")
def sender() -> Sender:
    nation = TrustWorld.create()
    signer = nation.regions["330000"].leaf("某局（示例）", USCC_A)
    anchor = certificate_to_pem(nation.anchor).encode()
    return Sender(nation, signer, MessageVerifier(USCC_A, anchor, webhook="endpoint-1", now=CLOCK.now))


def refused(sender: Sender, headers: dict[str, str], body: bytes, why: str) -> None:
    with pytest.raises(MessageRefusedError, match=why):
        sender.takes(headers, body)


def test_the_true_message_is_taken(sender: Sender) -> None:
    message = sender.takes(*sender.message(decision="accept"))
    assert message.data == {"record": "r1", "decision": "accept"}


def test_an_altered_body(sender: Sender) -> None:
    """accept in the place of refuse → the signature does not fit."""
    headers, body = sender.message(decision="refuse")
    refused(sender, headers, body.replace(b"refuse", b"accept"), "altered")


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_message_and_one_from_the_future(sender: Sender, minutes: int) -> None:
    """Recorded and sent again six minutes later, or with a clock six minutes ahead → refused."""
    headers, body = sender.message()
    at = CLOCK.now() + timedelta(minutes=minutes)
    anchor = certificate_to_pem(sender.nation.anchor).encode()
    with pytest.raises(MessageRefusedError, match="too old"):
        MessageVerifier(USCC_A, anchor, now=lambda: at).verify(headers, body)


def test_a_new_time_on_an_old_message(sender: Sender) -> None:
    """webhook-timestamp changed → it is under the signature."""
    headers, body = sender.message()
    headers["webhook-timestamp"] = str(int(headers["webhook-timestamp"]) + 60)
    refused(sender, headers, body, "altered")


def test_a_new_id_on_an_old_message(sender: Sender) -> None:
    """webhook-id changed, to pass the receiver's memory → it is under the signature."""
    headers, body = sender.message()
    headers["webhook-id"] = "evt_other"
    refused(sender, headers, body, "altered")


def test_a_message_passed_on_to_another_endpoint(sender: Sender) -> None:
    """The operator of endpoint 1 posts what it got to endpoint 2 → it names endpoint 1."""
    headers, body = sender.message()
    anchor = certificate_to_pem(sender.nation.anchor).encode()
    with pytest.raises(MessageRefusedError, match="another endpoint"):
        MessageVerifier(USCC_A, anchor, webhook="endpoint-2", now=CLOCK.now).verify(headers, body)


def test_another_department_signs(sender: Sender) -> None:
    """B, rightly certified, signs a message in A's name → the certificate is B's."""
    other = Sender(
        sender.nation, sender.nation.regions["330000"].leaf("乙局（示例）", USCC_B), sender.verifier
    )
    refused(sender, *other.message(), "another organisation")


def test_a_department_that_certifies(sender: Sender) -> None:
    """B uses its leaf as an authority and certifies a key as A's → a leaf certifies nobody."""
    middle = sender.nation.regions["330000"].leaf("乙局（示例）", USCC_B)
    thief = new_signer("thief")
    authority = CertificateAuthority(x509.load_der_x509_certificate(middle.certificate_chain[0]), middle)
    forged = issue_leaf(
        CertificateSubject("某局（示例）", USCC_A, "330000"),
        thief.public_key,
        authority,
        valid_from=FROM,
        valid_until=UNTIL,
    )
    chained = thief.with_chain((certificate_to_der(forged), *middle.certificate_chain))
    refused(sender, *Sender(sender.nation, chained, sender.verifier).message(), "anchor")


def test_another_nation(sender: Sender) -> None:
    """Everything right, under a root of the attacker's own → it leads to no anchor of ours."""
    other = TrustWorld.create()
    chained = other.regions["330000"].leaf("某局（示例）", USCC_A)
    refused(sender, *Sender(other, chained, sender.verifier).message(), "anchor")


def test_an_ended_certificate(sender: Sender) -> None:
    """Signed by a key whose certificate ended → refused, however fresh the message."""
    at = UNTIL + timedelta(days=1)
    event = build_event(EventType.DECISION_TAKEN, USCC_A, {"record": "r1"}, at=at, key="r1")
    body = json.dumps(event.to_json("endpoint-1")).encode()
    anchor = certificate_to_pem(sender.nation.anchor).encode()
    with pytest.raises(MessageRefusedError, match="anchor"):
        MessageVerifier(USCC_A, anchor, now=lambda: at).verify(
            build_headers(event.id, body, sender.signer, at), body
        )


def test_a_revoked_certificate(sender: Sender) -> None:
    headers, body = sender.message()
    anchor = certificate_to_pem(sender.nation.anchor).encode()
    with pytest.raises(MessageRefusedError, match="revoked"):
        MessageVerifier(USCC_A, anchor, now=CLOCK.now, is_revoked=lambda _: True).verify(headers, body)


def test_a_key_for_trust_lists(sender: Sender) -> None:
    """The same organisation's key for trust lists → for another purpose."""
    chained = sender.nation.regions["330000"].leaf(
        "某局（示例）", USCC_A, extended_key_usages=(TRUST_LIST_SIGNING,)
    )
    refused(sender, *Sender(sender.nation, chained, sender.verifier).message(), "purpose")


def test_other_things_that_the_key_signed(sender: Sender) -> None:
    """A request object or a record by the same key, taken apart as a signature → its typ says otherwise."""
    headers, body = sender.message()
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    header = {
        "alg": "ES256",
        "typ": "oauth-authz-req+jwt",
        "x5c": build_x5c(sender.signer.certificate_chain),
    }
    head, _, signature = build_jws(header, signed, sender.signer.sign).split(".")
    headers["webhook-signature"] = f"x5c,{head}..{signature}"
    refused(sender, headers, body, "not of the kind")


def _head(**fields: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "v1,abc",
        "x5c,",
        "x5c,a.b",
        "x5c,a.b.c.d",
        "x5c,!!..!!",
        f"x5c,{_head(alg='none', typ='elicence-webhook+jws')}..",
        f"x5c,{_head(alg='HS256', typ='elicence-webhook+jws')}..AAAA",
        f"x5c,{_head(alg='ES256', typ='elicence-webhook+jws')}..AAAA",
        f"x5c,{_head(alg='ES256', typ='elicence-webhook+jws', x5c=[])}..AAAA",
        f"x5c,{_head(alg='ES256', typ='elicence-webhook+jws', x5c=['AAAA'])}..AAAA",
        f"x5c,{_head(alg='ES256', typ='elicence-webhook+jws', x5c=['A'] * 100)}..AAAA",
        f"x5c,{_head(alg='ES256', typ='elicence-webhook+jws', x5c=[1])}..AAAA",
        f"x5c,{_head(alg='ES256', typ='elicence-webhook+jws', x5c={'a': 1})}..AAAA",
        "x5c," + base64.urlsafe_b64encode(b"[" * 9000).decode() + "..AAAA",
        "x5c," + "A" * 40000 + "..AAAA",
        "x5c,é..AAAA",
    ],
)
def test_rubbish_in_the_place_of_a_signature(sender: Sender, signature: str) -> None:
    """Every kind of rubbish → refused, never another exception."""
    headers, body = sender.message()
    headers["webhook-signature"] = signature
    refused(sender, headers, body, ".")


def test_two_signatures(sender: Sender) -> None:
    """A true one and a false one side by side → which of them counts is not for the sender to choose."""
    headers, body = sender.message()
    headers["webhook-signature"] += " " + headers["webhook-signature"]
    refused(sender, headers, body, "several")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b'{"id": 1}', b"[" * 60000, b"x" * 70000])
def test_a_body_that_is_no_message(sender: Sender, body: bytes) -> None:
    """Rightly signed rubbish → refused."""
    headers = build_headers("evt_1", body, sender.signer, CLOCK.now())
    refused(sender, headers, body, ".")


@pytest.mark.parametrize("name", ["姓名", "holder_name", "number"])
def test_a_name_cannot_get_into_an_event(name: str) -> None:
    """A caller that puts a claim into an event → a mistake of ours that stops before anything is entered."""
    with pytest.raises(ValueError, match="must not say"):
        build_event(EventType.CASE_CHANGED, USCC_A, {name: "x"}, at=CLOCK.now(), key="k")
    with pytest.raises(ValueError, match="must not say"):
        build_event(EventType.CASE_CHANGED, USCC_A, {"case": "张小明"}, at=CLOCK.now(), key="k")
