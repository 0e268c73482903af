"""Take in a wallet that was moved out elsewhere: each licence is checked anew, as if its issuer had sent it just now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from keys.errors import KeyCustodyError
from standards.errors import ElicenceError, InvalidInputError
from standards.json_reader import Reader
from standards.text import Text
from wallet.accounts.account import Holder
from wallet.accounts.acting import Deed
from wallet.foreign.check_foreign import check_foreign
from wallet.history.entry import Entry, EntryKind, new_entry_id, parse_entry
from wallet.holdings.holding import Holding, new_id
from wallet.mandates.find_keeper import only_into
from wallet.moving.errors import AnotherHoldersFileError, NotAWalletFileError
from wallet.moving.moved_licence import CarriedLicence, parse_carried
from wallet.moving.sealed_file import open_file
from wallet.node import WalletNode
from wallet.receiving.check_received import CheckedLicence, check_received
from wallet.receiving.pending_offer import OfferedLicence
from wallet.receiving.store import Arrival

MOST_LICENCES: Final = 500


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one licence of the file.

    Attributes:
        name: of the licence.
        holding_id: in this wallet, or ``None``.
        told: why it was not taken in, or ``None``.
    """

    name: Text
    holding_id: str | None = None
    told: Text | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file: its licences, one by one, and how many lines of its log were new here."""

    licences: tuple[Taken, ...]
    lines: int


def import_wallet(node: WalletNode, holder: Holder, data: bytes, passphrase: str) -> Imported:
    """Take in what the file holds; one licence that fails holds up no other (a transaction each).

    Rights to act for others do not travel: they rest on licences, and are given anew.

    Raises:
        DeedNotAllowedError: who acts may not receive into this wallet.
        NotAWalletFileError, FileNotOpenedError: the file.
        AnotherHoldersFileError: it holds somebody else's wallet.
        TrustUnavailableError: nobody can be checked at the moment; nothing was taken in.
    """
    holder.require(Deed.RECEIVE)
    content = open_file(data, passphrase)
    try:
        reader = Reader(content)
        subject = reader.object("subject")
        if not holder.holds(subject.text("code_type"), subject.text("number")):
            raise AnotherHoldersFileError
        documents = reader.list("licences", max_items=MOST_LICENCES)
        lines = reader.list("log", max_items=100_000)
    except InvalidInputError as error:
        raise NotAWalletFileError from error
    node.trust()
    licences = tuple(_take(node, holder, document) for document in documents)
    imported = Imported(licences, _take_lines(node, holder, lines))
    taken = [one for one in licences if one.holding_id is not None]
    node.use_log.append(
        holder,
        Entry(
            new_entry_id(),
            node.clock.now(),
            EntryKind.IMPORTED,
            about="wallet",
            licences=tuple(one.name for one in taken),
            told=Text(
                f"您从导出的文件迁入了 {len(taken)} 张证照（共 {len(licences)} 张）。",
                f"You moved in {len(taken)} of {len(licences)} licences from an exported file.",
            ),
        ),
    )
    return imported


def _take(node: WalletNode, holder: Holder, document: Any) -> Taken:
    try:
        carried = parse_carried(document if isinstance(document, dict) else {}, holder)
    except (InvalidInputError, KeyCustodyError, ValueError, TypeError):
        return Taken(
            Text("证照", "Licence"),
            told=Text("文件中的这一项无法读取。", "This part of the file cannot be read."),
        )
    name = carried.unverified_face.type_name
    try:
        checked = _check(node, holder, carried)
    except ElicenceError as error:
        return Taken(name, told=error.message)
    used = {copy.key.copy_id: copy.used_at for copy in carried.copies}
    copies = tuple(replace(copy, used_at=used[copy.copy_id]) for copy in checked.copies)
    holding = Holding(new_id(), checked.face, node.clock.now(), copies, renewal=carried.renewal)
    reference = node.references.of("licence", holder.account_id, checked.face.reference)
    entry = Entry(
        new_entry_id(),
        node.clock.now(),
        EntryKind.RECEIVED,
        about=holding.holding_id,
        party=checked.face.issuer_name,
        licences=(checked.face.type_name,),
        holdings=(holding.holding_id,),
    )
    node.searches.keep(Arrival(holder, holding, reference), entry)
    for copy in copies:
        if copy.used_at is not None:
            node.holdings.mark_used(holder, holding.holding_id, copy.copy_id, copy.used_at)
    return Taken(checked.face.type_name, holding.holding_id)


def _check(node: WalletNode, holder: Holder, carried: CarriedLicence) -> CheckedLicence:
    face, at = carried.unverified_face, node.clock.now()
    offered = OfferedLicence("", face.vct, face.type_name)
    texts = [copy.unverified_credential for copy in carried.copies]
    keys = [copy.key for copy in carried.copies]
    if face.foreign:
        return check_foreign(
            texts,
            keys,
            holder=holder,
            credential_issuer=face.credential_issuer,
            offered=offered,
            foreign=node.foreign,
            at=at,
        )
    checked = check_received(
        texts,
        keys,
        keeper_of=only_into(holder),
        credential_issuer=face.credential_issuer,
        offered=offered,
        trust=node.trust(),
        at=at,
    )
    # How a type that does not ship here is shown, and nothing else, is taken from the file's own words.
    return replace(checked, face=replace(checked.face, described=face.described))


def _take_lines(node: WalletNode, holder: Holder, lines: Sequence[Any]) -> int:
    """The log of the old wallet, as history; a line that is here already, or cannot be read, is left out."""
    new = 0
    for line in lines:
        try:
            entry_id, seconds, document = line
            entry = parse_entry(str(entry_id)[:80], datetime.fromtimestamp(seconds, UTC), document)
        except (InvalidInputError, ValueError, TypeError, OverflowError):
            continue
        if entry.at <= node.clock.now():
            new += node.use_log.append_once(holder, entry)
    return new
