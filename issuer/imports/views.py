"""``/api/v1/imports``: files of licences from an authority's systems, and the mappings of their columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flask import Response, g, request

from issuer.authority_of_caller import authority_of_caller
from issuer.imports.errors import MappingNotFoundError, UploadInterruptedError
from issuer.imports.import_json import import_json, refused_json
from issuer.imports.imported_file import OWN_HAND, ImportedFile
from issuer.imports.mapping import ColumnMapping, parse_mapping
from issuer.imports.receive_file import (
    MAX_FILE_BYTES,
    Sender,
    begin_import,
    job_of,
    receive_file,
    require_source,
    resume_import,
    transfers_of,
)
from issuer.imports.refused_file import refused_file, refused_file_name
from issuer.imports.writing import CONTENT_TYPES
from issuer.library.change_input import parse_actor
from issuer.library.event import Actor, Approval
from issuer.library.lifecycle import approve
from issuer.library.views import answer
from issuer.node import current_node
from service.api_tokens import require_api_caller
from service.web.csrf import MachineBlueprint
from service.web.json_body import read_json_body, read_json_body_or
from standards.errors import InvalidInputError
from standards.json_reader import Reader

blueprint = MachineBlueprint("imports", __name__, url_prefix="/api/v1")
blueprint.before_request(require_api_caller(lambda: current_node().api_tokens))

MAX_LISTED: Final = 200
_BLOCK_BYTES: Final = 256 * 1024


@blueprint.post("/imports")
def create_import() -> Response:
    """Take a file in as the body, and begin: 202. ``?type=``, optional ``source``, ``dry_run=true``, ``begin=false``."""
    node, at = current_node(), current_node().clock.now()
    authority = authority_of_caller(node)
    licence_type = node.catalogue.by_code(_parameter("type"), where="/type")
    sender = Sender(authority, _parameter("source", OWN_HAND), g.caller.system, Actor(g.caller.system))
    file = receive_file(node, sender, received_blocks(), name="", licence_type=licence_type, at=at)
    if not _flag("begin", default=True):
        return answer(import_json(file, None), 201)
    file, job = begin_import(node, file, by=g.caller.system, at=at, dry_run=_flag("dry_run", default=False))
    response = answer(import_json(file, job), 202)
    response.headers["Location"] = f"{node.settings.issuer_url}/api/v1/imports/{file.id}"
    return response


@blueprint.get("/imports")
def list_imports() -> Response:
    """The authority's imports, newest first."""
    node = current_node()
    files = transfers_of(node).imports.newest(g.caller.authority)
    return answer({"imports": [import_json(file, job_of(node, file)) for file in files]}, 200)


@blueprint.get("/imports/<import_id>")
def read_import(import_id: str) -> Response:
    """How far it is, and its refused rows: ``?after=ROW&limit=``; ``next`` is given as ``after`` for the following."""
    node, file = current_node(), _file(import_id)
    wire = import_json(file, job_of(node, file))
    limit = _number("limit", 50, MAX_LISTED)
    after = _number("after", 0, 10**9)
    rows = (
        [] if file.job is None else list(transfers_of(node).refusals.rows(file.job, after=after, limit=limit))
    )
    wire["errors"] = refused_json(rows)
    wire["next"] = rows[-1].number if len(rows) == limit else None
    return answer(wire, 200)


@blueprint.get("/imports/<import_id>/errors")
def download_errors(import_id: str) -> Response:
    """The refused rows as a file of the format that was sent, with the column ``import_error``."""
    file = _file(import_id)
    return file_response(
        refused_file(file, transfers_of(current_node()).refusals),
        CONTENT_TYPES[file.shape.format],
        refused_file_name(file),
    )


@blueprint.post("/imports/<import_id>/begin")
def begin(import_id: str) -> Response:
    """Begin a run: ``{"dry_run", "mapping", "keep_mapping", "approval": {"proposer", "approver"}}``, all optional."""
    node, file = current_node(), _file(import_id)
    reader = Reader(read_json_body_or({}))
    reader.refuse_unknown(frozenset({"dry_run", "mapping", "keep_mapping", "approval"}))
    file, job = begin_import(
        node,
        file,
        by=g.caller.system,
        at=node.clock.now(),
        dry_run=reader.optional_boolean("dry_run") or False,
        mapping=_mapping(reader, file),
        approval=_approval(reader),
        keep_mapping=reader.optional_boolean("keep_mapping") or False,
    )
    return answer(import_json(file, job), 202)


@blueprint.post("/imports/<import_id>/resume")
def resume(import_id: str) -> Response:
    """Go on with a run that failed or was cancelled, from the row where it stopped."""
    node, file = current_node(), _file(import_id)
    return answer(import_json(file, resume_import(node, file, at=node.clock.now())), 202)


@blueprint.get("/import-mappings")
def list_mappings() -> Response:
    """The mappings that the authority keeps."""
    kept = transfers_of(current_node()).mappings.all(g.caller.authority)
    wire = [
        {"source": source, "revision": revision, **mapping.to_json()} for source, mapping, revision in kept
    ]
    return answer({"mappings": wire}, 200)


@blueprint.get("/import-mappings/<source>/<type_code>")
def read_mapping(source: str, type_code: str) -> Response:
    """The mapping of a source system for a type."""
    kept = transfers_of(current_node()).mappings.find(g.caller.authority, source, type_code)
    if kept is None:
        raise MappingNotFoundError
    return answer({"source": source, "revision": kept[1], **kept[0].to_json()}, 200)


@blueprint.put("/import-mappings/<source>/<type_code>")
def put_mapping(source: str, type_code: str) -> Response:
    """Keep a mapping; ``revision`` is that of the one to be replaced, absent for none."""
    node = current_node()
    require_source(node, g.caller.authority, source)
    licence_type = node.catalogue.by_code(type_code, where="/type")
    body = read_json_body()
    revision = Reader(body).optional_integer("revision", minimum=0) or 0
    wanted = {name: body[name] for name in body if name not in ("revision", "source")}
    mapping = parse_mapping({"type": type_code, **wanted}, licence_type)
    stored = transfers_of(node).mappings.put(g.caller.authority, source, mapping, revision)
    return answer({"source": source, "revision": stored, **mapping.to_json()}, 200)


def received_blocks() -> Iterator[bytes]:
    """The body of the request, block by block as it arrives.

    Raises:
        RequestEntityTooLarge: longer than ``MAX_FILE_BYTES``.
        UploadInterruptedError: shorter than it was announced.
    """
    request.max_content_length = MAX_FILE_BYTES
    announced, received = request.content_length, 0
    while block := request.stream.read(_BLOCK_BYTES):
        received += len(block)
        yield block
    if announced is not None and received != announced:
        raise UploadInterruptedError


def file_response(blocks: Iterator[bytes], content_type: str, name: str) -> Response:
    """A file to be kept by whoever asked for it."""
    response = Response(blocks, 200, mimetype=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _file(import_id: str) -> ImportedFile:
    return transfers_of(current_node()).imports.find(g.caller.authority, import_id)


def _mapping(reader: Reader, file: ImportedFile) -> ColumnMapping | None:
    if "mapping" not in reader:
        return None
    return parse_mapping(reader.any("mapping"), current_node().catalogue.by_code(file.mapping.type_code))


def _approval(reader: Reader) -> Approval | None:
    approval = reader.optional_object("approval")
    if approval is None:
        return None
    approval.refuse_unknown(frozenset({"proposer", "approver"}))
    return approve(parse_actor(approval, "proposer"), parse_actor(approval, "approver"))


def _parameter(name: str, default: str | None = None) -> str:
    text = request.args.get(name) or default
    if text is None or len(text) > 64:
        raise InvalidInputError(f"缺少参数 {name}。", f"The parameter {name} is missing.", where=name)
    return text


def _flag(name: str, *, default: bool) -> bool:
    text = request.args.get(name)
    if text not in (None, "true", "false"):
        raise InvalidInputError("应为 true 或 false。", "It is true or false.", where=name)
    return default if text is None else text == "true"


def _number(name: str, default: int, largest: int) -> int:
    text = request.args.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 11) or int(text) > largest:
        raise InvalidInputError(
            f"应为 0 至 {largest} 的整数。", f"A whole number from 0 to {largest}.", where=name
        )
    return int(text)
