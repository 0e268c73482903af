"""Whether a complaint is about a search of ours, by somebody whom we told of it.

``POST /my/uses`` tells a person of a search together with a word made from its name under a key of the node. Names of rows
can be guessed; the word cannot, and it is told to nobody else.
"""

from __future__ import annotations

import hmac
from typing import Final

from issuer.searching.store import SearchLog
from keys.lookup import LookupKey
from service.complaints import UnknownUseError
from standards.complaints import Filing

_KIND: Final = "use"


def proof_of_use(lookup: LookupKey, use_id: str) -> str:
    """The word that goes with a use."""
    return lookup.lookup(_KIND, use_id)


def check_filing(log: SearchLog, lookup: LookupKey, filing: Filing) -> None:
    """See that the search was made, by this authority, and that the caller was told of it.

    Raises:
        UnknownUseError: it was not; which of these is not said.
    """
    told = any(
        hmac.compare_digest(word.encode(), filing.proof.encode())
        for word in lookup.candidates(_KIND, filing.reference)
    )
    if not told or log.find(filing.department, filing.reference) is None:
        raise UnknownUseError
