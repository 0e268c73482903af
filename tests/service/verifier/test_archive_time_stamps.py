"""Time stamps over archive packages: of the node's own kind and by HTTP, seen by OpenSSL too, and those that prove nothing."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from flask import Flask, Response, request

from keys.certificates import certificate_to_pem
from keys.local_signer import LocalSigner
from keys.timestamp import TimeStampAuthority, build_question, parse_answer
from service.errors import TimeStampAuthorityUnavailableError
from service.outbound import Outbound
from standards.bagit import read_zip
from standards.verification_report import Indication
from tests.service.verifier.test_acceptance import decide, shown
from tests.service.verifier.test_archive import codes, packaged, report_on, rewritten
from tests.support.served_app import ServedApp
from tests.support.trust_world import TrustWorld
from tests.support.verifier_world import VerifierWorld
from verifier.acceptance.find_record import find_record
from verifier.archive.check_package import check_zipped_package
from verifier.archive.export_packages import ToArchive, export_packages
from verifier.archive.package import ArchivePackage, make_package
from verifier.archive.signature import SIGNATURE_FILE, TIME_STAMP_FILE
from verifier.archive.time_stamp import stamp_of
from verifier.items import load_items
from verifier.reports.selection import day_of


def clock_of(nation: TrustWorld) -> LocalSigner:
    return nation.regions["330000"].leaf(
        "示例节点时间戳", None, extended_key_usages=[ExtendedKeyUsageOID.TIME_STAMPING]
    )


def stamped(world: VerifierWorld, clock: LocalSigner, late: timedelta = timedelta()) -> ArchivePackage:
    """A package with the time stamp of an authority whose watch may be wrong."""

    def stamp(digest: bytes, at: datetime) -> bytes:
        question = build_question(digest)
        return parse_answer(TimeStampAuthority(clock).answer(question.der, at + late), question).der

    record_id = decide(world, shown(world), decision="accept").json["id"]
    department = world.departments[0]
    record = find_record(world.node.records, department, record_id)
    return make_package(world.node, department, [record], world.clock.now(), stamp)


def test_a_time_stamp_proves_when(world: VerifierWorld, tmp_path: Path) -> None:
    """Also to OpenSSL, which nobody here wrote."""
    package = stamped(world, clock_of(world.nation))
    report = report_on(world, package.content)
    assert report.indication is Indication.PASSED, [f.message.en for f in report.findings]
    moment = world.clock.now().isoformat(timespec="seconds")
    [said] = [f.message.en for f in report.findings if f.code == "package-time-stamped"]
    assert moment in said
    assert shutil.which("openssl"), "install openssl"
    bag = read_zip(package.content)
    (tmp_path / "signature.jws").write_bytes(bag.files[SIGNATURE_FILE])
    (tmp_path / "signature.tst").write_bytes(bag.files[TIME_STAMP_FILE])
    (tmp_path / "anchor.pem").write_text(certificate_to_pem(world.nation.anchor))
    command = ["openssl", "ts", "-verify", "-in", "signature.tst", "-token_in", "-data", "signature.jws"]
    command += ["-CAfile", "anchor.pem", "-attime", str(int(world.clock.now().timestamp()))]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    (tmp_path / "signature.jws").write_bytes(bag.files[SIGNATURE_FILE] + b" ")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0


def test_without_a_time_stamp_it_says_so(world: VerifierWorld) -> None:
    report = report_on(world, packaged(world).content)
    assert report.indication is Indication.PASSED
    assert "package-not-time-stamped" in codes(report)


def test_a_time_stamp_cannot_be_taken_away_or_exchanged(world: VerifierWorld) -> None:
    clock = clock_of(world.nation)
    package, other = stamped(world, clock), stamped(world, clock)
    assert "package-time-stamp-missing" in codes(
        report_on(world, rewritten(package, {TIME_STAMP_FILE: None}))
    )
    token = read_zip(other.content).files[TIME_STAMP_FILE]
    for changed in (token, token[:-1] + bytes([token[-1] ^ 1]), b"", b"no token"):
        report = report_on(world, rewritten(package, {TIME_STAMP_FILE: changed}))
        assert report.indication is Indication.FAILED
        assert "package-time-stamp-invalid" in codes(report)


def test_whose_watch_is_believed(world: VerifierWorld) -> None:
    """A stranger's not, unless the caller names his anchor, for the time alone; one that is far off never; a key for other uses not."""
    abroad = TrustWorld.create()
    package = stamped(world, clock_of(abroad))
    report = report_on(world, package.content)
    assert report.indication is Indication.INDETERMINATE
    assert "package-time-stamp-not-trusted" in codes(report)
    trusted = check_zipped_package(package.content, (world.nation.anchor,), load_items(), (abroad.anchor,))
    assert trusted.indication is Indication.PASSED
    late = stamped(world, clock_of(world.nation), timedelta(days=3))
    assert "package-time-stamp-apart" in codes(report_on(world, late.content))
    signer = world.nation.regions["330000"].leaf("某局", "11330100MB00000014")
    assert "package-time-stamp-not-trusted" in codes(report_on(world, stamped(world, signer).content))


def test_the_service_that_the_operator_named_stamps(world: VerifierWorld, tmp_path: Path) -> None:
    """By HTTP, and nothing is written where it does not answer."""
    clock = clock_of(world.nation)
    app, asked = Flask("tsa"), []

    @app.post("/tsr")
    def answer() -> Response:
        asked.append(request.mimetype)
        content = TimeStampAuthority(clock).answer(request.get_data(), world.clock.now())
        return Response(content, mimetype="application/timestamp-reply")

    anchor = tmp_path / "tsa.pem"
    anchor.write_bytes(world.nation.anchor.public_bytes(Encoding.PEM))
    with closing(ServedApp(app)) as served:
        settings = replace(world.node.settings, tsa_url=f"{served.origin}/tsr", tsa_anchors_file=anchor)
        node = replace(world.node, settings=settings, outbound=Outbound(frozenset({served.origin})))
        decide(world, shown(world), decision="accept")
        today = day_of(world.clock.now())
        wanted, department = ToArchive(today, today), world.departments[0]
        silent = replace(node, settings=replace(settings, tsa_url=f"{served.origin}/none"))
        with pytest.raises(TimeStampAuthorityUnavailableError):
            list(export_packages(silent, department, wanted, tmp_path / "out", stamp_of(silent)))
        assert list((tmp_path / "out").iterdir()) == []
        exported = list(export_packages(node, department, wanted, tmp_path / "out", stamp_of(node)))
    assert exported
    assert asked
    content = (tmp_path / "out" / exported[-1].name).read_bytes()
    assert "package-time-stamped" in codes(report_on(world, content))
