"""Which accounts at providers belong to which person, so that one of them never comes back as somebody else."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from keys.master_key import MasterKey
from service.web.sign_in.person import Person
from standards.jose import b64url_encode

COLLECTION: Final = "provider_links"


@dataclass(frozen=True, slots=True)
class ProviderLink:
    """A provider at which a person has signed in.

    Attributes:
        provider: key of the provider.
        since: when the person first came from there.
    """

    provider: str
    since: datetime


class ProviderLinks:
    """Collection ``provider_links``. Shard key: ``_id`` hashed (keyed hash of issuer and ``sub``).

    A document: ``person`` the keyed hash of certificate type and number; ``provider`` key of the provider; ``since``.
    Neither names anybody. The hashes are under a key derived from the master key: after a change of it links are made
    anew with the next sign-ins.
    """

    def __init__(self, database: Database[dict[str, Any]], master_key: MasterKey) -> None:
        self._links: Collection[dict[str, Any]] = database[COLLECTION]
        self._key = master_key.derive("sign-in provider links")

    def ensure_indexes(self) -> None:
        """Make the index by person; a repeat changes nothing."""
        self._links.create_index("person")

    def remember(self, person: Person, provider: str, at: datetime) -> bool:
        """Note where a person came from (one durable write the first time); ``False`` when that account is another's."""
        link = self._hash("account", person.provider, person.subject)
        mine = self._person(person)
        known = self._links.find_one({"_id": link})
        if known is None:
            try:
                self._links.insert_one({"_id": link, "person": mine, "provider": provider, "since": at})
            except DuplicateKeyError:
                known = self._links.find_one({"_id": link})
            else:
                return True
        return known is not None and hmac.compare_digest(str(known["person"]), mine)

    def of(self, person: Person) -> Sequence[ProviderLink]:
        """The providers from which a person came so far, oldest first."""
        rows = self._links.find({"person": self._person(person)}).sort("since", 1).limit(100)
        return [ProviderLink(row["provider"], _utc(row["since"])) for row in rows]

    def _person(self, person: Person) -> str:
        return self._hash("person", person.code_type, person.number)

    def _hash(self, *parts: str) -> str:
        # Each part carries its length: no two lists of parts give one message.
        message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
        return b64url_encode(hmac.digest(self._key, message, "sha256"))


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
