"""What the person decides on: who asks for what, which licences answer it, what each would show and what stays hidden.

Pure: from a trusted request and the licences in the wallet to choices, and from a choice to what is sent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson
from cryptography import x509

from standards.dcql import SD_JWT, Answer, Candidate, ClaimsPath, CredentialQuery, Need, match
from standards.jose import b64url_encode
from standards.licence_types import load_catalogue
from standards.licence_types.licence_type import type_code_of
from standards.text import Text
from wallet.accounts.account import Holder
from wallet.holdings.face_fields import FaceField, licence_number, shown_by, withheld_by
from wallet.holdings.holding import Holding
from wallet.holdings.licence_state import StateOnCard
from wallet.presenting.errors import InvalidSelectionError, LicencesMissingError
from wallet.presenting.trusted_request import RequestedItem, TrustedRequest
from wallet.presenting.variants import Variants, variants_of


@dataclass(frozen=True, slots=True)
class HeldLicence:
    """A licence with its state at the moment, and whose it is.

    Attributes:
        holding: the licence.
        state: what can be said of it now.
        keeper: the opened account in which it lies, with the right under which it can be shown.
    """

    holding: Holding
    state: StateOnCard
    keeper: Holder

    @property
    def number(self) -> FaceField | None:
        """The number printed on it."""
        return licence_number(self.holding.face)


@dataclass(frozen=True, slots=True)
class Option:
    """One licence that answers one query.

    Attributes:
        licence: the licence.
        paths: the claims that it would disclose.
        shown: the same as fields with values; empty when only type and issuer are asked for.
        withheld: the fields that stay hidden, the optional ones left out.
        optional: the fields that the holder may show besides.
        variants: the sets of claims that the verifier takes.
    """

    licence: HeldLicence
    paths: tuple[ClaimsPath, ...]
    shown: tuple[FaceField, ...]
    withheld: tuple[FaceField, ...]
    optional: tuple[FaceField, ...]
    variants: Variants

    @property
    def holding_id(self) -> str:
        """Id of the licence in the wallet."""
        return self.licence.holding.holding_id

    @property
    def is_sensitive(self) -> bool:
        """Whether what it may show is sensitive personal data (Personal Information Protection Law article 28)."""
        return any(field.sensitive for field in self.shown + self.optional)

    def with_extras(self, names: frozenset[str]) -> Option:
        """The option that shows these optional fields too; raises ``InvalidSelectionError``."""
        paths = self.variants.with_extras(names)
        if paths is None:
            raise InvalidSelectionError(
                "所选的可选字段不符合请求。", "The optional fields chosen do not answer the request."
            )
        return self if paths == self.paths else _shown(self.licence, paths, self.variants)


@dataclass(frozen=True, slots=True)
class Slot:
    """One query of the request: what it asks for, and the licences that answer it, usable ones first."""

    query_id: str
    wanted: Text
    options: tuple[Option, ...]

    def option(self, holding_id: str) -> Option:
        """The option of this licence; raises ``InvalidSelectionError``."""
        for option in self.options:
            if option.holding_id == holding_id:
                return option
        raise InvalidSelectionError("所选证照不符合请求。", "The licence chosen does not answer the request.")


@dataclass(frozen=True, slots=True)
class Choice:
    """One need of the request (a credential set, OpenID4VP 1.0 section 6.2).

    Attributes:
        required: whether the request fails without it.
        alternatives: combinations of slots that meet it with what is in the wallet, the verifier's favourite first.
        missing: what the favourite combination would need besides, when nothing meets it.
    """

    required: bool
    alternatives: tuple[tuple[Slot, ...], ...]
    missing: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Picked:
    """One licence that will be shown for one query."""

    query_id: str
    option: Option

    @property
    def keeper(self) -> Holder:
        """Whose licence it is."""
        return self.option.licence.keeper


@dataclass(frozen=True, slots=True)
class Consent:
    """The whole decision."""

    trusted: TrustedRequest
    choices: tuple[Choice, ...]

    @property
    def options(self) -> tuple[tuple[str, Option], ...]:
        """Every option with the id of its query."""
        slots = {
            slot.query_id: slot for choice in self.choices for way in choice.alternatives for slot in way
        }
        return tuple((slot.query_id, option) for slot in slots.values() for option in slot.options)

    @property
    def fingerprint(self) -> str:
        """Names what the page shows. Another one at the moment of consent: a licence has changed in between."""
        request = self.trusted.request
        seen = [
            [
                query_id,
                option.holding_id,
                [[field.name, field.value.zh] for field in option.shown + option.optional],
            ]
            for query_id, option in self.options
        ]
        told = orjson.dumps([str(request.client_id), request.nonce, seen])
        return b64url_encode(hashlib.sha256(told).digest()[:18])

    @property
    def satisfied(self) -> bool:
        """Whether every required need can be met."""
        return all(choice.alternatives for choice in self.choices if choice.required)

    def resolve(
        self, selection: Mapping[str, str] | None, extras: Mapping[str, frozenset[str]] | None = None
    ) -> tuple[Picked, ...]:
        """What is sent for a selection: query id → holding id.

        ``None`` takes the verifier's favourites among what is required, and nothing optional: the least.

        Args:
            selection: the licences.
            extras: query id → names of optional fields to show besides.

        Raises:
            LicencesMissingError: a required need cannot be met.
            InvalidSelectionError: the selection meets too little, or names something that no need asks for.
        """
        if not self.satisfied:
            raise LicencesMissingError
        picked: dict[str, Picked] = {}
        for choice in self.choices:
            alternative = _alternative(choice, selection)
            for slot in alternative or ():
                option = slot.options[0] if selection is None else slot.option(selection[slot.query_id])
                added = (extras or {}).get(slot.query_id, frozenset())
                picked[slot.query_id] = Picked(slot.query_id, option.with_extras(added))
        if {*(selection or ()), *(extras or ())} - set(picked):
            raise InvalidSelectionError(
                "选择了请求之外的证照。", "More was chosen than the request asks for."
            )
        if not picked:
            raise InvalidSelectionError("没有选择任何证照。", "No licence was chosen.")
        return tuple(picked.values())


def build_consent(trusted: TrustedRequest, licences: Sequence[HeldLicence]) -> Consent:
    """The decision that a request asks for, over the licences of the wallet."""
    # Usable ones first; the sort is stable, so newer ones stay before older ones.
    ordered = sorted(licences, key=lambda licence: not licence.state.usable)
    by_id = {licence.holding.holding_id: licence for licence in ordered}
    held = {licence.holding.face.vct: licence.holding.face.type_name for licence in licences}
    query, item = trusted.request.dcql_query, trusted.item
    found = match(query, [_candidate(licence.holding) for licence in ordered])
    slots = {
        credential.id: Slot(
            credential.id,
            _wanted(credential, held),
            tuple(
                _option(by_id[answer.candidate_id], answer, _optional_names(item, credential.id))
                for answer in found.answers.get(credential.id, ())
            ),
        )
        for credential in query.credentials
    }
    return Consent(trusted, tuple(_choice(need, slots) for need in found.needs))


def _alternative(choice: Choice, selection: Mapping[str, str] | None) -> tuple[Slot, ...] | None:
    """The combination that a selection means for one need; ``None`` for an optional need that is left out."""
    if selection is None:
        return choice.alternatives[0] if choice.required else None
    for alternative in choice.alternatives:
        if all(slot.query_id in selection for slot in alternative):
            return alternative
    if choice.required:
        raise InvalidSelectionError("还缺少必需的证照。", "A licence that is required was not chosen.")
    return None


def _candidate(holding: Holding) -> Candidate:
    face = holding.face
    return Candidate(holding.holding_id, SD_JWT, face.vct, face.claims, _authority_key_ids(face.issuer_chain))


def _authority_key_ids(chain: Sequence[bytes]) -> frozenset[str]:
    """Key identifiers of those who certified the chain (OpenID4VP 1.0 section 6.1.1.1, type ``aki``)."""
    found = set()
    for der in chain:
        extensions = x509.load_der_x509_certificate(der).extensions
        try:
            identifier = extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
        except x509.ExtensionNotFound:
            continue
        if identifier is not None:
            found.add(b64url_encode(identifier))
    return frozenset(found)


def _optional_names(item: RequestedItem | None, query_id: str) -> frozenset[str] | None:
    return None if item is None else item.optional.get(query_id, frozenset())


def _option(licence: HeldLicence, answer: Answer, optional: frozenset[str] | None) -> Option:
    variants = variants_of(answer, optional)
    return _shown(licence, variants.least, variants)


def _shown(licence: HeldLicence, paths: tuple[ClaimsPath, ...], variants: Variants) -> Option:
    face = licence.holding.face
    added = tuple(path for path in variants.extras if path not in paths)
    optional = shown_by(face, added)
    names = {field.name for field in optional}
    withheld = tuple(field for field in withheld_by(face, paths) if field.name not in names)
    return Option(licence, paths, shown_by(face, paths), withheld, optional, variants)


def _choice(need: Need, slots: Mapping[str, Slot]) -> Choice:
    alternatives = tuple(tuple(slots[query_id] for query_id in option) for option in need.options)
    missing: tuple[Text, ...] = ()
    if not alternatives:
        missing = tuple(slots[query_id].wanted for query_id in need.asked[0] if not slots[query_id].options)
    return Choice(need.required, alternatives, missing)


def _wanted(query: CredentialQuery, held: Mapping[str, Text]) -> Text:
    """What a query asks for, by the names of the licence types that it accepts.

    Args:
        query: of the request.
        held: names of the types of which there are licences in the wallet, as their issuers call them.
    """
    # Versions of one type have one name to a person.
    names = dict.fromkeys(_name_of(vct, held) for vct in query.types)
    return Text(" / ".join(name.zh for name in names), " / ".join(name.en for name in names))


def _name_of(vct: str, held: Mapping[str, Text]) -> Text:
    if vct in held:
        return held[vct]
    catalogue, code = load_catalogue(), type_code_of(vct)
    known = catalogue.find_vct(vct) or catalogue.find(code)
    if known is not None:
        return known.name
    return next((name for other, name in held.items() if type_code_of(other) == code), Text(vct, vct))
