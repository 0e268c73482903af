"""Where authorisations are kept; every step is one compare-and-set.

Collection ``authorizations``, shard key and only unique key ``_id``: the reference of an authorisation, or ``pop:`` and the
hash of a wallet's proof that pushed one, so that it pushes no other. The person, and what was granted, is sealed. Rows go by
TTL soon after the last thing that they allow has ended, and are refused before that.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson
from pymongo import ASCENDING, IndexModel
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from issuer.authorization.authorization import (
    AskedFor,
    Authorization,
    AuthorizationState,
    Claimant,
    WalletClient,
    claimant_of,
)
from issuer.issuance.offer import GrantedLicence
from issuer.status.store import DUPLICATE_KEY
from keys.envelope import Envelope
from keys.lookup import LookupKey
from service.clock import Clock
from service.store.sealed_rows import PassingRows
from standards.text import Text

_KEPT_AFTER: Final = timedelta(hours=1)

_Row = dict[str, Any]


class AuthorizationStore:
    """Authorisations of one issuer node."""

    def __init__(self, database: Database[_Row], envelope: Envelope, lookup: LookupKey) -> None:
        self._rows: Collection[_Row] = database["authorizations"]
        self._envelope = envelope
        self._lookup = lookup

    def ensure_indexes(self) -> None:
        """Create the indexes that are missing; safe to repeat."""
        self._rows.create_indexes(
            [IndexModel([("delete_at", ASCENDING)], name="expiry", expireAfterSeconds=0)]
        )

    def push(self, authorization: Authorization, proof: str, proof_ends: datetime) -> bool:
        """Keep a pushed request and use up the proof that it came with (one durable write); ``False``: used before."""
        client, asked = authorization.client, authorization.asked
        row = {
            "_id": authorization.reference,
            "state": AuthorizationState.PUSHED.value,
            "client": [client.client_id, client.provider.to_json(), client.instance],
            "configurations": sorted(asked.configurations),
            "uses": asked.uses,
            "answer": [asked.redirect_uri, asked.state, asked.code_challenge, asked.jkt],
            "expires_at": authorization.expires_at,
            "delete_at": authorization.expires_at + _KEPT_AFTER,
        }
        try:
            self._rows.insert_many([{"_id": f"pop:{proof}", "delete_at": proof_ends}, row], ordered=True)
        except BulkWriteError as error:
            if error.details["writeErrors"][0]["code"] != DUPLICATE_KEY:
                raise
            return False
        return True

    def find(self, reference: str, at: datetime) -> Authorization | None:
        """The authorisation while it has not run out, or ``None``."""
        row = self._rows.find_one({"_id": reference, "state": {"$exists": True}})
        return None if row is None or _utc(row["expires_at"]) <= at else self._of(row)

    def open(self, found: Authorization, claimant: Claimant, browser: str) -> bool:
        """Let a signed-in person decide, in one browser (one durable write); ``False`` when somebody was first."""
        sealed = orjson.dumps([claimant.code_type, claimant.number, claimant.name])
        return self._step(
            found,
            AuthorizationState.OPENED,
            {
                "browser": browser,
                "claimant": self._envelope.seal(sealed, _context(found.reference)),
                "lookup": self._lookup.lookup(claimant.code_type, claimant.number),
            },
        )

    def grant(
        self,
        found: Authorization,
        licences: Sequence[GrantedLicence],
        *,
        uses: bool,
        waits: bool,
        expires_at: datetime,
    ) -> bool:
        """The person agreed: from now on there is a code (one durable write); ``False`` when it was answered before."""
        sealed = orjson.dumps([one.to_row() for one in licences])
        return self._step(
            found,
            AuthorizationState.GRANTED,
            {
                "licences": self._envelope.seal(sealed, _licences_context(found.reference)),
                "uses": uses,
                "waits": waits,
                "expires_at": expires_at,
            },
        )

    def refuse(self, found: Authorization) -> bool:
        """The person declined (one durable write); ``False`` when it was answered before."""
        return self._step(found, AuthorizationState.REFUSED, {})

    def redeem(self, found: Authorization, expires_at: datetime) -> bool:
        """Use up the code (one durable write): of several at once exactly one gets the token."""
        return self._step(
            found,
            AuthorizationState.REDEEMED,
            {"expires_at": expires_at, "delete_at": expires_at + _KEPT_AFTER},
        )

    def revoke(self, found: Authorization, at: datetime) -> None:
        """End it at once (one durable write): its code came twice."""
        self._rows.update_one({"_id": found.reference}, {"$set": {"expires_at": at}})

    def sealed_rows(self, clock: Clock) -> PassingRows:
        """Authorisations under an older key: minutes old, so a change of the master key waits for their end."""
        return PassingRows(
            Text("进行中的证照查找", "searches for licences under way"),
            self._rows,
            lambda: {
                "lookup": {"$regex": self._lookup.older_pattern()},
                "expires_at": {"$gt": clock.now()},
            },
        )

    def _step(self, found: Authorization, state: AuthorizationState, values: _Row) -> bool:
        result = self._rows.update_one(
            {"_id": found.reference, "state": found.state.value}, {"$set": {"state": state.value, **values}}
        )
        return result.matched_count == 1

    def _of(self, row: _Row) -> Authorization:
        reference = row["_id"]
        claimant, licences = row.get("claimant"), row.get("licences")
        client_id, provider, instance = row["client"]
        opened = (
            None
            if claimant is None
            else orjson.loads(self._envelope.open(bytes(claimant), _context(reference)))
        )
        granted = (
            []
            if licences is None
            else orjson.loads(self._envelope.open(bytes(licences), _licences_context(reference)))
        )
        return Authorization(
            reference=reference,
            state=AuthorizationState(row["state"]),
            client=WalletClient(client_id, Text(**provider), instance),
            asked=AskedFor(frozenset(row["configurations"]), row["uses"], *row["answer"]),
            expires_at=_utc(row["expires_at"]),
            claimant=None if opened is None else claimant_of(opened),
            browser=row.get("browser"),
            licences=tuple(GrantedLicence(*one) for one in granted),
            waits=row.get("waits", False),
        )


def _context(reference: str) -> str:
    return f"authorization {reference} person"


def _licences_context(reference: str) -> str:
    return f"authorization {reference} licences"


def _utc(value: datetime) -> datetime:
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)
