"""A licence in the wallet: what its face says, and the unlinkable copies that are shown in its name.

One licence arrives as a batch of copies, each with a key, a salt set and a status index of its own. A person sees
one card; every presentation takes a copy that nobody has seen yet, so that verifiers cannot compare notes.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from keys.envelope import WrappedKey
from standards.jose import b64url_decode, b64url_encode
from standards.json_reader import Reader
from standards.licence_types.described_type import DescribedType, described_type_data, described_type_of
from standards.status_list import StatusReference
from standards.text import Text
from wallet.holdings.renewal import NOT_RENEWED, Renewal


class Relation(StrEnum):
    """Whose licence it is, as seen from the person that keeps it."""

    OWN = "own"
    """The holder is the person."""
    ENTITY = "entity"
    """The holder is a legal entity."""
    OTHER = "other"
    """The holder has no certificate of a natural person or legal entity: a newborn, for whom a parent keeps it."""


@dataclass(frozen=True, slots=True)
class Face:
    """What the licence says, checked when it was received; the same for all of its copies.

    Attributes:
        credential_issuer: credential issuer identifier.
        issuer_name: of the issuing authority, from its certificate.
        issuer_chain: its certificate chain, DER, leaf first: status lists must be signed by the same key.
        vct: the type, for example ``urn:elicence:type:…:1``.
        type_name: what the licence is called.
        claims: every claim, the selectively disclosable ones and the others.
        relation: whose it is.
        expires_at: ``exp`` of the copies, or ``None``.
        statuses: one place for each copy that has one.
        described: how its fields are shown, for a type that does not ship with this software.
        foreign: whether its issuer is on no trust list: then it is another document, never called a licence.
    """

    credential_issuer: str
    issuer_name: Text
    issuer_chain: tuple[bytes, ...]
    vct: str
    type_name: Text
    claims: Mapping[str, Any]
    relation: Relation
    expires_at: datetime | None
    statuses: tuple[StatusReference, ...]
    described: DescribedType | None = None
    foreign: bool = False

    @property
    def reference(self) -> str:
        """What tells this licence from every other one: issuer, type, identifier and holder."""
        parts = (
            self.credential_issuer,
            self.vct,
            self.claim_text("licence_identifier"),
            self.claim_text("holder_number"),
        )
        return "\x00".join(parts)

    def claim_text(self, name: str) -> str:
        """A claim as text; empty when absent."""
        value = self.claims.get(name)
        return "" if value is None else str(value)

    def to_json(self) -> dict[str, Any]:
        """What is sealed."""
        return {
            "credential_issuer": self.credential_issuer,
            "issuer_name": self.issuer_name.to_json(),
            "issuer_chain": [b64url_encode(certificate) for certificate in self.issuer_chain],
            "vct": self.vct,
            "type_name": self.type_name.to_json(),
            "claims": dict(self.claims),
            "relation": self.relation.value,
            "expires_at": None if self.expires_at is None else int(self.expires_at.timestamp()),
            "statuses": [[place.uri, place.index] for place in self.statuses],
            **({} if self.described is None else {"described": described_type_data(self.described)}),
            **({"foreign": True} if self.foreign else {}),
        }


@dataclass(frozen=True, slots=True)
class SealedCopy:
    """One copy as stored: its credential and its key, under a data key of its own.

    Attributes:
        copy_id: random.
        wrapped_key: the copy's data key, sealed under the holder key.
        sealed_credential: the SD-JWT VC with all disclosures.
        sealed_key: the private key to which it is bound.
        used_at: when a verifier first saw it, or ``None``.
    """

    copy_id: str
    wrapped_key: WrappedKey = field(repr=False)
    sealed_credential: bytes = field(repr=False)
    sealed_key: bytes = field(repr=False)
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """A licence in a wallet, its face open.

    Attributes:
        holding_id: random.
        face: what it says.
        received_at: when it came.
        copies: at least one.
        removed_at: when the person took it out; it can be put back for a while. ``None`` while it is in.
        renewal: how it stays current.
    """

    holding_id: str
    face: Face
    received_at: datetime
    copies: tuple[SealedCopy, ...]
    removed_at: datetime | None = None
    renewal: Renewal = NOT_RENEWED

    @property
    def unused_copies(self) -> int:
        """How many copies no verifier has seen."""
        return sum(copy.used_at is None for copy in self.copies)

    def next_copy(self) -> SealedCopy:
        """The copy to show next: an unseen one, else the one that was first seen longest ago."""
        return min(self.copies, key=lambda copy: (copy.used_at is not None, copy.used_at or self.received_at))


def new_id() -> str:
    """A fresh random id of a holding or a copy."""
    return secrets.token_urlsafe(16)


def parse_face(document: Any) -> Face:
    """Read back what :meth:`Face.to_json` wrote."""
    reader = Reader(document)
    expires_at = reader.any("expires_at")
    return Face(
        credential_issuer=reader.text("credential_issuer"),
        issuer_name=_text(reader.object("issuer_name")),
        issuer_chain=tuple(
            b64url_decode(certificate) for certificate in reader.texts("issuer_chain", max_chars=16_384)
        ),
        vct=reader.text("vct"),
        type_name=_text(reader.object("type_name")),
        claims=reader.mapping("claims"),
        relation=Relation(reader.choice("relation", tuple(Relation))),
        expires_at=None if expires_at is None else datetime.fromtimestamp(expires_at, UTC),
        statuses=tuple(StatusReference(uri, index) for uri, index in reader.list("statuses")),
        described=described_type_of(reader.mapping("described")) if "described" in reader else None,
        foreign="foreign" in reader,
    )


def _text(reader: Reader) -> Text:
    return Text(reader.text("zh", min_chars=0), reader.text("en", min_chars=0))
