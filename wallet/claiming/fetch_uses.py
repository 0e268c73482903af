"""Ask the library who looked at the person's licences without the person, while there is access to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from keys.sealed_key import open_sealed_key
from service.outbound import OutboundError
from standards.errors import ElicenceError
from standards.json_reader import Reader
from wallet.accounts.account import Holder
from wallet.claiming.errors import SearchBusyError
from wallet.claiming.search import Search
from wallet.history.outside_uses import note_outside_uses
from wallet.node import WalletNode
from wallet.receiving.issuer_client import AccessToken

USES_PATH: Final = "/my/uses"
"""Where our libraries tell uses, below the identifier of their authorisation server."""

_MAX_PAGES: Final = 20


def fetch_uses(node: WalletNode, holder: Holder, search_id: str) -> None:
    """Note the uses that are new (one durable write beside theirs); what is not told is no failure of the search."""
    at = node.clock.now()
    search = node.searches.get(holder, search_id, at)
    connection = search.connection
    if not connection.uses or connection.access_token is None:
        return
    noted = _read(node, holder, search)
    if not noted:
        return
    try:
        claim = node.searches.claim(holder, search_id, search.state, at)
        search = node.searches.get(holder, search_id, at)
        changed = replace(search, uses_noted=search.uses_noted + noted)
        node.searches.save(holder, changed, claim, release=True)
    except SearchBusyError:
        return  # another step is at it; the uses are in the log


def _read(node: WalletNode, holder: Holder, search: Search) -> int:
    connection = search.connection
    signer = open_sealed_key("search", connection.sealed_key, holder.envelope, search.key_context)
    token = AccessToken(connection.access_token or "", connection.token_type, signer)
    noted, cursor = 0, None
    for _ in range(_MAX_PAGES):
        try:
            response = node.issuer_client.post_with_token(
                connection.server + USES_PATH, {"since": None, "cursor": cursor}, token
            )
            if response.status != 200:
                break
            answer = response.json()
            noted += note_outside_uses(node, holder, issuer=connection.server, answer=answer)
            cursor = Reader(answer).optional_text("next") if answer.get("next") else None
        except (OutboundError, ElicenceError):
            break
        if cursor is None:
            break
    return noted
