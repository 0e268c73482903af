"""One licence as it travels: its face, every copy with its private key, and the means to stay current."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from standards.jose import b64url_decode, b64url_encode
from standards.json_reader import Reader
from wallet.accounts.account import Holder
from wallet.holdings.holding import Face, Holding, parse_face
from wallet.holdings.renewal import Renewal, parse_renewal
from wallet.holdings.sealing import HolderKey, carried_key, key_to_carry, open_copy


@dataclass(frozen=True, slots=True)
class CarriedCopy:
    """A copy on its way: nothing in it is verified.

    Attributes:
        unverified_credential: the SD-JWT VC.
        key: the key that came with it.
        used_at: when a verifier first saw it, or ``None``.
    """

    unverified_credential: str = field(repr=False)
    key: HolderKey = field(repr=False)
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class CarriedLicence:
    """A licence on its way: nothing in it is verified.

    Attributes:
        unverified_face: what it is said to say; only its issuer and its type are asked for again.
        copies: at least one.
        renewal: how it stays current, its key sealed for whoever imports it.
    """

    unverified_face: Face
    copies: tuple[CarriedCopy, ...]
    renewal: Renewal


def carry(holder: Holder, holding: Holding) -> dict[str, Any]:
    """What goes into the file of one licence; the keys are in it as PKCS#8, so the file is sealed as a whole."""
    renewal = holding.renewal
    means = renewal.means
    dpop = None if means is None else holder.envelope.open(means.sealed_dpop_key, means.key_context)
    return {
        "face": holding.face.to_json(),
        "copies": [
            {
                "credential": open_copy(holder, copy).credential,
                "key": b64url_encode(key_to_carry(holder, copy)),
                "used_at": None if copy.used_at is None else copy.used_at.timestamp(),
            }
            for copy in holding.copies
        ],
        "renewal": replace(renewal, means=None).to_json(),
        "means": None
        if means is None or dpop is None
        else {
            "token": means.token,
            "dpop_key": b64url_encode(dpop),
            "key_context": means.key_context,
            "server": means.server,
            "configuration_id": means.configuration_id,
        },
    }


def parse_carried(document: Mapping[str, Any], holder: Holder) -> CarriedLicence:
    """Read back what :func:`carry` wrote, for the wallet of ``holder``.

    Raises:
        InvalidInputError: it is not of this form.
        SigningKeyError: a key is none.
    """
    reader = Reader(dict(document))
    copies = tuple(
        CarriedCopy(
            one.text("credential", max_chars=200_000),
            carried_key(b64url_decode(one.text("key"))),
            _instant(one.any("used_at")),
        )
        for one in reader.objects("copies", min_items=1, max_items=100)
    )
    renewal, means = parse_renewal(reader.any("renewal")), reader.any("means")
    if means is not None:
        given = Reader(means)
        context = given.text("key_context")
        from_file = {
            "token": given.text("token", max_chars=16_384),
            "sealed_dpop_key": b64url_encode(
                holder.envelope.seal(b64url_decode(given.text("dpop_key")), context)
            ),
            "key_context": context,
            "server": given.text("server"),
            "configuration_id": given.text("configuration_id"),
        }
        renewal = parse_renewal(renewal.to_json() | {"means": from_file})
    return CarriedLicence(parse_face(reader.any("face")), copies, renewal)


def _instant(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int | float) else None
