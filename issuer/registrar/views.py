"""The trust lists, the revocation lists and the demo nation's anchor over HTTP. Public; nothing here is personal."""

from __future__ import annotations

import re
from typing import Final

import orjson
from flask import Response, request

from issuer.node import current_node
from issuer.registrar.bundle import trust_bundle
from issuer.registrar.errors import RegionNotFoundError
from issuer.registrar.issuer_certificates import issuer_certificates
from issuer.registrar.publication import SignedList
from issuer.registrar.publish import published
from issuer.registrar.registrar import no_such_region
from keys.certificates import certificate_to_pem
from keys.trust_list import NATION
from keys.trust_list.issuer_certificates import MEDIA_TYPE, build_certificates
from service.web.csrf import MachineBlueprint

blueprint = MachineBlueprint("registrar", __name__)

MAX_AGE_SECONDS: Final = 15
"""How long a proxy may keep a list: well under the renewal of ``service.trust_feed``."""

_DIVISION: Final = re.compile(r"[0-9]{6}")


@blueprint.get("/trust/anchor.pem")
def anchor() -> Response:
    """The root of this node's nation, for trying things out. A verifier takes its anchor from its operator."""
    pem = certificate_to_pem(current_node().registrar.root)
    return _answer(pem.encode("ascii"), "application/pem-certificate-chain")


@blueprint.get("/trust/list")
def nation_list() -> Response:
    """The nation's trust list (JWT)."""
    return _trust_list(NATION)


@blueprint.get("/trust/lists/<division>")
def region_list(division: str) -> Response:
    """A region's trust list (JWT)."""
    if division == NATION:
        raise no_such_region(division)
    return _trust_list(division)


@blueprint.get("/trust/certificates/<division>")
def certificates(division: str) -> Response:
    """The certificates of a region's issuers (PEM); its trust list names each by thumbprint, so nothing else vouches."""
    found = issuer_certificates(current_node().registrar, _division(division))
    return _answer(build_certificates(found), MEDIA_TYPE)


@blueprint.get("/crl/<division>.crl")
def revocation_list(division: str) -> Response:
    """The revocation list of the nation's root (``000000``) or of a region's authority (RFC 5280, DER)."""
    node = current_node()
    publisher = published(node.registrar, _division(division), at=node.clock.now())
    return _answer(_content(publisher.revocation_list, division), "application/pkix-crl")


@blueprint.get("/trust/bundle")
def bundle() -> Response:
    """Everything that a window needs to verify offline, in one file (``keys.trust_list.bundle``)."""
    node = current_node()
    at = node.clock.now()
    wire = trust_bundle(node.registrar, node.issuance.status_lists.all_current(at=at), at=at)
    return _answer(orjson.dumps(wire), "application/json")


def _trust_list(division: str) -> Response:
    node = current_node()
    publisher = published(node.registrar, _division(division), at=node.clock.now())
    return _answer(_content(publisher.trust_list, division), "application/jwt")


def _content(signed: SignedList | None, division: str) -> bytes:
    if signed is None:
        raise no_such_region(division)
    return signed.content


def _division(text: str) -> str:
    if not _DIVISION.fullmatch(text):
        raise RegionNotFoundError(
            "行政区划代码应为 6 位数字。", "A division code has 6 digits.", where="division"
        )
    return text


def _answer(content: bytes, media_type: str) -> Response:
    response = Response(content, mimetype=media_type)
    response.cache_control.public = True
    response.cache_control.max_age = MAX_AGE_SECONDS
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]
