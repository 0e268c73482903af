"""What the person decides on: who asks for what, which licences answer it, what each would show and what stays hidden.

Pure: from a trusted request and the licences in the wallet to choices, and from a choice to what is sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography import x509

from standards.dcql import SD_JWT, Answer, Candidate, ClaimsPath, CredentialQuery, Need, match
from standards.jose import b64url_encode
from standards.licence_types import load_catalogue
from standards.licence_types.licence_type import type_code_of
from standards.text import Text
from wallet.holdings.face_fields import FaceField, licence_number, shown_by, withheld_by
from wallet.holdings.holding import Holding
from wallet.holdings.licence_state import StateOnCard
from wallet.presenting.errors import InvalidSelectionError, LicencesMissingError
from wallet.presenting.trusted_request import TrustedRequest


@dataclass(frozen=True, slots=True)
class HeldLicence:
    """A licence with its state at the moment."""

    holding: Holding
    state: StateOnCard

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
        withheld: the fields that stay hidden.
    """

    licence: HeldLicence
    paths: tuple[ClaimsPath, ...]
    shown: tuple[FaceField, ...]
    withheld: tuple[FaceField, ...]

    @property
    def holding_id(self) -> str:
        return self.licence.holding.holding_id


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


@dataclass(frozen=True, slots=True)
class Consent:
    """The whole decision."""

    trusted: TrustedRequest
    choices: tuple[Choice, ...]

    @property
    def satisfied(self) -> bool:
        """Whether every required need can be met."""
        return all(choice.alternatives for choice in self.choices if choice.required)

    def resolve(self, selection: Mapping[str, str] | None) -> tuple[Picked, ...]:
        """What is sent for a selection: query id → holding id.

        ``None`` takes the verifier's favourites among what is required, and nothing optional: the least.

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
                picked[slot.query_id] = Picked(slot.query_id, option)
        if selection is not None and set(selection) - set(picked):
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
    query = trusted.request.dcql_query
    found = match(query, [_candidate(licence.holding) for licence in ordered])
    slots = {
        credential.id: Slot(
            credential.id,
            _wanted(credential, held),
            tuple(
                _option(by_id[answer.candidate_id], answer) for answer in found.answers.get(credential.id, ())
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


def _option(licence: HeldLicence, answer: Answer) -> Option:
    face = licence.holding.face
    return Option(licence, answer.paths, shown_by(face, answer.paths), withheld_by(face, answer.paths))


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
