"""A code for a browser without scripts: the server makes it with a key that nobody keeps."""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from standards.jose import public_jwk_of
from standards.show_code import build_show_code
from wallet.accounts.account import Holder
from wallet.node import WalletNode
from wallet.showing.make_delegations import make_delegations

_ECDSA: Final = ec.ECDSA(hashes.SHA256())


def make_server_code(node: WalletNode, holder: Holder, holding_id: str, *, own: Holder, session: str) -> str:
    """One code of one licence; its key signs once and is forgotten.

    Raises:
        DeedNotAllowedError, NothingToShowError: as :func:`make_delegations`.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    [made] = make_delegations(
        node,
        holder,
        public_jwk_of(key.public_key()),
        [holding_id],
        own=own,
        session=session,
        once=True,
    )

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(message, _ECDSA))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return build_show_code(made.licence, made.delegation, made_at=node.clock.now(), sign=sign)
