"""The key hierarchy of a wallet: node key → holder key → a data key for each copy → the copy and its private key."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

import orjson

from keys.envelope import Envelope
from keys.local_signer import LocalSigner
from keys.sealed_key import create_sealed_key, open_sealed_key
from wallet.accounts.account import Holder
from wallet.holdings.holding import Face, SealedCopy, new_id, parse_face
from wallet.holdings.renewal import Renewal, parse_renewal


@dataclass(frozen=True, slots=True)
class HolderKey:
    """A fresh key for a copy that is about to be asked for: nothing of it is stored until the copy has come.

    Into whose wallet the copy goes is known only once it was checked; until then the key lies under a data key of
    nobody, which lives in memory alone.

    Attributes:
        copy_id: id that the copy will have.
        signer: the key, to prove possession with.
        sealed_key: the private key, sealed under ``envelope``.
        envelope: of that data key.
    """

    copy_id: str
    signer: LocalSigner
    sealed_key: bytes = field(repr=False)
    envelope: Envelope = field(repr=False)

    def seal(self, credential: str, keeper: Holder) -> SealedCopy:
        """The copy to store in the wallet of ``keeper``, once its credential was verified to be bound to this key."""
        wrapped_key, envelope = keeper.envelope.new_data_key(_copy_context(self.copy_id))
        context = _key_context(self.copy_id)
        sealed_key = envelope.seal(self.envelope.open(self.sealed_key, context), context)
        sealed = envelope.seal(credential.encode("ascii"), _credential_context(self.copy_id))
        return SealedCopy(self.copy_id, wrapped_key, sealed, sealed_key)

    def sealed_under(self, holder: Holder) -> bytes:
        """The key as it waits in the store for a copy that comes later, in the wallet of whoever asked for it."""
        plain = self.envelope.open(self.sealed_key, _key_context(self.copy_id))
        named = f"{self.copy_id}.".encode("ascii")
        return named + holder.envelope.seal(plain, _waiting_context(self.copy_id))


@dataclass(frozen=True, slots=True)
class OpenedCopy:
    """A copy ready to be shown.

    Attributes:
        copy_id: of the copy.
        credential: the SD-JWT VC with all disclosures.
        signer: the key to which it is bound.
    """

    copy_id: str
    credential: str = field(repr=False)
    signer: LocalSigner = field(repr=False)


def new_holder_key() -> HolderKey:
    """A fresh P-256 key for a copy."""
    copy_id = new_id()
    envelope = Envelope.from_data_key(secrets.token_bytes(32))
    sealed_key, signer = create_sealed_key(copy_id, envelope, _key_context(copy_id))
    return HolderKey(copy_id, signer, sealed_key, envelope)


def move_sealed_key(sealed: bytes, context: str, before: Holder, after: Holder) -> bytes:
    """A key that was sealed in one wallet, sealed in another, for what belongs to a licence that goes there."""
    if before.account_id == after.account_id:
        return sealed
    return after.envelope.seal(before.envelope.open(sealed, context), context)


def reopen_key(holder: Holder, sealed: bytes) -> HolderKey:
    """A key that waited (:meth:`HolderKey.sealed_under`).

    Raises:
        SealedDataError: it waited in another wallet, or was altered.
    """
    named, _, inside = sealed.partition(b".")
    copy_id = named.decode("ascii", "replace")
    plain = holder.envelope.open(inside, _waiting_context(copy_id))
    envelope = Envelope.from_data_key(secrets.token_bytes(32))
    context = _key_context(copy_id)
    resealed = envelope.seal(plain, context)
    return HolderKey(copy_id, open_sealed_key(copy_id, resealed, envelope, context), resealed, envelope)


def key_to_carry(holder: Holder, copy: SealedCopy) -> bytes:
    """The private key of a copy as PKCS#8, for a file that is sealed as a whole: the only way in which one leaves.

    Raises:
        SealedDataError: the copy belongs to another holder, was moved, or was altered.
    """
    envelope = holder.envelope.unwrap(copy.wrapped_key, _copy_context(copy.copy_id))
    return envelope.open(copy.sealed_key, _key_context(copy.copy_id))


def carried_key(pkcs8: bytes) -> HolderKey:
    """A key that came in such a file, under a new id.

    Raises:
        SigningKeyError: it is no P-256 key.
    """
    copy_id = new_id()
    envelope = Envelope.from_data_key(secrets.token_bytes(32))
    sealed = envelope.seal(pkcs8, _key_context(copy_id))
    return HolderKey(
        copy_id, open_sealed_key(copy_id, sealed, envelope, _key_context(copy_id)), sealed, envelope
    )


def open_copy(holder: Holder, copy: SealedCopy) -> OpenedCopy:
    """A copy with its key.

    Raises:
        SealedDataError: it belongs to another holder, was moved, or was altered.
    """
    envelope = holder.envelope.unwrap(copy.wrapped_key, _copy_context(copy.copy_id))
    credential = envelope.open(copy.sealed_credential, _credential_context(copy.copy_id)).decode("ascii")
    signer = open_sealed_key(copy.copy_id, copy.sealed_key, envelope, _key_context(copy.copy_id))
    return OpenedCopy(copy.copy_id, credential, signer)


def seal_face(holder: Holder, holding_id: str, face: Face) -> bytes:
    """The face as stored."""
    return holder.envelope.seal(orjson.dumps(face.to_json()), _face_context(holding_id))


def open_face(holder: Holder, holding_id: str, sealed: bytes) -> Face:
    """The face as read; raises ``SealedDataError`` for another holder's."""
    return parse_face(orjson.loads(holder.envelope.open(sealed, _face_context(holding_id))))


def seal_renewal(holder: Holder, holding_id: str, renewal: Renewal) -> bytes:
    """How a licence stays current, as stored: it holds a token and earlier values of its fields."""
    return holder.envelope.seal(orjson.dumps(renewal.to_json()), _renewal_context(holding_id))


def open_renewal(holder: Holder, holding_id: str, sealed: bytes) -> Renewal:
    """The same as read; raises ``SealedDataError`` for another holder's."""
    return parse_renewal(orjson.loads(holder.envelope.open(sealed, _renewal_context(holding_id))))


def _renewal_context(holding_id: str) -> str:
    return f"holding {holding_id} renewal"


def _face_context(holding_id: str) -> str:
    return f"holding {holding_id} face"


def _copy_context(copy_id: str) -> str:
    return f"copy {copy_id}"


def _credential_context(copy_id: str) -> str:
    return f"copy {copy_id} credential"


def _waiting_context(copy_id: str) -> str:
    return f"copy {copy_id} key, waiting"


def _key_context(copy_id: str) -> str:
    return f"copy {copy_id} key"
