"""Use case: offer a copy of a licence to its holder's wallet (OpenID4VCI 1.0 section 4)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from issuer.issuance.credential_issuer import CredentialIssuer
from issuer.issuance.desk import IssuanceDesk
from issuer.issuance.errors import (
    AuthorityCannotIssueError,
    HolderRequiredError,
    LicenceNotInForceError,
    NotAHolderError,
)
from issuer.issuance.handles import HandleKind, new_reference
from issuer.issuance.offer import OFFER_LIFETIME, TX_CODE_DIGITS, NewOffer
from issuer.library.licence import Holder, Licence, LicenceState
from issuer.library.standing import standing
from standards.openid4vci import (
    CredentialConfiguration,
    CredentialOffer,
    TxCode,
    build_offer_query,
    build_offer_reference_query,
    build_offer_uri,
)
from standards.text import Text

By = Literal["value", "reference"]

TX_CODE_FORM = TxCode(
    "numeric", TX_CODE_DIGITS, "签发机关告知的六位验证码 · six-digit code told by the issuing authority"
)
"""How the transaction code looks, as an offer tells it (section 4.1.1)."""


class HasIssuance(Protocol):
    """The part of the node that this use case stands on."""

    @property
    def issuance(self) -> IssuanceDesk: ...


@dataclass(frozen=True, slots=True, repr=False)
class MadeOffer:
    """An offer that was made; whoever has the link, and the code when there is one, can fetch the licence.

    Attributes:
        credential_offer_uri: deep link for a wallet.
        wallet_link: the same for the web wallet of this node.
        tx_code: to be told to the holder another way, or ``None``.
        expires_at: until when it can be used.
    """

    credential_offer_uri: str
    wallet_link: str
    tx_code: str | None
    expires_at: datetime

    def __repr__(self) -> str:
        """Without the link and the code: they are as good as the licence."""
        return f"MadeOffer(expires_at={self.expires_at!r})"


def make_offer(
    node: HasIssuance, licence: Licence, holder: Holder | None, *, tx_code: bool, by: By, at: datetime
) -> MadeOffer:
    """Offer copies of ``licence`` to one of its holders: one durable write.

    Args:
        node: with the issuing desk.
        licence: of the calling authority, which the caller has checked.
        holder: whose copies; may be left out when there is only one holder.
        tx_code: whether the wallet must also tell a code that travels another way.
        by: ``value`` puts the offer into the link, ``reference`` an address where it is fetched.
        at: now.

    Raises:
        HolderRequiredError, NotAHolderError: it is not clear for whom.
        LicenceNotInForceError: copies of it would be refused.
        AuthorityCannotIssueError: the authority may not issue the type, or has no certificate.
    """
    desk = node.issuance
    chosen = _choose_holder(licence, holder)
    issuer = desk.issuers.of_authority(licence.authority.uscc, at=at)
    offered = offerable(desk, issuer, licence, at)
    reference = new_reference()
    code = f"{secrets.randbelow(10**TX_CODE_DIGITS):0{TX_CODE_DIGITS}d}" if tx_code else None
    offer = NewOffer(
        reference=reference,
        authority=issuer.uscc,
        licence=str(licence.identifier),
        configuration_id=offered.id,
        holder=desk.lookup.lookup(chosen.code_type, chosen.number),
        tx_code_hash=None if code is None else desk.handles.tx_code_hash(reference, code),
        # Whole seconds: the store keeps milliseconds, and what is told should be what is kept.
        expires_at=at.replace(microsecond=0) + OFFER_LIFETIME,
    )
    desk.offers.insert(offer)
    query = offer_query(desk, issuer, offer, by)
    return MadeOffer(
        credential_offer_uri=build_offer_uri(query),
        wallet_link=f"{desk.settings.wallet_url}/offers?{query}",
        tx_code=code,
        expires_at=offer.expires_at,
    )


def offerable(
    desk: IssuanceDesk, issuer: CredentialIssuer, licence: Licence, at: datetime
) -> CredentialConfiguration:
    """As what a licence of ``issuer`` is offered now.

    Raises:
        AuthorityCannotIssueError: the authority may not issue the type.
        LicenceNotInForceError: copies of it would be refused.
    """
    # In the version that it was issued under: a newer one of its type does not change what it says.
    offered = desk.types.by_vct(licence.vct)
    if offered is None or licence.type_code not in issuer.type_codes:
        raise AuthorityCannotIssueError(
            "本机构不能签发此类型的电子证照。", "The authority may not issue licences of this type."
        )
    state = standing(licence, offered.licence_type, at)
    if state is not LicenceState.VALID:
        raise LicenceNotInForceError(
            f"证照当前状态为“{state.label.zh}”，不能签发副本。",
            f"The licence is not in force ({state.label.en}); no copies are issued.",
            next_step=Text(
                "恢复或换发后再签发。", "Offer it when it is in force again, or offer its new version."
            ),
        )
    return offered.configuration


def offer_query(desk: IssuanceDesk, issuer: CredentialIssuer, offer: NewOffer, by: By) -> str:
    """The query of the links to an offer: with the offer in it, or with its address."""
    if by == "reference":
        return build_offer_reference_query(issuer.offer_uri(offer.reference))
    return build_offer_query(describe_offer(desk, issuer.identifier, offer))


def describe_offer(desk: IssuanceDesk, issuer_identifier: str, offer: NewOffer) -> CredentialOffer:
    """The credential offer object for an offer."""
    guarded = offer.tx_code_hash is not None
    kind = HandleKind.CODE_WITH_TX_CODE if guarded else HandleKind.CODE
    return CredentialOffer(
        credential_issuer=issuer_identifier,
        credential_configuration_ids=(offer.configuration_id,),
        pre_authorized_code=desk.handles.make(kind, offer.reference),
        tx_code=TX_CODE_FORM if guarded else None,
        # Where metadata name two servers, the offer says which (section 4.1.1).
        authorization_server=None if issuer_identifier == desk.settings.issuer_url else issuer_identifier,
    )


def _choose_holder(licence: Licence, holder: Holder | None) -> Holder:
    if holder is None:
        if len(licence.holders) != 1:
            raise HolderRequiredError
        return licence.holders[0]
    for held_by in licence.holders:
        if (held_by.code_type, held_by.number) == (holder.code_type, holder.number):
            return held_by
    raise NotAHolderError
