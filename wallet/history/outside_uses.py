"""Uses of the holder's licences in libraries, without the holder: what issuers tell, entered into the log.

A department may look into the library to perform its statutory duties. The holder learns of it here (Personal
Information Protection Law articles 44 and 45): who, when, why, on which ground.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from standards.codes.uscc import parse_uscc
from standards.errors import InvalidInputError
from standards.jose import b64url_encode
from standards.json_reader import Reader
from standards.legal_basis import LegalBasis, parse_legal_basis, parse_plain_text
from standards.text import Text
from wallet.accounts.account import Holder
from wallet.history.entry import Counterpart, Entry, EntryKind
from wallet.history.errors import InvalidOutsideUsesError
from wallet.node import WalletNode
from wallet.trust import region_name

MOST_USES: Final = 500
"""Most uses in one answer of an issuer."""

_KINDS: Final[dict[str, Text]] = {
    "searched": Text("检索到", "found in a search"),
    "viewed": Text("查看了", "looked at"),
    "downloaded": Text("下载了", "downloaded"),
    "verified": Text("核验了", "verified"),
    "shared": Text("调用了", "fetched by interface"),
}


@dataclass(frozen=True, slots=True)
class OutsideUse:
    """One use, as an issuer tells it.

    Attributes:
        use_id: the issuer's own name of it.
        at: when.
        kind: a key of the table of kinds.
        department: who.
        department_code: unified social credit code.
        region: where the department is, or ``None``.
        cause: why, in the department's words; ``None`` when it gave none.
        basis: the ground.
        licence: name of the licence.
        licence_identifier: of the licence.
        proof: the issuer's word that it told the holder of this use, for a complaint; may be empty.
    """

    use_id: str
    at: datetime
    kind: str
    department: Text
    department_code: str
    region: Text | None
    cause: Text | None
    basis: LegalBasis | None
    licence: Text
    licence_identifier: str
    proof: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class OutsideUses:
    """An issuer's answer: uses, where it takes complaints, and where to go on asking."""

    uses: tuple[OutsideUse, ...]
    complaints: str | None
    next_cursor: str | None


def parse_outside_uses(answer: Any) -> OutsideUses:
    """Read the answer of ``POST {issuer}/my/uses``.

    Raises:
        InvalidOutsideUsesError: it is not of the shape.
    """
    try:
        reader = Reader(answer)
        return OutsideUses(
            tuple(_use(one) for one in reader.objects("uses", max_items=MOST_USES)),
            reader.optional_text("complaints", max_chars=500) if reader_has(reader, "complaints") else None,
            reader.optional_text("next", max_chars=500) if reader_has(reader, "next") else None,
        )
    except InvalidInputError as error:
        raise InvalidOutsideUsesError from error


def note_outside_uses(node: WalletNode, holder: Holder, *, issuer: str, answer: Any) -> int:
    """Enter the uses that are not in the log yet; how many came (one durable write each).

    Args:
        node: the store.
        holder: whose licences they are of.
        issuer: credential issuer identifier that answered; a complaint goes to an address of its own origin only.
        answer: the parsed JSON, untrusted.

    Raises:
        InvalidOutsideUsesError: it is not of the shape; nothing was entered.
    """
    told = parse_outside_uses(answer)
    desk = told.complaints if told.complaints and _same_origin(told.complaints, issuer) else None
    now = node.clock.now()
    # Oldest first: so they stand in the log. An instant that has not come yet is none.
    fresh = [use for use in reversed(told.uses) if use.at <= now]
    licences = {
        holding.face.claim_text("licence_identifier"): holding.holding_id
        for holding in (node.holdings.all_of(holder) if fresh else ())
    }
    return sum(
        node.use_log.append_once(
            holder, _entry(holder, use, issuer, desk, licences.get(use.licence_identifier))
        )
        for use in fresh
    )


def reader_has(reader: Reader, name: str) -> bool:
    """Whether a member is there and not null."""
    return name in reader and reader.any(name) is not None


def _use(reader: Reader) -> OutsideUse:
    department, licence = reader.object("department"), reader.object("licence")
    name, title = parse_plain_text(department, "name"), parse_plain_text(licence, "name")
    if name is None or title is None:
        raise InvalidInputError("缺少名称。", "A name is missing.", where="/uses")
    division = department.optional_text("division", max_chars=6)
    return OutsideUse(
        use_id=reader.text("id", max_chars=200),
        at=reader.iso_instant("at"),
        kind=reader.choice("kind", tuple(_KINDS)),
        department=name,
        department_code=str(parse_uscc(department.text("code", max_chars=18))),
        region=None if division is None else region_name(division),
        cause=_cause(reader),
        basis=parse_legal_basis(reader.object("basis")) if reader_has(reader, "basis") else None,
        licence=title,
        licence_identifier=licence.text("identifier", max_chars=200),
        proof=reader.text("proof", max_chars=200) if reader_has(reader, "proof") else "",
    )


def _cause(reader: Reader) -> Text | None:
    if not reader_has(reader, "cause"):
        return None
    if isinstance(reader.any("cause"), str):
        words = reader.text("cause", max_chars=500)
        return parse_plain_text(Reader({"cause": {"zh": words, "en": words}}), "cause")
    return parse_plain_text(reader, "cause")


def _entry(holder: Holder, use: OutsideUse, issuer: str, desk: str | None, holding: str | None) -> Entry:
    # The same use told again has the same id, and the log keeps one line of an id.
    told = f"{holder.account_id}\n{issuer}\n{use.use_id}".encode()
    kind, where = _KINDS[use.kind], use.region
    who = Text(
        use.department.zh + (f"（{where.zh}）" if where else ""),
        use.department.en + (f" ({where.en})" if where else ""),
    )
    return Entry(
        entry_id=f"use-{b64url_encode(hashlib.sha256(told).digest()[:24])}",
        at=use.at,
        kind=EntryKind.CONSULTED,
        about=use.licence_identifier,
        party=use.department,
        party_code=use.department_code,
        region=where,
        licences=(use.licence,),
        holdings=() if holding is None else (holding,),
        purpose=use.cause,
        basis=use.basis,
        told=Text(
            f"{who.zh}在证照库中{kind.zh}您的{use.licence.zh}（未经您出示）。",
            f"{who.en}: your {use.licence.en} was {kind.en} in the library, without you.",
        ),
        counterpart=Counterpart(use.use_id, use.proof, desk),
    )


def _same_origin(one: str, other: str) -> bool:
    first, second = _parts(one), _parts(other)
    return first is not None and first == second


def _parts(url: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return (parts.scheme, parts.netloc.lower()) if not parts.query else None
