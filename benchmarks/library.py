"""A large library: finding one licence among a million in the store, and a page of the console's list.

The documents are real ones, sealed and hashed as everywhere, since both what is read and what is indexed count. Making
them is bounded in time: where the machine is too slow for a million, the rows say among how many was measured.
``ELICENCE_BENCH_LICENCES`` asks for another number.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Final, TypeVar

from flask import Flask

from benchmarks.issuance import found_trust
from benchmarks.row import Row
from benchmarks.serving import free_port
from issuer.app import create_app
from issuer.demo.authorities import demo_authorities
from issuer.demo.sample_library import sample_library
from issuer.library.licence import Holder, Licence, LicenceState
from issuer.library.selection import Selection
from issuer.library.store.bulk import BulkLicences
from issuer.library.store.finding import ListFilter
from issuer.node import IssuerNode, record_seal
from issuer.staff import StaffRole, enrol_staff
from keys.master_key import MasterKey
from service.demo.people import STAFF
from service.embedded_store.server import EmbeddedStore
from service.settings import Settings
from service.store import disconnect
from service.web.sign_in import Person
from service.web.sign_in.store import PURPOSE, SessionStore
from standards.codes.licence_identifier import build_licence_identifier

_Asked = TypeVar("_Asked")

_LICENCES: Final = 1_000_000
_SECONDS_FOR_MAKING: Final = 240.0
_PIECE: Final = 2_000
_FINDS: Final = 2_000
_PAGES: Final = 300
_PER_HOLDER: Final = 3
"""Licences of one holder, as of a chain of shops; also the rate at which holders' numbers repeat."""

_AUTHORITY: Final = demo_authorities()[0]
_STATES: Final = (LicenceState.SUSPENDED, LicenceState.DEREGISTERED, LicenceState.REVOKED)


def run() -> list[Row]:
    """p99 of finding by identifier, number and holder, and of list pages: first, deep, and by type and state."""
    wanted = int(os.environ.get("ELICENCE_BENCH_LICENCES", _LICENCES))
    with (
        tempfile.TemporaryDirectory(prefix="elicence-bench-") as folder,
        EmbeddedStore(Path(folder)) as store,
    ):
        environment = {
            "ELICENCE_DATA": folder,
            "ELICENCE_STORE_URI": store.uri,
            "ELICENCE_ISSUER_URL": f"http://localhost:{free_port()}",
            "ELICENCE_MASTER_KEY_FILE": f"{folder}/master.key",
        }
        MasterKey.load_or_create(Path(folder) / "master.key")
        try:
            app = create_app(Settings.from_environment(environment))
            node: IssuerNode = app.extensions["elicence.issuer"]
            found_trust(node, node.settings.issuer_url)
            began = perf_counter()
            made = _fill(node, wanted)
            return [
                Row(f"licences entered for the bench: {made:,}", made / (perf_counter() - began), "rows/s"),
                *_finding(node, made),
                *_listing(app, node, made),
                *_selecting(node, made),
            ]
        finally:
            disconnect("issuer")


def _fill(node: IssuerNode, wanted: int) -> int:
    bulk = BulkLicences(node.database, record_seal(node.master_key), lambda licence: licence.valid_until)
    templates = _templates(node)
    began, made = perf_counter(), 0
    while made < wanted and perf_counter() - began < _SECONDS_FOR_MAKING:
        count = min(_PIECE, wanted - made)
        bulk.add([_licence(templates, number) for number in range(made, made + count)])
        made += count
    return made


def _templates(node: IssuerNode) -> tuple[Licence, ...]:
    """One licence of each type that the authority gives."""
    samples = sample_library(node.catalogue.snapshot(), node.clock.now()).licences
    own = {one.type_code: one for one in samples if one.authority.uscc == _AUTHORITY.uscc}
    return tuple(own[code] for code in sorted(own))


def _licence(templates: Sequence[Licence], number: int) -> Licence:
    template = templates[number % len(templates)]
    # One in fifty is not in force; a thousand of each piece came in at one instant, as an import enters them.
    state = _STATES[number // 50 % len(_STATES)] if number % 50 == 0 else LicenceState.VALID
    return replace(
        template,
        identifier=build_licence_identifier(template.type_code, _AUTHORITY.uscc, f"B{number:08d}", 1),
        licence_number=_number(number),
        holders=(Holder("示例商行", "001", _holder(number)),),
        state=state,
        recorded_at=template.recorded_at + timedelta(milliseconds=number // 1000),
        superseded_by=None,
        supersedes=None,
        proposal=None,
    )


def _number(number: int) -> str:
    return f"BENCH{number:09d}"


def _holder(number: int) -> str:
    return f"99{number // _PER_HOLDER:014d}XX"


def _finding(node: IssuerNode, made: int) -> list[Row]:
    templates = _templates(node)
    chance = random.Random(7)  # picks samples

    picks = chance.sample(range(made), min(_FINDS, made))
    asked = [(_licence(templates, number), _number(number), _holder(number)) for number in picks]

    def by_identifier(one: tuple[Licence, str, str]) -> bool:
        return node.licences.find(str(one[0].identifier), _AUTHORITY.uscc) is not None

    def by_number(one: tuple[Licence, str, str]) -> bool:
        return bool(node.finder.by_number(_AUTHORITY.uscc, one[1]))

    def by_holder(one: tuple[Licence, str, str]) -> bool:
        return bool(node.licences.find_by_holder(_AUTHORITY.uscc, "001", one[2], one[0].type_code))

    ways = {"identifier": by_identifier, "number": by_number, "holder": by_holder}
    return [
        row
        for name, way in ways.items()
        for row in _rows(f"find by {name} among {made:,}", [_timed(way, one) for one in asked], goal=5)
    ]


def _timed(way: Callable[[_Asked], bool], asked: _Asked) -> float:
    """Milliseconds."""
    began = perf_counter()
    found = way(asked)
    milliseconds = (perf_counter() - began) * 1e3
    if not found:
        raise RuntimeError("a licence that is there was not found")
    return milliseconds


def _rows(name: str, milliseconds: list[float], *, goal: float) -> list[Row]:
    """The median informs: where it is far below the 99th percentile, something else had the processor."""
    ordered = sorted(milliseconds)
    return [
        Row(f"{name}, median", ordered[len(ordered) // 2], "ms"),
        Row(f"{name}, p99", ordered[len(ordered) * 99 // 100], "ms", goal=goal),
    ]


def _listing(app: Flask, node: IssuerNode, made: int) -> list[Row]:
    client = app.test_client()
    client.set_cookie("elicence_issuer", _session(node), domain="localhost")
    code = _templates(node)[0].type_code
    states = (LicenceState.VALID, LicenceState.REVOKED)
    filters = ["/?", f"/?type={code}&", *(f"/?state={state}&" for state in states)]
    filters += [f"/?type={code}&state={state}&" for state in states]
    chance = random.Random(8)  # picks samples
    recorded = _templates(node)[0].recorded_at.timestamp() * 1000

    def page(number: int) -> bool:
        # Every other page is the first one; the others begin anywhere in the list.
        address = filters[number % len(filters)]
        if number % 2:
            deep = round(recorded + chance.randrange(made) // 1000)
            address += f"older={deep}-1.2.156.3005.2.Z"
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"the list answered {answer.status_code}")
        return bool(answer.data)

    for number in range(len(filters) * 2):
        page(number)
    return _rows(
        f"console list page among {made:,}", [_timed(page, number) for number in range(_PAGES)], goal=200
    )


def _session(node: IssuerNode) -> str:
    clerk, at = STAFF[0], node.clock.now()
    enrol_staff(
        node.staff,
        node.authorities,
        authority=_AUTHORITY.uscc,
        code_type=clerk.code_type,
        number=clerk.number,
        name=clerk.name,
        roles=[StaffRole.CLERK],
        at=at,
    )
    person = Person(clerk.code_type, clerk.number, clerk.name, clerk.subject, "https://provider.example", "")
    return SessionStore(node.database, node.master_key.envelope(PURPOSE)).begin(person, at)


def _selecting(node: IssuerNode, made: int) -> list[Row]:
    suspended = Selection(_AUTHORITY.uscc, states=frozenset({LicenceState.SUSPENDED}))
    began = perf_counter()
    found: tuple[str, ...] = ()
    after, count = None, 0
    while after is None or found:
        found = node.finder.identifiers(suspended, after, 1000)
        count += len(found)
        after = found[-1] if found else ""
    selecting = perf_counter() - began
    began = perf_counter()
    counted = node.finder.count_listed(
        ListFilter(_AUTHORITY.uscc, _templates(node)[0].type_code, LicenceState.VALID), made
    )
    counting = perf_counter() - began
    return [
        Row(f"read through {made:,} for a selection of {count:,}", selecting * 1e3, "ms"),
        Row(f"count {counted:,} of a type and state", counting * 1e3, "ms"),
    ]
