"""What is sent to a verifier: for each licence a copy, signed with its key, saying who acts where somebody does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from standards.mandate import Acting, acting_extra
from standards.openid4vp import build_direct_post, build_direct_post_jwt
from standards.openid4vp.request_object import DIRECT_POST_JWT
from standards.sd_jwt import parse_sd_jwt
from standards.sd_jwt_vc import present_credential
from wallet.holdings.sealing import OpenedCopy, open_copy
from wallet.node import WalletNode
from wallet.presenting.consent import Picked
from wallet.presenting.trusted_request import TrustedRequest


def build_answer(
    node: WalletNode, trusted: TrustedRequest, picked: Sequence[Picked], acting: Mapping[str, Acting | None]
) -> dict[str, str]:
    """The form to post (one durable write for each licence: its copy counts as seen).

    Args:
        node: the store of copies, and the clock.
        trusted: the request.
        picked: what is shown, each licence with its keeper.
        acting: by keeper's account, who acts for the keeper; ``None`` for the keeper in person.
    """
    request = trusted.request
    vp_token: dict[str, Sequence[str]] = {}
    for one in picked:
        copy = _take_copy(node, one)
        shown = present_credential(
            parse_sd_jwt(copy.credential),
            one.option.paths,
            audience=str(request.client_id),
            nonce=request.nonce,
            at=node.clock.now(),
            sign=copy.signer.sign,
            extra=acting_extra(acting[one.keeper.account_id]),
        )
        vp_token[one.query_id] = [shown]
    if request.response_mode == DIRECT_POST_JWT:
        return build_direct_post_jwt(vp_token, request.state, request.client_metadata)
    return build_direct_post(vp_token, request.state)


def _take_copy(node: WalletNode, one: Picked) -> OpenedCopy:
    """A copy that no verifier has seen, while there is one; then the one that was first seen longest ago."""
    holding, keeper = one.option.licence.holding, one.keeper
    unseen = [copy for copy in holding.copies if copy.used_at is None]
    for copy in unseen:
        if node.holdings.mark_used(keeper, holding.holding_id, copy.copy_id, node.clock.now()):
            return open_copy(keeper, copy)
    return open_copy(keeper, holding.next_copy())
