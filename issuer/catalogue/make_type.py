"""Use cases: a type, or its next version, from the first draft to its publication. Nobody publishes alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from issuer.catalogue.describing import (
    check_version,
    defined_by,
    empty_content,
    parse_content,
)
from issuer.catalogue.errors import (
    InvalidTypeVersionError,
    NotDefinedHereError,
    TypeVersionNotFoundError,
    TypeVersionOpenError,
    TypeVersionStateError,
    TypeWithdrawnError,
)
from issuer.catalogue.live import LiveCatalogue
from issuer.catalogue.published import PublishedTypes
from issuer.catalogue.store import CatalogueStore
from issuer.catalogue.type_version import Step, StepKind, TypeVersion, VersionState
from issuer.library.event import Actor
from issuer.registrar.authority import Authority
from issuer.registrar.errors import RegistrarError
from issuer.registrar.grant_type import grant_type
from issuer.registrar.registrar import Registrar
from standards.licence_types import Catalogue, LicenceType, type_metadata, vct_of
from standards.licence_types.type_data import type_data
from standards.sd_jwt_vc import encode_type_metadata

_CODE: Final = re.compile(r"[0-9A-Z]{18}[0-9]{3}", re.ASCII)
_LAST_NUMBER: Final = 999
_LAST_VERSION: Final = 999


@dataclass(frozen=True)
class CatalogueDesk:
    """What making types needs.

    Attributes:
        store: versions on their way.
        published: where readers find what was published.
        catalogue: of this process.
        registrar: gives the right to issue.
        keeper: issuer identifier of the node's principal authority: it keeps, in this node's catalogue, the types whose
            defining authority is not enrolled here.
    """

    store: CatalogueStore
    published: PublishedTypes
    catalogue: LiveCatalogue
    registrar: Registrar
    keeper: str


def may_define(desk: CatalogueDesk, authority: Authority, code: str, enrolled: frozenset[str]) -> bool:
    """Whether the authority may make versions of a type: it defines the type, or keeps it for an absent definer.

    Args:
        desk: with the node's keeper.
        authority: who asks.
        code: of the type; it begins with the USCC of the definer (GB/T 36902).
        enrolled: USCCs of the authorities of this node.
    """
    definer = code[:18]
    if definer == authority.uscc:
        return True
    return definer not in enrolled and authority.issuer_identifier == desk.keeper


def begin_type(
    desk: CatalogueDesk, authority: Authority, content: Any | None, *, by: Actor, at: datetime
) -> TypeVersion:
    """A draft of a new type that the authority defines; its code is the next free one of the authority.

    Args:
        desk: the catalogue.
        authority: who defines it.
        content: the type's data, or ``None`` for an empty form.
        by: who drafts.
        at: now.

    Raises:
        InvalidInputError: ``content`` is no description at all.
    """
    blank = empty_content(authority)
    described = blank if content is None else parse_content(content, blank)
    taken = {one.code for one in desk.catalogue.versions()}
    for number in range(1, _LAST_NUMBER + 1):
        code = f"{authority.uscc}{number:03d}"
        if code in taken:
            continue
        try:
            return _begin(desk, (code, 1), described, authority, Step(StepKind.DRAFTED, at, by))
        except TypeVersionOpenError:
            continue
    raise TypeVersionStateError("本机构的类型代码已用完。", "All type codes of the authority are used.")


def begin_next_version(
    desk: CatalogueDesk,
    authority: Authority,
    code: str,
    content: Any | None,
    *,
    enrolled: frozenset[str],
    by: Actor,
    at: datetime,
) -> TypeVersion:
    """A draft of the next version of a type; without ``content`` it begins as the newest one is.

    Raises:
        TypeVersionNotFoundError, NotDefinedHereError, TypeWithdrawnError: the type cannot have one by this authority.
        TypeVersionOpenError: there is such a draft.
    """
    newest = desk.catalogue.find(code)
    if newest is None:
        raise TypeVersionNotFoundError
    if not may_define(desk, authority, code, enrolled):
        raise NotDefinedHereError
    if desk.store.withdrawal(code) is not None:
        raise TypeWithdrawnError
    data = type_data(newest)
    before = {name: value for name, value in data.items() if name not in ("code", "version")}
    if code[:18] == authority.uscc:
        before["defining_authority"] = defined_by(authority)
    described = before if content is None else parse_content(content, before)
    number = int(newest.version) + 1
    if number > _LAST_VERSION:
        raise TypeVersionStateError("版本号已用完。", "All version numbers are used.")
    return _begin(desk, (code, number), described, authority, Step(StepKind.DRAFTED, at, by))


def find_version(desk: CatalogueDesk, authority: Authority, code: str, version: str) -> TypeVersion:
    """A version that the authority made; raises ``TypeVersionNotFoundError``."""
    found = desk.store.find(code, version) if _CODE.fullmatch(code) and version.isdigit() else None
    if found is None or found.owner != authority.uscc:
        raise TypeVersionNotFoundError
    return found


def check(desk: CatalogueDesk, version: TypeVersion) -> tuple[LicenceType | None, tuple[Any, ...]]:
    """The type that a version describes, or ``None``, and all that is wrong with it."""
    return check_version(version, _before(desk, version))


def edit(desk: CatalogueDesk, version: TypeVersion, content: Any, *, by: Actor, at: datetime) -> TypeVersion:
    """Save a draft, right or wrong.

    Raises:
        TypeVersionStateError, TypeVersionChangedError: it is no draft (any more), or was changed meanwhile.
        InvalidInputError: the content is no description at all.
    """
    return desk.store.change(version, version.edited(parse_content(content, version.content), by, at))


def propose(desk: CatalogueDesk, version: TypeVersion, *, by: Actor, at: datetime) -> TypeVersion:
    """Send a draft for approval.

    Raises:
        InvalidTypeVersionError: it is not complete, with every mistake.
        TypeVersionStateError, TypeVersionChangedError: as for ``edit``.
    """
    after = version.proposed(by, at)
    _complete(desk, version)
    return desk.store.change(version, after)


def send_back(
    desk: CatalogueDesk, version: TypeVersion, note: str, *, by: Actor, at: datetime
) -> TypeVersion:
    """Make a proposed version a draft again."""
    return desk.store.change(version, version.sent_back(by, note, at))


def publish_version(desk: CatalogueDesk, version: TypeVersion, *, by: Actor, at: datetime) -> TypeVersion:
    """Approve and publish: from now on licences are recorded under this version, for good as it is.

    The authority that defines the type gets the right to issue it on its region's trust list. Three durable writes;
    a crash between them is mended by ``give_rights``.

    Raises:
        ApproverIsAuthorError: the approver worked on the draft.
        InvalidTypeVersionError, TypeVersionStateError, TypeVersionChangedError: as for ``propose``.
    """
    after = version.approved(by, at)
    licence_type = _complete(desk, version)
    document = encode_type_metadata(type_metadata(licence_type))
    data = orjson.dumps(type_data(licence_type)).decode("utf-8")
    stored = desk.store.change(version, after, published=data)
    desk.published.record_documents({version.vct: document})
    desk.catalogue.refresh()
    _give_right(desk, stored, at)
    return stored


def give_rights(desk: CatalogueDesk, at: datetime) -> int:
    """Finish publications that a crash interrupted; how many."""
    waiting = desk.store.without_right()
    for version in waiting:
        licence_type = desk.catalogue.find_vct(version.vct)
        if licence_type is not None:
            desk.published.record_documents({version.vct: desk.catalogue.metadata_document(licence_type)})
            _give_right(desk, version, at)
    return len(waiting)


def refuse_withdrawn(catalogue: Catalogue, licence_type: LicenceType) -> None:
    """Raises ``TypeWithdrawnError`` when no new licence of the type is issued."""
    if catalogue.is_withdrawn(licence_type.code):
        raise TypeWithdrawnError(where="/type")


def _give_right(desk: CatalogueDesk, version: TypeVersion, at: datetime) -> None:
    if version.code[:18] == version.owner:
        try:
            grant_type(desk.registrar, version.owner, version.code, at=at)
        except RegistrarError:
            # The type is published all the same; the right is given as soon as the registrar can.
            return
    desk.store.note_granted(version)


def _begin(
    desk: CatalogueDesk,
    place: tuple[str, int],
    content: Mapping[str, Any],
    authority: Authority,
    step: Step,
) -> TypeVersion:
    draft = TypeVersion(*place, authority.uscc, VersionState.DRAFT, content, 1, (step,))
    desk.store.add(draft)
    return draft


def _before(desk: CatalogueDesk, version: TypeVersion) -> LicenceType | None:
    return desk.catalogue.find_vct(vct_of(version.code, str(version.version - 1)))


def _complete(desk: CatalogueDesk, version: TypeVersion) -> LicenceType:
    licence_type, errors = check_version(version, _before(desk, version))
    if licence_type is None:
        raise InvalidTypeVersionError(errors)
    return licence_type
