"""What a centre offers its windows: bundles, and a place for their records."""

from __future__ import annotations

import base64
import binascii

import orjson
from flask import Response, request

from service.api_tokens import require_api_caller
from service.web.csrf import MachineBlueprint
from service.web.json_body import read_json_body
from standards.json_reader import Reader
from verifier.acceptance.kept_evidence import digests_named
from verifier.departments.guard import calling_department
from verifier.node import current_node
from verifier.offline.bundle import MEDIA_TYPE, pack
from verifier.offline.errors import InvalidWindowRecordsError
from verifier.offline.make_bundle import newest_bundle
from verifier.offline.window_records import parse_records

_MAX_EVIDENCE_CHARS = 2 * 1024 * 1024

blueprint = MachineBlueprint("offline_api", __name__, url_prefix="/api/v1")
blueprint.before_request(require_api_caller(lambda: current_node().api_tokens))


@blueprint.get("/bundles/latest")
def latest() -> Response:
    """The newest bundle: whole, by difference to ``since`` while that is kept, or 204 when ``since`` is the newest."""
    node = current_node()
    department, _ = calling_department()
    manifest, parts = newest_bundle(node, department, node.clock.now())
    since = request.args.get("since", "")
    base_version = int(since) if since.isascii() and since.isdigit() and len(since) < 16 else None
    if base_version == manifest.version:
        return Response(status=204)
    base = node.offline.find(department.uscc, base_version) if base_version is not None else None
    base_parts = node.offline.parts_of(base) if base is not None else None
    content = pack(manifest.text, parts, base=base_parts, base_version=base_version)
    response = Response(content, mimetype=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/window-records/head")
def head() -> Response:
    """Where this centre's copy of the calling window's chain ends."""
    node = current_node()
    department, caller = calling_department()
    return _end(department.uscc, *node.window_records.head(department.uscc, caller.system))


@blueprint.post("/window-records")
def take() -> Response:
    """Records of the calling window, in order; a repeat changes nothing."""
    node, at = current_node(), current_node().clock.now()
    department, caller = calling_department()
    records = parse_records(read_json_body(), department.uscc)
    end = node.window_records.add(department.uscc, caller.system, records, at)
    node.evidence.pin(digest for one in records for digest in digests_named(one.lists))
    return _end(department.uscc, *end)


@blueprint.post("/window-evidence/lacking")
def lacking() -> Response:
    """Which of these lists are not here."""
    calling_department()
    digests = Reader(read_json_body(), error=InvalidWindowRecordsError).texts(
        "digests", max_items=1000, max_chars=64
    )
    here = current_node().evidence.read(digests)
    return _json({"lacking": [one for one in digests if one not in here]})


@blueprint.post("/window-evidence")
def take_evidence() -> Response:
    """One list that records stand on; it is kept for good once a record names it."""
    node = current_node()
    calling_department()
    reader = Reader(read_json_body(), error=InvalidWindowRecordsError)
    try:
        content = base64.b64decode(reader.text("content", max_chars=_MAX_EVIDENCE_CHARS), validate=True)
    except binascii.Error as cause:
        raise reader.fail("content", "不是 base64。", "This is no base64.") from cause
    node.evidence.keep([content], node.clock.now())
    return _json({})


def _end(department: str, sequence: int, end_hash: str) -> Response:
    return _json({"department": department, "sequence": sequence, "hash": end_hash})


def _json(value: object) -> Response:
    return Response(orjson.dumps(value), mimetype="application/json")
