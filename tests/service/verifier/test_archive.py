"""Archive packages: made from real decisions, checked years later without this node; every change is found and named."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from keys.certificates import certificate_to_pem
from standards.bagit import Bag, build_bag, read_zip, write_zip
from standards.verification_report import Indication, VerificationReport
from tests.service.verifier.test_acceptance import decide, shown
from tests.service.verifier.test_cases import accepted
from tests.support.trust_world import TrustWorld
from tests.support.verifier_world import BUSINESS_LICENCE, COMPANY, VerifierWorld
from verifier.acceptance.errors import RecordAlteredError
from verifier.acceptance.find_record import find_record
from verifier.archive.check_package import check_zipped_package
from verifier.archive.commands import check
from verifier.archive.export_packages import Exported, ToArchive, export_packages
from verifier.archive.package import ArchivePackage, make_package
from verifier.archive.signature import SIGNATURE_FILE, sign_bag
from verifier.checking.commands import verify
from verifier.items import load_items
from verifier.reports.selection import day_of
from verifier.window.relying_party import signer_of


def packaged(world: VerifierWorld) -> ArchivePackage:
    record_id = decide(world, shown(world), decision="accept").json["id"]
    department = world.departments[0]
    record = find_record(world.node.records, department, record_id)
    return make_package(world.node, department, [record], world.clock.now())


def report_on(world: VerifierWorld, content: bytes) -> VerificationReport:
    return check_zipped_package(content, (world.nation.anchor,), load_items())


def codes(report: VerificationReport) -> set[str]:
    return {finding.code for finding in report.findings}


def rewritten(package: ArchivePackage, changes: dict[str, bytes | None]) -> bytes:
    files = dict(read_zip(package.content).files) | changes
    return write_zip(Bag.of({path: one for path, one in files.items() if one is not None}), "b")


def test_it_holds_everything_and_proves_itself(world: VerifierWorld) -> None:
    package = packaged(world)
    assert package.name.startswith(f"{world.departments[0].uscc}-0000")
    payload = read_zip(package.content).payload
    assert {path.rpartition("/")[2] for path in payload} == {
        "metadata.json",
        "record.json",
        "report.json",
        "report.html",
        "use.json",
        "business_licence-1.txt",
    }
    assert COMPANY["holder_name"].encode() not in payload["metadata.json"], "filed without names of people"
    report = report_on(world, package.content)
    assert report.indication is Indication.PASSED, [f.message.en for f in report.findings]
    assert {"package-whole", "package-signed", "record-sealed", "record-verdict-repeated"} <= codes(report)


@pytest.mark.parametrize("name", ["record.json", "report.html", "use.json", "business_licence-1.txt"])
def test_an_altered_file_is_named(world: VerifierWorld, name: str) -> None:
    package = packaged(world)
    path = next(path for path in read_zip(package.content).files if path.endswith(name))
    report = report_on(world, rewritten(package, {path: b"{}"}))
    assert report.indication is Indication.FAILED
    assert any(
        path in finding.message.en for finding in report.findings if finding.code == "package-file-altered"
    )


def test_made_anew_by_somebody_else_it_fails(world: VerifierWorld) -> None:
    """All checksums are right: the signature is the department's over another package, missing, or a stranger's."""
    package = packaged(world)
    bag = read_zip(package.content)
    payload = {path: one for path, one in bag.payload.items() if not path.endswith("report.html")}
    forged = build_bag(payload, [])
    old = Bag.of({**forged.files, SIGNATURE_FILE: bag.files[SIGNATURE_FILE]})
    assert "package-signature-invalid" in codes(report_on(world, write_zip(old, "b")))
    assert "package-signature-invalid" in codes(report_on(world, write_zip(forged, "b")))
    stranger = TrustWorld.create().add_region("330000").leaf("某局", world.departments[0].uscc)
    signed = sign_bag(forged, world.departments[0].uscc, stranger, world.clock.now())
    report = report_on(world, write_zip(signed, "b"))
    assert report.indication is Indication.FAILED
    assert "package-signature-path" in codes(report)


def test_another_licence_beside_the_record_is_noticed(world: VerifierWorld) -> None:
    """Signed by the department itself: what stands beside the record must still be what the record holds."""
    bag = read_zip(packaged(world).content)
    payload = dict(bag.payload)
    path = next(path for path in payload if "/credentials/" in path)
    department = world.departments[0]
    other = sign_bag(
        build_bag(payload | {path: b"other~"}, []),
        department.uscc,
        signer_of(world.node.keys, department),
        world.clock.now(),
    )
    assert "package-credential-differs" in codes(report_on(world, write_zip(other, "b")))


def test_the_same_package_by_hand(world: VerifierWorld, tmp_path: Path) -> None:
    """An archivist unpacks it with the tools at hand and compares by ``sha256sum -c``: the manifests are in that form."""
    with zipfile.ZipFile(io.BytesIO(packaged(world).content)) as archive:
        archive.extractall(tmp_path)
    base = next(tmp_path.iterdir())
    metadata = json.loads((base / "data/metadata.json").read_bytes())
    assert metadata["decision"] == "accept"
    [licence] = metadata["licences"]
    assert licence["ZZLXDM"] == BUSINESS_LICENCE.code
    assert licence["ZZBFJG"]
    assert "Payload-Oxum" in (base / "bag-info.txt").read_text()


def test_by_command_years_later(world: VerifierWorld, tmp_path: Path) -> None:
    package = packaged(world)
    (tmp_path / package.name).write_bytes(package.content)
    (tmp_path / "anchor.pem").write_text(certificate_to_pem(world.nation.anchor))
    arguments = ["--trust", str(tmp_path / "anchor.pem")]
    whole = CliRunner().invoke(check, [str(tmp_path / package.name), *arguments], standalone_mode=False)
    assert whole.return_value == 0, whole.output
    same = CliRunner().invoke(verify, [str(tmp_path / package.name), *arguments], standalone_mode=False)
    assert same.return_value == 0, same.output
    with zipfile.ZipFile(tmp_path / package.name) as archive:
        archive.extractall(tmp_path / "unpacked")
    directory = next((tmp_path / "unpacked").iterdir())
    assert CliRunner().invoke(check, [str(directory), *arguments], standalone_mode=False).return_value == 0
    (directory / "data/metadata.json").write_text("{}")
    broken = CliRunner().invoke(check, [str(directory), *arguments], standalone_mode=False)
    assert broken.return_value == 1
    assert "data/metadata.json" in broken.output


def test_a_period_is_exported_and_goes_on_where_it_stopped(world: VerifierWorld, tmp_path: Path) -> None:
    department = world.departments[0]
    for _ in range(3):
        decide(world, shown(world), decision="accept")
    today = day_of(world.clock.now())

    def export(day: date = today, item: str | None = None) -> list[Exported]:
        wanted = ToArchive(day, day, item)
        return list(export_packages(world.node, department, wanted, tmp_path, None))

    first = next(export_packages(world.node, department, ToArchive(today, today), tmp_path, None))
    assert first.is_new
    again = [one.is_new for one in export()]
    assert len(again) >= 3
    assert again == [False, *[True] * (len(again) - 1)]
    assert sorted(path.name for path in tmp_path.iterdir()) == [one.name for one in export()]
    assert all(
        report_on(world, path.read_bytes()).indication is Indication.PASSED for path in tmp_path.iterdir()
    )
    assert export(today + timedelta(days=1)) == []
    assert export(item="no-such-item") == []


def test_a_case_is_archived_when_it_is_over(world: VerifierWorld, tmp_path: Path) -> None:
    """Received: not yet. Not approved: one package, with the case in its metadata."""
    clerk = world.sign_in()
    case = accepted(world, clerk)
    today = day_of(world.clock.now())

    def cases() -> list[str | None]:
        wanted = ToArchive(today, today, case.item)
        exported = export_packages(world.node, world.departments[0], wanted, tmp_path, None)
        bags = [read_zip((tmp_path / one.name).read_bytes()) for one in exported]
        return [json.loads(bag.payload["metadata.json"])["case"] for bag in bags]

    assert case.id not in cases()
    path = f"/window/cases/{case.id}/disapprove"
    assert world.sign_in("window-approver").submit(path, reason="conditions-not-met").status_code == 303
    assert cases().count(case.id) == 1
    assert all(
        report_on(world, one.read_bytes()).indication is Indication.PASSED for one in tmp_path.iterdir()
    )


def test_nothing_of_an_altered_chain_is_archived(world: VerifierWorld, tmp_path: Path) -> None:
    decide(world, shown(world), decision="accept")
    rows, today = world.node.database["acceptance_records"], day_of(world.clock.now())
    whole = rows.find_one()
    wanted = ToArchive(today, today)
    place = {"department": whole["department"], "sequence": whole["sequence"]}
    rows.update_one(place, {"$set": {"body": whole["body"] + b" "}})
    try:
        with pytest.raises(RecordAlteredError):
            list(export_packages(world.node, world.departments[0], wanted, tmp_path / "out", None))
    finally:
        rows.update_one(place, {"$set": {"body": whole["body"]}})
    assert not (tmp_path / "out").exists()
