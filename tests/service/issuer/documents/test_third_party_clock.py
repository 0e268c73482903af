"""Time stamps of a service that nobody here wrote: OpenSSL's, behind an address; and what is not believed of such a service."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask, Response, request

from issuer.documents.make_document import DocumentOrder, original_of
from issuer.node import IssuerNode
from keys.path_validation import PathValidator
from keys.pdf_check import check_pdf
from keys.sealing import SealLevel
from keys.timestamp import parse_token
from keys.timestamp.question import ANSWER_MEDIA_TYPE
from service.errors import TimeStampAuthorityUnavailableError
from service.outbound import Outbound
from service.third_party_clock import ThirdPartyClock
from tests.service.issuer.conftest import POLICE, System
from tests.service.issuer.documents.test_documents import entered
from tests.support.sealing_world import SealingWorld
from tests.support.served_app import ServedApp

DIGEST = bytes(range(32))
CONFIGURATION = """
[req]
distinguished_name = name
[name]
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/root.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[stamp]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[server]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate authority and a time-stamp authority of OpenSSL's making."""
    assert shutil.which("openssl"), "install openssl"
    made = tmp_path_factory.mktemp("tsa")
    (made / "tsa.cnf").write_text(CONFIGURATION.format(folder=made))
    (made / "serial").write_text("01\n")
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    configured = ["-config", "tsa.cnf"]
    openssl(made, "req", "-x509", *curve, *configured, "-extensions", "root", "-subj", "/C=CN/O=R/CN=Root",
            "-days", "3650", "-keyout", "root.key", "-out", "root.pem")  # fmt: skip
    for name, extensions in (("tsa", "stamp"), ("web", "server")):
        openssl(made, "req", *curve, *configured, "-subj", f"/C=CN/O=R/CN={name}", "-keyout", f"{name}.key",
                "-out", f"{name}.csr")  # fmt: skip
        openssl(made, "x509", "-req", "-in", f"{name}.csr", "-CA", "root.pem", "-CAkey", "root.key", "-days", "3650",
                "-CAcreateserial", "-extfile", "tsa.cnf", "-extensions", extensions, "-out", f"{name}.pem")  # fmt: skip
    return made


def openssl(folder: Path, *arguments: str, given: bytes = b"") -> bytes:
    done = subprocess.run(
        ["openssl", *arguments], cwd=folder, input=given, capture_output=True, check=True, timeout=60
    )
    return done.stdout


class Service:
    """The time-stamp service behind its address; ``spoil`` changes what it answers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spoil: Callable[[bytes], Any] = lambda answer: Response(answer, mimetype=ANSWER_MEDIA_TYPE)
        self.asked: list[str | None] = []
        app = Flask("tsa")
        app.post("/tsr")(self._answer)
        self.served = ServedApp(app)
        self.outbound = Outbound(frozenset({self.served.origin}))

    @property
    def url(self) -> str:
        return f"{self.served.origin}/tsr"

    def _answer(self) -> Any:
        self.asked.append(request.mimetype)
        (self.folder / "question.tsq").write_bytes(request.get_data())
        answer = openssl(
            self.folder, "ts", "-reply", "-config", "tsa.cnf", "-section", "here", "-queryfile", "question.tsq"
        )  # fmt: skip
        return self.spoil(answer)


@pytest.fixture
def service(folder: Path) -> Iterator[Service]:
    made = Service(folder)
    yield made
    made.outbound.close()
    made.served.close()


@pytest.fixture
def clock(service: Service, folder: Path) -> ThirdPartyClock:
    return clock_of(service, folder)


def clock_of(service: Service, folder: Path, anchor: str = "root.pem") -> ThirdPartyClock:
    root = x509.load_pem_x509_certificate((folder / anchor).read_bytes())
    return ThirdPartyClock(service.url, service.outbound, lambda: (root,))


def now() -> datetime:
    return datetime.now(UTC)


def test_a_stamp_of_openssl_is_taken(clock: ThirdPartyClock, service: Service, folder: Path) -> None:
    token = parse_token(clock.stamp(DIGEST, now()))
    assert abs(token.at - now()) < timedelta(minutes=1)
    assert token.policy == "1.2.3.4.1"
    assert service.asked == ["application/timestamp-query"]
    leaf, root = clock.chain(now())
    assert leaf.public_bytes(Encoding.PEM) == (folder / "tsa.pem").read_bytes()
    assert root.public_bytes(Encoding.PEM) == (folder / "root.pem").read_bytes()


def test_openssl_takes_ours_just_so(folder: Path) -> None:
    """The other way round: what the node's own authority answers, OpenSSL verifies."""
    world = SealingWorld.create()
    (folder / "token.der").write_bytes(world.stamp(DIGEST, now()))
    chain = [*world.clock.certificate_chain]
    pem = [x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM) for der in chain]
    (folder / "between.pem").write_bytes(b"".join(pem))
    (folder / "anchor.pem").write_bytes(world.trust.anchor.public_bytes(Encoding.PEM))
    said = openssl(
        folder, "ts", "-verify", "-digest", DIGEST.hex(), "-in", "token.der", "-token_in", "-CAfile", "anchor.pem",
        "-untrusted", "between.pem",
    )  # fmt: skip
    assert b"OK" in said or said == b""


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda answer: Response("down", 503),
        lambda answer: Response(answer, mimetype="text/html"),
        lambda answer: Response(answer[:-20], mimetype=ANSWER_MEDIA_TYPE),
        lambda answer: Response(b"", mimetype=ANSWER_MEDIA_TYPE),
        lambda answer: Response(answer[:-1] + bytes([answer[-1] ^ 1]), mimetype=ANSWER_MEDIA_TYPE),
        lambda answer: Response(b"\x30\x05\x30\x03\x02\x01\x02", mimetype=ANSWER_MEDIA_TYPE),
        lambda answer: Response(b"x" * 100_000, mimetype=ANSWER_MEDIA_TYPE),
    ],
    ids=["away", "another-type", "cut-short", "empty", "a-bit-turned", "rejected", "too-large"],
)
def test_nothing_is_built_on_an_answer_that_is_none(
    clock: ThirdPartyClock, service: Service, spoilt: Callable[[bytes], Any]
) -> None:
    service.spoil = spoilt
    with pytest.raises(TimeStampAuthorityUnavailableError) as refused:
        clock.stamp(DIGEST, now())
    assert refused.value.next_step is not None


def test_the_answer_to_another_question_is_none(clock: ThirdPartyClock, service: Service) -> None:
    answers: list[bytes] = []
    service.spoil = lambda answer: (answers.append(answer), Response(answer, mimetype=ANSWER_MEDIA_TYPE))[1]
    clock.stamp(DIGEST, now())
    service.spoil = lambda answer: Response(answers[0], mimetype=ANSWER_MEDIA_TYPE)
    with pytest.raises(TimeStampAuthorityUnavailableError):
        clock.stamp(DIGEST, now())


def test_a_clock_that_is_far_off_is_not_believed(clock: ThirdPartyClock) -> None:
    with pytest.raises(TimeStampAuthorityUnavailableError):
        clock.stamp(DIGEST, now() + timedelta(minutes=6))


def test_a_service_that_no_anchor_knows(service: Service, folder: Path) -> None:
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl(folder, "req", "-x509", *curve, "-config", "tsa.cnf", "-extensions", "root", "-subj", "/C=CN/O=R/CN=Root",
            "-days", "30", "-keyout", "other.key", "-out", "other.pem")  # fmt: skip
    with pytest.raises(TimeStampAuthorityUnavailableError):
        clock_of(service, folder, "other.pem").stamp(DIGEST, now())


def test_nobody_answers(service: Service, clock: ThirdPartyClock) -> None:
    service.served.close()
    with pytest.raises(TimeStampAuthorityUnavailableError):
        clock.chain(now())


def test_originals_and_copies_are_stamped_by_it(
    police: System, node: IssuerNode, service: Service, folder: Path
) -> None:
    """The desk of a node whose operator named the service: two stamps in an original, and nothing made while it is away."""
    licence = entered(police, node)
    desk = replace(node.documents, third_party=clock_of(service, folder))
    found = node.licences.find(licence)
    authority = node.authorities.find(POLICE.uscc)
    assert found is not None
    assert authority is not None
    order = DocumentOrder(authority, found, node.library.type_of(found), "test")
    service.spoil = lambda answer: Response("down", 503)
    with pytest.raises(TimeStampAuthorityUnavailableError):
        original_of(desk, order, at=now())
    assert node.documents.store.original(licence) is None
    service.spoil = lambda answer: Response(answer, mimetype=ANSWER_MEDIA_TYPE)
    original = original_of(desk, order, at=now())
    root = x509.load_pem_x509_certificate((folder / "root.pem").read_bytes())
    seen = check_pdf(original.pdf, PathValidator([node.registrar.root, root]), now())
    assert [one.signer for one in seen.time_stamps] == ["tsa"]
    assert (seen.seals[0].problem, seen.seals[0].level) == (None, SealLevel.ARCHIVED)
    assert original.protected_until.year in {2035, 2036}, (
        "the service's certificate, or its algorithm, ends first"
    )
