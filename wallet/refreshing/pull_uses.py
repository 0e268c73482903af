"""Who looked at the person's licences without the person: asked of their issuers once the log has been opened.

Whoever opens the log sees it at once; what the issuers add is there when they look again. Each licence is asked about at most
once in :data:`EVERY`, by the worker, so that no page waits for an issuer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from time import monotonic
from typing import Final

import structlog

from keys.errors import SealedDataError
from service.jobs import Periodic
from service.outbound import OutboundError
from standards.errors import ElicenceError
from standards.json_reader import Reader
from wallet.accounts.account import Holder
from wallet.accounts.open_account import open_unattended
from wallet.history.outside_uses import note_outside_uses
from wallet.node import WalletNode
from wallet.receiving.errors import IssuerAnswerError
from wallet.refreshing.errors import NoAccessError
from wallet.refreshing.licence_access import LicenceAccess, licence_access

EVERY: Final = timedelta(hours=1)
ROUND: Final = timedelta(seconds=5)

_MOST: Final = 200
_MOST_SECONDS: Final = 20.0
_MAX_PAGES: Final = 20
_LOG = structlog.get_logger(__name__)


def want_uses(node: WalletNode, holder: Holder) -> int:
    """Somebody has opened the log: which licences the worker is to ask about; how many (one write, none when all were lately)."""
    return node.refreshes.want_uses(holder.account_id, node.clock.now(), EVERY)


def pull_uses(node: WalletNode, at: datetime) -> int:
    """One round over the licences whose issuers are to be asked; how many uses came."""
    deadline, noted = monotonic() + _MOST_SECONDS, 0
    wanted = node.refreshes.uses_wanted(_MOST)
    accounts = node.accounts.get_many({turn.account_id for turn in wanted})
    for turn in wanted:
        if monotonic() > deadline:
            break
        account = accounts.get(turn.account_id)
        # Taken off the list first: a licence that always fails would come first in every round.
        node.refreshes.uses_asked(turn, at)
        if account is None:
            continue
        try:
            holder = open_unattended(account, node.account_envelope)
            noted += uses_of(node, holder, turn.holding_id)
        except (ElicenceError, SealedDataError) as error:
            _LOG.info("uses-not-pulled", reason=type(error).__name__)
    if noted:
        _LOG.info("uses-pulled", uses=noted)
    return noted


def uses_of(node: WalletNode, holder: Holder, holding_id: str) -> int:
    """Ask the issuer of one licence, and enter what is new; how many. Raises as ``licence_access``."""
    try:
        access = licence_access(node, holder, holding_id)
    except NoAccessError:
        return 0
    endpoint = access.server.uses_endpoint
    return 0 if endpoint is None else _read(node, holder, access, endpoint)


def _read(node: WalletNode, holder: Holder, access: LicenceAccess, endpoint: str) -> int:
    """Page after page; a use that the library told before has the same name and is one line."""
    metadata, noted, cursor = access.metadata, 0, None
    servers = {metadata.credential_issuer, *metadata.authorization_servers}
    for _ in range(_MAX_PAGES):
        try:
            response = node.issuer_client.post_with_token(endpoint, {"cursor": cursor}, access.token)
        except OutboundError:
            return noted
        if response.status != 200:
            return noted
        answer = response.json()
        library = answer.get("issuer") if isinstance(answer, dict) else None
        if library not in servers:
            raise IssuerAnswerError("应答来自另一机构。", "The answer is of another issuer.")
        noted += note_outside_uses(node, holder, issuer=library, answer=answer)
        cursor = Reader(answer).optional_text("next") if answer.get("next") else None
        if cursor is None:
            break
    return noted


def _run(node: WalletNode, at: datetime) -> None:
    pull_uses(node, at)


PERIODIC: Final = Periodic("wallet.pull-uses", ROUND, _run)
"""The entry point ``elicence.periodic_work``."""
