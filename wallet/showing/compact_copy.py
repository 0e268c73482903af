"""A compact copy of a licence: the form that fits into a code, with a key of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from keys.local_signer import LocalSigner
from standards.cwt import UnverifiedCompactLicence, parse_compact_licence
from standards.jose import b64url_decode
from wallet.accounts.account import Holder
from wallet.holdings.holding import SealedCopy
from wallet.holdings.sealing import open_copy


@dataclass(frozen=True, slots=True)
class CompactCopy:
    """A compact copy as stored.

    Attributes:
        holding_id: the licence in the wallet whose form it is.
        sealed: the copy and its private key, sealed like every other copy; ``sealed.used_at`` is when it was last
            delegated.
        identifier: of the licence in its version: a copy of an earlier one is not shown.
        expires_at: of the copy.
    """

    holding_id: str
    sealed: SealedCopy = field(repr=False)
    identifier: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OpenedCompact:
    """A compact copy ready to delegate from.

    Attributes:
        copy_id: of the copy.
        data: the COSE_Sign1 bytes.
        licence: the same, parsed; it was verified when it came.
        signer: the key to which it is bound.
    """

    copy_id: str
    data: bytes = field(repr=False)
    licence: UnverifiedCompactLicence = field(repr=False)
    signer: LocalSigner = field(repr=False)


def open_compact(holder: Holder, copy: CompactCopy) -> OpenedCompact:
    """The copy with its key; raises ``SealedDataError`` for another holder's."""
    opened = open_copy(holder, copy.sealed)
    data = b64url_decode(opened.credential)
    return OpenedCompact(opened.copy_id, data, parse_compact_licence(data), opened.signer)
