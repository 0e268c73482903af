"""The audit as background work: what the console asks for, since a large library takes minutes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from issuer.chain.audit import audit_authority
from issuer.chain.errors import ChainBrokenError
from issuer.chain.report_json import report_json
from issuer.node import IssuerNode, record_seal
from service.jobs import Job, JobContext, JobKind
from standards.text import Text

NAME: Final = "issuer.audit"

_TOLD_EVERY: Final = 20_000
"""Events between two notes of progress; each is a durable write."""


def run(context: JobContext) -> Mapping[str, Any]:
    """Seal what waits, then audit the job's authority; broken off, it begins again, since an audit is of one moment."""
    node: IssuerNode = context.node
    authority = context.job.owner
    with suppress(ChainBrokenError):  # the audit names the place
        node.chain.seal_authority(authority, context.clock.now())
    checked, noted = 0, context.job.done
    context.advance(None, done=0, total=max(node.blocks.count_sealed(authority), noted))

    def told(events: int) -> None:
        nonlocal checked, noted
        checked += events
        if checked - noted >= _TOLD_EVERY:
            context.advance(None, done=checked - noted)
            noted = checked
        else:
            context.check()

    report = audit_authority(node.blocks, record_seal(node.master_key), authority, told=told)
    if checked > noted:
        context.advance(None, done=checked - noted)
    return report_json(report)


def page_of(job: Job) -> str:
    """The address of the page that shows the result."""
    return f"/audit/{job.id}"


JOB_KIND: Final = JobKind(NAME, run, Text("审计", "Audit"), page_of)
"""Entry point of the same name in ``elicence.job_kinds``."""
