"""``/api/v1/batches``: offers for a whole selection of an authority's licences."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, g, request

from issuer.authority_of_caller import authority_of_caller
from issuer.batches.batch import Batch, parse_batch_request
from issuer.batches.run_batch import (
    batch_id_of,
    batch_job,
    batches_of,
    begin_batch,
    offers_file,
    refusals_file,
)
from issuer.imports.views import file_response
from issuer.jobs.job_json import job_json
from issuer.library.idempotency import parse_idempotency_key
from issuer.library.views import answer
from issuer.node import current_node
from service.api_tokens import require_api_caller
from service.jobs import Job
from service.web.csrf import MachineBlueprint
from service.web.json_body import read_json_body

blueprint = MachineBlueprint("batches", __name__, url_prefix="/api/v1/batches")
blueprint.before_request(require_api_caller(lambda: current_node().api_tokens))

JSON_LINES: Final = "application/jsonl"


@blueprint.post("")
def create_batch() -> Response:
    """Begin: 202; a repeat under the same ``Idempotency-Key`` answers the same batch."""
    node = current_node()
    authority = authority_of_caller(node).uscc
    body = read_json_body()
    key = parse_idempotency_key(request.headers.get("Idempotency-Key"), body, node.master_key.lookup_key())
    batch, job = begin_batch(
        node,
        parse_batch_request(body, authority, node.catalogue),
        by=g.caller.system,
        at=node.clock.now(),
        batch_id=None if key is None else batch_id_of(authority, key.key),
    )
    response = answer(_batch_json(batch, job), 202)
    response.headers["Location"] = f"{node.settings.issuer_url}/api/v1/batches/{batch.id}"
    return response


@blueprint.get("")
def list_batches() -> Response:
    """The authority's batches, newest first, whoever asked for them."""
    node = current_node()
    found = batches_of(node).newest(g.caller.authority)
    return answer({"batches": [_batch_json(batch, batch_job(node, batch)) for batch in found]}, 200)


@blueprint.get("/<batch_id>")
def read_batch(batch_id: str) -> Response:
    """How far a batch is."""
    batch = _batch(batch_id)
    return answer(_batch_json(batch, batch_job(current_node(), batch)), 200)


@blueprint.get("/<batch_id>/result")
def download_offers(batch_id: str) -> Response:
    """The offers, only for the system that began the batch, while they serve."""
    batch = _batch(batch_id)
    blocks = offers_file(current_node(), batch, by=g.caller.system)
    return file_response(blocks, JSON_LINES, f"offers-{batch.at:%Y%m%d}-{batch.id[:6]}.jsonl")


@blueprint.get("/<batch_id>/refused")
def download_refusals(batch_id: str) -> Response:
    """The licences that got no offer, each with the reason."""
    batch = _batch(batch_id)
    blocks = refusals_file(current_node(), batch, by=g.caller.system)
    return file_response(blocks, JSON_LINES, f"refused-{batch.at:%Y%m%d}-{batch.id[:6]}.jsonl")


def _batch(batch_id: str) -> Batch:
    return batches_of(current_node()).find(g.caller.authority, batch_id)


def _batch_json(batch: Batch, job: Job | None) -> dict[str, Any]:
    asked = batch.request
    return {
        "id": batch.id,
        "what": "offers",
        "selection": asked.selection.to_json(),
        "tx_code": asked.tx_code,
        "by": asked.by,
        "made_by": batch.made_by,
        "at": batch.at.isoformat().replace("+00:00", "Z"),
        "expires_at": batch.expires_at.isoformat().replace("+00:00", "Z"),
        "fetched": batch.fetched,
        "job": None if job is None else job_json(job),
    }
