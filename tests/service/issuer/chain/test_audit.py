"""What an audit sees: each test alters the store behind the node's back, as somebody with access to it but no key could."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from issuer.chain.audit import audit_authority
from issuer.chain.errors import ChainBrokenError, InvalidNotesError
from issuer.chain.job import JOB_KIND
from issuer.chain.report_json import parse_notes, report_json
from issuer.chain.store import ChainStore
from issuer.commands import commands
from issuer.library.record_document import RecordSeal
from issuer.library.store import LicenceStore
from issuer.node import record_seal
from keys.envelope import Envelope, SealingKey
from service.jobs import JobState, JobStore, run_job
from tests.service.issuer.chain.conftest import START, new_sealer
from tests.service.issuer.test_events import TWO


@pytest.fixture
def audit(node, authority):
    def run(**options: Any):
        return audit_authority(node.blocks, record_seal(node.master_key), authority, **options)

    return run


@pytest.fixture
def lived(clerk, sealer, authority):
    """Three licences with histories in two blocks; answers their identifiers."""
    one, other, third = clerk.enter(3)
    clerk.do(one, "suspend", approval=TWO, reason_code="penalty")
    sealer.seal_authority(authority, START)
    clerk.do(one, "return")
    clerk.do(other, "replace")
    clerk.do(third, "inspect", inspection={"result": "passed"})
    sealer.seal_authority(authority, START + timedelta(seconds=1))
    return one, other, third


@pytest.fixture
def licences(node, authority):
    class Licences:
        def set(self, identifier, **values):
            key = {"authority": authority, "_id": identifier}
            assert node.database["licences"].update_one(key, {"$set": values}).matched_count

        def update(self, identifier, change):
            key = {"authority": authority, "_id": identifier}
            assert node.database["licences"].update_one(key, change).matched_count

        def put_back(self, document):
            key = {"authority": authority, "_id": document["_id"]}
            assert node.database["licences"].replace_one(key, document).matched_count

        def find(self, identifier):
            return node.database["licences"].find_one({"_id": identifier})

    return Licences()


@pytest.fixture
def seal_now(sealer, authority):
    return lambda: sealer.seal_authority(authority, START)


@pytest.fixture
def blocks_of(node, authority):
    """The collection of blocks, and the key of a block by its number."""
    return lambda sequence: (
        node.database["licence_blocks"],
        {"authority": authority, "sequence": sequence},
    )


def found(report):
    assert report.finding is not None
    return report.finding.code, report.finding.identifier, report.finding.event


def test_a_library_as_it_was_sealed_is_whole(audit, lived):
    report = audit()
    assert report.is_whole, report.finding
    assert (report.blocks, report.events, report.licences, report.waiting) == (2, 8, 4, 0)


def test_what_waits_is_no_finding(audit, lived, clerk):
    clerk.do(lived[0], "report_lost")
    report = audit()
    assert report.is_whole, report.finding
    assert report.waiting == 1


def test_licences_that_change_during_the_audit_are_no_finding(audit, lived, clerk, sealer, authority):
    """While it walks through the blocks, a licence goes on and a new one comes, and both are sealed."""
    steps = iter(range(100))

    def meanwhile(_):
        if next(steps) == 0:
            clerk.do(lived[0], "report_lost")
            clerk.enter()
            sealer.seal_authority(authority, START + timedelta(seconds=2))

    report = audit(told=meanwhile)
    assert report.is_whole, report.finding
    assert (report.blocks, report.licences) == (2, 5)
    assert audit().is_whole


def test_a_state_that_was_altered(audit, lived, licences):
    licences.set(lived[0], state="revoked")
    report = audit()
    assert found(report) == ("state-altered", lived[0], None)
    assert "revoked" in report.finding.message.zh
    assert lived[0] in report.finding.message.en


@pytest.mark.parametrize(
    ("altered", "code"),
    [
        ({"valid_until": "2999-01-01"}, "event-altered"),
        ({"type_version": "9"}, "event-altered"),
        ({"authority_name": "别的机构"}, "event-altered"),
        ({"superseded_by": "1.2.3"}, "standing-altered"),
        ({"proposal": 1}, "standing-altered"),
        ({"inspection": {"result": "passed", "due": "2999-01-01"}}, "standing-altered"),
    ],
)
def test_a_member_in_the_open_that_was_altered(audit, lived, licences, altered, code):
    licences.set(lived[0], **altered)
    assert found(audit())[:2] == (code, lived[0])


@pytest.mark.parametrize(
    ("member", "value"),
    [("outcome", "refused"), ("system", "别的系统"), ("code", "court_order"), ("part_of", "x")],
)
def test_an_event_that_was_altered(audit, lived, licences, member, value):
    licences.set(lived[0], **{f"events.1.{member}": value})
    assert found(audit()) == ("event-altered", lived[0], 2)


def test_what_is_sealed_put_in_the_place_of_something_else(audit, lived, licences):
    """The sealed words of one event in another: they do not open there."""
    licences.set(lived[0], **{"events.2.sealed": licences.find(lived[0])["events"][1]["sealed"]})
    assert found(audit()) == ("event-altered", lived[0], 3)


def test_an_event_that_was_taken_out(audit, lived, licences):
    licences.update(lived[0], {"$pop": {"events": 1}})
    licences.set(lived[0], state="suspended", chained=2)
    assert found(audit()) == ("event-missing", lived[0], 3)


def test_a_licence_that_was_put_back_to_what_it_was(audit, lived, licences, clerk, seal_now):
    """Revoked and sealed; then the whole document is put back as it was before, every seal of it genuine."""
    before = licences.find(lived[0])
    clerk.do(lived[0], "revoke", approval=TWO)
    seal_now()
    licences.put_back(before)
    assert found(audit()) == ("event-missing", lived[0], 4)


def test_a_licence_that_was_taken_out(node, audit, lived, authority):
    node.database["licences"].delete_one({"authority": authority, "_id": lived[2]})
    assert found(audit())[:2] == ("licence-missing", lived[2])


def test_a_licence_that_was_never_to_be_sealed(node, audit, lived, clerk, licences):
    """Entered, and its note that it waits taken away: genuine in itself, but in no block."""
    (hidden,) = clerk.enter()
    licences.update(hidden, {"$unset": {"unsealed": ""}})
    assert found(audit()) == ("event-not-sealed", hidden, 1)


def test_an_event_that_is_put_down_for_sealing_again(audit, lived, licences, clerk, seal_now):
    """The digest of an altered event would be sealed as a new one: the chain then has it twice."""
    clerk.enter()
    seal_now()
    licences.set(lived[0], unsealed=1)
    assert found(audit()) == ("event-waits-again", lived[0], 1)
    seal_now()
    assert found(audit())[0] == "event-sealed-twice"


def test_an_event_that_was_altered_before_it_was_sealed(audit, clerk, sealer, authority, licences):
    (one,) = clerk.enter()
    licences.set(one, **{"events.0.sealed": b"nothing"})
    sealer.seal_authority(authority, START)
    assert found(audit()) == ("event-unreadable", one, 1)


@pytest.mark.parametrize(
    "change", [{"hash": "f" * 64}, {"sealed": b"nothing"}, {"mark": b"nothing"}, {"previous": "f" * 64}]
)
def test_a_block_that_was_altered(audit, lived, blocks_of, change):
    rows, key = blocks_of(1)
    rows.update_one(key, {"$set": change})
    report = audit()
    assert (report.finding.code, report.finding.block) == ("block-altered", 1)


@pytest.mark.usefixtures("lived")
def test_a_chain_whose_end_does_not_open_grows_no_further(node, authority, audit, clerk, blocks_of):
    """What waits stays waiting, others are sealed, and the audit names the block."""
    rows, key = blocks_of(2)
    rows.update_one(key, {"$set": {"sealed": b"nothing"}})
    clerk.enter()
    restarted = new_sealer(node)
    with pytest.raises(ChainBrokenError):
        restarted.seal_authority(authority, START)
    assert restarted.seal_waiting(START) == 0
    report = audit()
    assert (report.finding.code, report.finding.block, report.waiting) == ("block-altered", 2, 1)


def test_a_block_that_was_taken_out(node, audit, lived, authority):
    node.database["licence_blocks"].delete_one({"authority": authority, "sequence": 1})
    assert audit().finding.code == "block-missing"


def test_a_chain_that_was_cut_at_its_end(node, audit, lived, licences, authority):
    """The last block taken out, and what it held: seen from inside as events that are in no block, and by whoever
    noted the head elsewhere as a chain that was cut.
    """
    notes = {2: audit().head.hash}
    node.database["licence_blocks"].delete_one({"authority": authority, "sequence": 2})
    assert audit().finding.code == "event-not-sealed"
    assert audit(noted=notes).finding.code == "block-replaced"
    assert audit(noted={1: "f" * 64}).finding.code == "block-replaced"


def test_a_new_master_key_changes_nothing_for_the_chain(node, authority, lived):
    """Every row sealed anew under a second key, and audited with that key alone."""
    new = SealingKey.of(secrets.token_bytes(32))

    def both(purpose: str) -> Envelope:
        return Envelope(new, (node.master_key.envelope(purpose)._current,))

    blocks = ChainStore(node.database, both("licence-blocks"))
    seal = RecordSeal(both("licence-record"), node.master_key.lookup_key())
    licences = LicenceStore(node.database, seal, lambda _: None)
    assert all(blocks.sealed_rows().reseal())
    assert all(licences.sealed_rows(node.clock)[0].reseal())
    alone = Envelope(new)
    report = audit_authority(
        ChainStore(node.database, alone), RecordSeal(alone, node.master_key.lookup_key()), authority
    )
    assert report.is_whole, report.finding
    assert report.events == 8


def test_the_audit_in_the_background_tells_progress_and_result(node, authority, lived):
    job = JobStore(node.database).create("issuer.audit", authority, {}, by="审计员", at=START)
    ended = run_job(node, job.id, kinds={"issuer.audit": JOB_KIND})
    assert (ended.state, ended.done, ended.total) == (JobState.DONE, 8, 8)
    assert ended.result["whole"] is True
    assert ended.result["head"]["sequence"] == 2


@pytest.fixture
def command(node, authority, monkeypatch):
    """`elicence issuer audit` over the node at hand."""
    monkeypatch.setattr("issuer.chain.commands.open_node", lambda *_: node)
    return lambda *arguments: CliRunner().invoke(commands, ["audit", "--authority", authority, *arguments])


def test_the_command_names_the_first_broken_place(command, lived, licences, tmp_path):
    whole = command("--json")
    assert whole.exit_code == 0, whole.output
    report = orjson.loads(whole.stdout)
    assert report["authorities"][0]["whole"] is True
    kept = tmp_path / "audit.json"
    kept.write_text(whole.stdout)
    assert command("--against", str(kept)).exit_code == 0
    licences.set(lived[0], state="revoked")
    broken = command()
    assert broken.exit_code == 1
    assert lived[0] in broken.stdout
    assert "✗" in broken.stdout


def test_notes_of_another_shape_are_refused(audit, lived):
    assert parse_notes(orjson.dumps({"authorities": [report_json(audit())]}))
    with pytest.raises(InvalidNotesError):
        parse_notes(b"[]")
