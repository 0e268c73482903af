"""An authority's auditor answers complaints about searches; nobody else of the staff does."""

from __future__ import annotations

from datetime import timedelta

from issuer.complaints.prove_use import proof_of_use
from issuer.searching.search_request import SearchBy, SearchEntry
from standards.complaints import Cause, Filing
from tests.service.issuer.conftest import POLICE
from tests.support.clock import START


def test_the_auditor_answers_with_a_reason(node, auditor, clerk):
    """A complaint at the auditor's authority: listed, read with the search's cause, answered once."""
    entry = SearchEntry(
        authority=POLICE.uscc,
        by="somebody",
        search_by=SearchBy.HOLDER,
        type_code="",
        holder="x" * 43,
        cause="走访核对",
        found=1,
        at=START,
    )
    node.search_log.append(entry, "111", "990101198805120016")
    row = node.database["search_log"].find_one({"authority": POLICE.uscc}, sort=[("_id", -1)])
    reference = str(row["_id"])
    proof = proof_of_use(node.issuance.lookup, reference)
    filing = Filing(
        POLICE.uscc,
        reference,
        proof,
        "t" * 43,
        "20261122-ABCDE-FGHIJ",
        Cause.NO_CONSENT,
        "为什么查我",
        "",
        START,
    )
    complaint = node.complaints.take(filing, START + timedelta(minutes=1))
    address = f"/complaints/{complaint.complaint_id}"
    assert "20261122-ABCDE-FGHIJ" in auditor.get("/complaints")
    page = auditor.get(address)
    assert "走访核对" in page
    assert "为什么查我" in page
    assert "已核实" in auditor.post(address, finding="not-upheld", answer="已核实，系办理业务所需。")
    clerk.get(address, 403)
    auditor.post(address, 409, finding="upheld", answer="改口，其实成立。")
