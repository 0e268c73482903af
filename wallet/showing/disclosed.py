"""What a window gets beyond the code: the fields that its item needs of this licence, and the holder's face.

There is no page of consent in between: the holder consents by choosing the licence and holding the code under the
scanner. So only the licence of the code answers, never another one; sensitive fields stay hidden; and the phone tells at
once who it was and what they saw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from standards.dcql import SD_JWT, Candidate, ClaimsPath, InvalidDcqlQueryError, match, parse_dcql
from standards.sd_jwt import parse_sd_jwt
from standards.sd_jwt_vc import present_credential
from wallet.accounts.account import Holder
from wallet.history.entry import SeenField
from wallet.holdings.face_fields import FaceField, shown_by
from wallet.holdings.holding import Face, Holding
from wallet.holdings.sealing import OpenedCopy, open_copy
from wallet.node import WalletNode
from wallet.showing.errors import RedemptionRejectedError
from wallet.showing.portrait import PORTRAIT, identity_card
from wallet.showing.trusted_window import TrustedWindow

_IDENTITY: Final[tuple[ClaimsPath, ...]] = (("holder_name",), (PORTRAIT,))


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One licence as far as a window will see it.

    Attributes:
        query_id: which query of the window it answers; ``None`` for the identity card.
        holding: the licence.
        paths: the claims disclosed.
        shown: the same as fields with values.
    """

    query_id: str | None
    holding: Holding
    paths: tuple[ClaimsPath, ...]
    shown: tuple[FaceField, ...]

    def seen(self) -> list[SeenField]:
        """The lines of the log."""
        name = self.holding.face.type_name
        return [
            SeenField(name, field.label, "" if field.name == PORTRAIT else field.value.zh)
            for field in self.shown
        ]


def disclosures_for(window: TrustedWindow, holding: Holding) -> list[Disclosure]:
    """What the window's item needs of this licence; none without a registered item.

    Raises:
        RedemptionRejectedError: its query cannot be read.
    """
    query = window.request.dcql_query
    if query is None or window.item is None:
        return []
    try:
        asked = parse_dcql(query)
    except InvalidDcqlQueryError as error:
        raise RedemptionRejectedError(error.message.zh, error.message.en) from error
    face = holding.face
    found = match(asked, [Candidate(holding.holding_id, SD_JWT, face.vct, face.claims, frozenset())])
    return [
        _disclosure(query_id, holding, answers[0].paths)
        for query_id, answers in found.answers.items()
        if answers
    ]


def identity_disclosure(cards: Sequence[Holding]) -> Disclosure | None:
    """Name and portrait of the person who stands at the window, where their wallet has them."""
    card = identity_card(cards)
    return None if card is None else Disclosure(None, card, _IDENTITY, shown_by(card.face, _IDENTITY))


def present(
    node: WalletNode,
    owner: Holder,
    disclosure: Disclosure,
    window: TrustedWindow,
    extra: Mapping[str, Any] | None,
) -> str:
    """The presentation, from a copy that nobody has seen while there is one (one durable write)."""
    copy = _take_copy(node, owner, disclosure.holding)
    return present_credential(
        parse_sd_jwt(copy.credential),
        disclosure.paths,
        audience=window.request.client_id,
        nonce=window.request.nonce,
        at=node.clock.now(),
        sign=copy.signer.sign,
        extra=extra,
    )


def _disclosure(query_id: str, holding: Holding, paths: tuple[ClaimsPath, ...]) -> Disclosure:
    open_paths = tuple(path for path in paths if not _is_sensitive(holding.face, path))
    return Disclosure(query_id, holding, open_paths, shown_by(holding.face, open_paths))


def _is_sensitive(face: Face, path: ClaimsPath) -> bool:
    return any(field.sensitive for field in shown_by(face, (path,)))


def _take_copy(node: WalletNode, owner: Holder, holding: Holding) -> OpenedCopy:
    for copy in holding.copies:
        if copy.used_at is None and node.holdings.mark_used(
            owner, holding.holding_id, copy.copy_id, node.clock.now()
        ):
            return open_copy(owner, copy)
    return open_copy(owner, holding.next_copy())
