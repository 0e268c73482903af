"""The status of a licence's copies, read from the lists that its issuer signed.

The list must be signed by the issuer of the licence: same organisation, valid path. Anything else is "not known",
never "valid".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509

from keys.certificates import certificate_subject
from keys.path_error import PathError
from keys.trust_list import TrustStore
from service.status_feed import StatusSnapshot
from standards.errors import InvalidInputError
from standards.status_list import VerifiedStatusList, parse_status_list_token, verify_status_list_token
from wallet.foreign.anchors import ForeignAnchors, ForeignNotAcceptedError, ForeignRole
from wallet.holdings.holding import Face
from wallet.holdings.licence_state import StateOnCard, StatusReading, decide_state


@dataclass(slots=True)
class StatusReader:
    """Reads for one page: each list is fetched and verified once, however many licences refer to it.

    Attributes:
        snapshot: the newest copy of the list at an address.
        trust: the trust store, or ``None`` when there is none at the moment: then no list can be verified.
        at: now.
        foreign: who else may sign lists, for what they issued.
    """

    snapshot: Callable[[str], StatusSnapshot]
    trust: TrustStore | None
    at: datetime
    foreign: ForeignAnchors = field(default_factory=ForeignAnchors)
    _verified: dict[tuple[str, str | None], VerifiedStatusList | None] = field(default_factory=dict)

    def state_of(self, face: Face) -> StateOnCard:
        """The state of a licence now."""
        return decide_state(face, self._readings(face), self.at)

    def _readings(self, face: Face) -> list[StatusReading]:
        issuer = _uscc_of(face)
        readings = []
        for place in face.statuses:
            listed = self._foreign_list(place.uri, face) if face.foreign else self._list(place.uri, issuer)
            if listed is None:
                readings.append(StatusReading(None))
                continue
            try:
                readings.append(StatusReading(listed.status_at(place.index), listed.issued_at))
            except InvalidInputError:
                readings.append(StatusReading(None))
        return readings

    def _list(self, uri: str, issuer: str | None) -> VerifiedStatusList | None:
        key = (uri, issuer)
        if key not in self._verified:
            self._verified[key] = self._verify(uri, issuer)
        return self._verified[key]

    def _verify(self, uri: str, issuer: str | None) -> VerifiedStatusList | None:
        token = self.snapshot(uri).token
        if token is None or self.trust is None or issuer is None:
            return None
        try:
            unverified = parse_status_list_token(token)
            path = self.trust.validator.validate(unverified.certificate_chain, self.at)
            if path.subject.uscc != issuer:
                return None
            return verify_status_list_token(unverified, path.public_key, uri=uri, at=self.at)
        except (PathError, InvalidInputError):
            return None

    def _foreign_list(self, uri: str, face: Face) -> VerifiedStatusList | None:
        """The list of a foreign issuer: by a certificate with the very subject that signed the credential."""
        token = self.snapshot(uri).token
        if token is None:
            return None
        try:
            unverified = parse_status_list_token(token)
            _, path = self.foreign.validate(unverified.certificate_chain, ForeignRole.ISSUER, self.at)
            signed = x509.load_der_x509_certificate(face.issuer_chain[0])
            if path.leaf.subject != signed.subject:
                return None
            return verify_status_list_token(unverified, path.public_key, uri=uri, at=self.at)
        except (ForeignNotAcceptedError, InvalidInputError):
            return None


def _uscc_of(face: Face) -> str | None:
    """Code of the organisation in the certificate that signed the licence, which was validated on receipt."""
    return certificate_subject(x509.load_der_x509_certificate(face.issuer_chain[0])).uscc
