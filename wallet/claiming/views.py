"""The pages on which a person finds licences: the libraries, the way to one and back, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from standards.errors import ElicenceError
from standards.openid4vci import parse_offer_uri
from standards.text import Text
from wallet.accounts.current import current_self
from wallet.claiming.fetch_finds import fetch_finds
from wallet.claiming.fetch_uses import fetch_uses
from wallet.claiming.follow_offer import follow_offer
from wallet.claiming.give_up import give_up_waiting
from wallet.claiming.libraries import Library, connected_libraries
from wallet.claiming.search import Search, SearchState
from wallet.claiming.start_search import Started, start_search
from wallet.claiming.take_answer import take_answer
from wallet.node import current_node
from wallet.receiving.issuer_identity import identify_issuer
from wallet.receiving.read_offer import offer_behind

blueprint = Blueprint("claiming", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True)
class LibraryRow:
    """A library with the last search there, if any."""

    library: Library
    last: Search | None


@dataclass(frozen=True, slots=True)
class RegionRows:
    """The libraries of one region."""

    region: Text
    rows: tuple[LibraryRow, ...]


@blueprint.get("/find")
def find() -> str:
    """The connected libraries, by region."""
    node, holder = current_node(), current_self()
    at = node.clock.now()
    libraries = connected_libraries(node.trust(), node.references, at)
    regions = _regions(libraries, node.searches.recent(holder, at))
    return render_template("wallet/claiming/find.html", regions=regions)


@blueprint.post("/find")
def begin() -> str:
    """Go to a library, by a page in between.

    The way leads on to wherever the library signs people in, and browsers hold ``form-action`` against every address of
    the redirects that a form starts: nobody could name them all. A page that moves on by itself starts a new way.
    """
    place = request.form.get("server", "0")
    started = start_search(
        current_node(),
        current_self(),
        request.form.get("library", ""),
        int(place) if place.isascii() and place.isdecimal() and len(place) <= 3 else 0,
    )
    return _leave(started)


def _leave(started: Started) -> str:
    address = started.authorization_url
    return render_template("wallet/claiming/leaving.html", address=address, host=urlsplit(address).netloc)


@blueprint.get("/find/offer")
def offer() -> str:
    """An offer that wants a sign-in at its issuer: who offers, before anybody is led anywhere."""
    node = current_node()
    current_self()
    wanted = offer_behind(node, parse_offer_uri(request.url))
    issuer = identify_issuer(wanted.credential_issuer, node.trust(), node.clock.now(), node.foreign)
    return render_template("wallet/claiming/offer.html", issuer=issuer, link=request.url)


@blueprint.post("/find/offer")
def follow() -> str:
    """Go to the issuer of an offer."""
    node, holder = current_node(), current_self()
    wanted = offer_behind(node, parse_offer_uri(request.form.get("link", "")))
    return _leave(follow_offer(node, holder, wanted))


@blueprint.get("/find/callback")
def callback() -> BaseResponse:
    """Back from a library."""
    node, holder = current_node(), current_self()
    parameters = {name: request.args.getlist(name) for name in request.args}
    search = take_answer(node, holder, parameters)
    if search.state is SearchState.FETCHING:
        search = fetch_finds(node, holder, search.search_id)
        fetch_uses(node, holder, search.search_id)
    return redirect(url_for("claiming.results", search_id=search.search_id), code=303)


@blueprint.get("/find/<search_id>")
def results(search_id: str) -> str:
    """What came of a search."""
    node = current_node()
    at = node.clock.now()
    search = node.searches.get(current_self(), search_id, at)
    open_finds = search.open_finds(at) if search.state is SearchState.FETCHING else ()
    try:
        libraries = connected_libraries(node.trust(), node.references, at)
        library = next((one for one in libraries if one.key == search.library_key), None)
    except ElicenceError:
        library = None
    return render_template(
        "wallet/claiming/results.html", search=search, open_finds=len(open_finds), library=library
    )


@blueprint.post("/find/<search_id>")
def go_on(search_id: str) -> BaseResponse:
    """The next step; with ``again`` what failed is asked for once more."""
    fetch_finds(current_node(), current_self(), search_id, again="again" in request.form)
    return redirect(url_for("claiming.results", search_id=search_id), code=303)


@blueprint.post("/find/<search_id>/give-up")
def give_up(search_id: str) -> BaseResponse:
    """The person does not wait any more."""
    give_up_waiting(current_node(), current_self(), search_id)
    return redirect(url_for("claiming.results", search_id=search_id), code=303)


def _regions(libraries: Sequence[Library], searches: Sequence[Search]) -> list[RegionRows]:
    newest: dict[str, Search] = {}
    for search in searches:
        newest.setdefault(search.library_key, search)
    return [
        RegionRows(
            next(iter(rows)).library.region,
            rows,
        )
        for _, members in groupby(libraries, key=lambda library: library.divisions)
        if (rows := tuple(LibraryRow(one, newest.get(one.key)) for one in members))
    ]
