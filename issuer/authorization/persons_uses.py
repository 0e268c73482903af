"""Use case: who looked at a person's licences in the library without the person, when and why.

Personal Information Protection Law articles 34, 35 and 44: departments act by statutory duty, and the person may know.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from issuer.authorization.authorization import Claimant
from issuer.authorization.find_licences import find_licences
from issuer.authorization.server import AuthorizationServer
from issuer.complaints.prove_use import proof_of_use
from issuer.library.licence import Holder, Licence
from issuer.library.record_document import number_candidates
from issuer.registrar.authority import Authority
from issuer.searching.search_request import IDENTIFIER_KIND, SearchBy, identifier_key
from issuer.searching.store import LoggedSearch, SearchLog
from keys.lookup import LookupKey
from service.complaints.public_views import DESK_PATH
from standards.json_reader import Reader
from standards.legal_basis import BasisKind, LegalBasis
from standards.licence_types import Catalogue, LicenceType
from standards.text import Text

PAGE: Final = 100
"""Uses in one answer."""

BASIS: Final = LegalBasis(
    BasisKind.STATUTORY,
    Text(
        "《中华人民共和国个人信息保护法》第三十四条（国家机关为履行法定职责处理个人信息）",
        "Personal Information Protection Law, article 34 (state organs handling data for their statutory duties)",
    ),
)
"""On what ground departments search the library; each search has its own cause beside it."""


@dataclass(frozen=True, slots=True)
class UsesRequest:
    """Which uses are asked for.

    Attributes:
        since: only those at or after this instant, or all.
        cursor: of the page before, or ``None``.
    """

    since: datetime | None = None
    cursor: str | None = None


def parse_uses_request(document: Any) -> UsesRequest:
    """Read ``{"since", "cursor"}``, both optional; raises ``InvalidInputError``."""
    reader = Reader(document)
    present = {name for name in ("since", "cursor") if name in reader and reader.any(name) is not None}
    since = None
    if "since" in present:
        text = reader.text("since", max_chars=40)
        try:
            since = datetime.fromisoformat(text)
        except ValueError:
            since = None
        if since is None or since.tzinfo is None:
            raise reader.fail("since", "应为带时区的时刻。", "An instant with its zone is expected.")
    return UsesRequest(since, reader.text("cursor", max_chars=100) if "cursor" in present else None)


def persons_uses(
    server: AuthorizationServer,
    log: SearchLog,
    catalogue: Catalogue,
    claimant: Claimant,
    request: UsesRequest,
    *,
    at: datetime,
) -> dict[str, Any]:
    """One page of uses, newest first: searches by the person's number, and by number or identifier of a licence that the
    person may claim.

    Raises:
        InvalidInputError: a cursor that is none of ours.
    """
    authorities = server.authorities(at)
    licences = find_licences(server.finding, authorities, claimant, at)
    lookup = server.issuance.lookup
    named: dict[str, tuple[str, str]] = {}
    for one in licences:
        named |= dict.fromkeys(
            _hashes(lookup, one.licence.licence_number, str(one.licence.identifier)),
            (
                str(one.licence.identifier),
                one.licence.vct,
            ),
        )
    people = {(claimant.code_type, claimant.number)} | {
        (one.holder.code_type, one.holder.number) for one in licences
    }
    hashes = [*named, *(each for who in people for each in lookup.candidates(*who))]
    return _page(server, log, catalogue, _Asked(authorities, hashes, named, request))


def licence_uses(
    server: AuthorizationServer,
    log: SearchLog,
    catalogue: Catalogue,
    request: UsesRequest,
    *,
    licence: Licence,
    licence_type: LicenceType,
    holder: Holder,
    at: datetime,
) -> dict[str, Any]:
    """The same for one licence and the one of its holders who asks, at its authority alone: what reaches a wallet that keeps
    the licence and has no sign-in at the library. Raises as :func:`persons_uses`.
    """
    lookup = server.issuance.lookup
    authorities = tuple(one for one in server.authorities(at) if one.uscc == licence.authority.uscc)
    identifier = str(licence.identifier)
    named = dict.fromkeys(_hashes(lookup, licence.licence_number, identifier), (identifier, licence_type.vct))
    hashes = [*named, *lookup.candidates(holder.code_type, holder.number)]
    return _page(server, log, catalogue, _Asked(authorities, hashes, named, request))


@dataclass(frozen=True, slots=True)
class _Asked:
    """At which authorities, under which keyed hashes; of which licence some of them are."""

    authorities: Collection[Authority]
    hashes: Sequence[str]
    named: dict[str, tuple[str, str]]
    request: UsesRequest


def _page(server: AuthorizationServer, log: SearchLog, catalogue: Catalogue, asked: _Asked) -> dict[str, Any]:
    names = {one.uscc: one for one in asked.authorities}
    lookup, request = server.issuance.lookup, asked.request
    found, cursor = log.about(
        tuple(names), list(asked.hashes), since=request.since, cursor=request.cursor, limit=PAGE
    )
    return {
        "issuer": server.identifier,
        "uses": [
            _use_json(one, names, asked.named, catalogue) | {"proof": proof_of_use(lookup, one.id)}
            for one in found
        ],
        "complaints": f"{server.identifier}{DESK_PATH}",
        "next": cursor,
    }


def _hashes(lookup: LookupKey, number: str, identifier: str) -> Iterable[str]:
    yield from number_candidates(lookup, number)
    yield from lookup.candidates(IDENTIFIER_KIND, identifier_key(identifier))


def _use_json(
    one: LoggedSearch,
    names: dict[str, Any],
    named: dict[str, tuple[str, str]],
    catalogue: Catalogue,
) -> dict[str, Any]:
    entry = one.entry
    authority = names[entry.authority]
    identifier, vct = named.get(entry.holder, ("", ""))
    licence_type = catalogue.find(entry.type_code) if entry.type_code else catalogue.find_vct(vct)
    name = licence_type.name if licence_type is not None else Text("证照", "licence")
    return {
        "id": one.id,
        "at": entry.at.isoformat(),
        "kind": "viewed" if entry.search_by is SearchBy.IDENTIFIER else "searched",
        "department": {
            "code": entry.authority,
            "name": authority.name.to_json(),
            "division": authority.division,
        },
        "cause": entry.cause,
        "basis": BASIS.to_json(),
        "licence": {"identifier": identifier or "-", "name": name.to_json()},
    }
