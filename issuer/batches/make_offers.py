"""The offers for some licences of a batch: the same batch and licence always give the same offers."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from issuer.batches.batch import Batch
from issuer.issuance.credential_issuer import CredentialIssuer
from issuer.issuance.desk import IssuanceDesk
from issuer.issuance.errors import AuthorityCannotIssueError, LicenceNotInForceError
from issuer.issuance.handles import REFERENCE_BYTES
from issuer.issuance.make_offer import offer_query, offerable
from issuer.issuance.offer import TX_CODE_DIGITS, NewOffer
from issuer.library.licence import Holder, Licence
from standards.errors import ElicenceError
from standards.jose import b64url_encode
from standards.openid4vci import build_offer_uri
from standards.text import Text


@dataclass(slots=True, repr=False)
class MadeOffers:
    """What some licences of a batch came to.

    Attributes:
        offers: for the store.
        lines: of the result, one for each offer: JSON without line feed.
        refused: lines of the refusals, one for each licence that got no offer.
    """

    offers: list[NewOffer] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    refused: list[bytes] = field(default_factory=list)


def make_offers(
    desk: IssuanceDesk, issuer: CredentialIssuer, batch: Batch, licences: Iterable[Licence], at: datetime
) -> MadeOffers:
    """Make an offer to each holder of each licence that is in force; pure but for the looking up of types.

    Args:
        desk: of the node.
        issuer: the authority of the batch.
        batch: which gives the offers their references and codes.
        licences: of that authority.
        at: now.
    """
    made = MadeOffers()
    expires_at = _instant(batch.expires_at)
    for licence in licences:
        identifier = str(licence.identifier)
        try:
            configuration = offerable(desk, issuer, licence, at)
        except (LicenceNotInForceError, AuthorityCannotIssueError) as error:
            made.refused.append(refusal(identifier, error))
            continue
        for holder in licence.holders:
            offer, tx_code = _offer(desk, batch, identifier, configuration.id, holder)
            query = offer_query(desk, issuer, offer, batch.request.by)
            line = {
                "licence": identifier,
                "holder": {"code_type": holder.code_type, "number": holder.number},
                "credential_offer_uri": build_offer_uri(query),
                "wallet_link": f"{desk.settings.wallet_url}/offers?{query}",
                "tx_code": tx_code,
                "expires_at": expires_at,
            }
            made.offers.append(offer)
            made.lines.append(orjson.dumps(line))
    return made


def refusal(identifier: str, error: ElicenceError) -> bytes:
    """A line of the refusals: why this licence got no offer."""
    line: dict[str, Any] = {"licence": identifier, "code": error.code, "message": error.message.to_json()}
    if isinstance(error.next_step, Text):
        line["next_step"] = error.next_step.to_json()
    return orjson.dumps(line)


def _offer(
    desk: IssuanceDesk, batch: Batch, identifier: str, configuration_id: str, holder: Holder
) -> tuple[NewOffer, str | None]:
    # From the seed, so that a step that is repeated after a kill meets its own rows and adds none. Without the seed,
    # which is sealed, nobody can tell a reference from 128 random bits.
    drawn = hmac.digest(batch.seed, f"{identifier}\0{holder.code_type}\0{holder.number}".encode(), "sha256")
    reference = b64url_encode(drawn[:REFERENCE_BYTES])
    tx_code = None
    if batch.request.tx_code:
        # Other bits than the reference's; 2^64 over 10^6 leaves no code likelier than another by more than 10^-13.
        number = int.from_bytes(drawn[REFERENCE_BYTES : REFERENCE_BYTES + 8], "big")
        tx_code = f"{number % 10**TX_CODE_DIGITS:0{TX_CODE_DIGITS}d}"
    offer = NewOffer(
        reference=reference,
        authority=batch.authority,
        licence=identifier,
        configuration_id=configuration_id,
        holder=desk.lookup.lookup(holder.code_type, holder.number),
        tx_code_hash=None if tx_code is None else desk.handles.tx_code_hash(reference, tx_code),
        expires_at=batch.expires_at,
    )
    return offer, tx_code


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
