"""What making documents stands on: renderer, seals, time stamps, and where the results are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar, cast

from cryptography import x509

from issuer.documents.faces.render import FaceRenderer
from issuer.documents.faces.seal_picture import SealPictures
from issuer.documents.layouts.layout_desk import LayoutDesk
from issuer.documents.policy import SealPolicies
from issuer.documents.store import DocumentStore
from issuer.issuance.desk import IssuanceDesk
from issuer.registrar.authority import Authority
from issuer.registrar.ensure_seal import ensure_sealing_key, ensure_time_stamp_authority
from issuer.registrar.publish import published
from issuer.registrar.registrar import Registrar
from issuer.status.store import StatusStore
from keys.certificates import load_certificate
from keys.certificates.wire import certificate_to_der
from keys.errors import TimeStampError
from keys.sealing import Sealer, SealEvidence, TimeStamper
from keys.signer import Signer
from keys.timestamp import TimeStampAuthority, build_question, parse_answer
from keys.trust_list import NATION
from service.errors import TimeStampAuthorityUnavailableError
from service.third_party_clock import ThirdPartyClock

KEPT_FOR: Final = timedelta(seconds=30)
"""How long a process relies on what it read of keys, certificates and revocation lists."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class DocumentDesk:
    """Everything that making a document needs. Safe for threads.

    Attributes:
        registrar: certifies the keys of seals and of the node's clock.
        issuance: signs the credential that is attached.
        status: keeps the status entries of documents.
        store: keeps originals, and the register of copies.
        renderer: draws pages.
        pictures: draws seals.
        layouts: how each authority lays its licences out.
        policies: how long documents of each type are made to last.
        third_party: stamps documents in place of the node's own clock, or ``None``.
    """

    registrar: Registrar
    issuance: IssuanceDesk
    status: StatusStore
    store: DocumentStore
    renderer: FaceRenderer
    pictures: SealPictures
    layouts: LayoutDesk
    policies: SealPolicies
    third_party: ThirdPartyClock | None = None
    _kept: dict[str, tuple[datetime, Any]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def sealer(self, authority: Authority, at: datetime) -> Sealer:
        """An authority's seal; raises ``RegionNotFoundError`` on a node without its region."""

        def make() -> Sealer:
            return Sealer(ensure_sealing_key(self.registrar, authority, at=at))

        return self._keep(f"sealer:{authority.uscc}:{authority.name.zh}", at, make)

    def time_stamp_authority(self, at: datetime) -> TimeStampAuthority:
        """The node's own."""
        return self._keep(
            "clock", at, lambda: TimeStampAuthority(ensure_time_stamp_authority(self.registrar, at=at))
        )

    def time_stamper(self, at: datetime) -> TimeStamper:
        """Stamps digests as of now; raises ``TimeStampAuthorityUnavailableError``."""
        third_party = self.third_party
        if third_party is not None:
            return lambda digest: third_party.stamp(digest, at)
        authority = self.time_stamp_authority(at)

        def stamp(digest: bytes) -> bytes:
            question = build_question(digest)
            try:
                return parse_answer(authority.answer(question.der, at), question).der
            except TimeStampError as cause:
                raise TimeStampAuthorityUnavailableError from cause

        return stamp

    def stamp_chain(self, at: datetime) -> tuple[x509.Certificate, ...]:
        """Certificates of the time-stamp authority, its own first, up to the anchor.

        Raises ``TimeStampAuthorityUnavailableError`` where a third party stamps and was never reached.
        """
        if self.third_party is not None:
            return self.third_party.chain(at)
        below = map(load_certificate, self.time_stamp_authority(at).certificate_chain)
        return (*below, self.registrar.root)

    def evidence(self, at: datetime, authority: Authority | None = None) -> SealEvidence:
        """Certificates up to the anchor, and the revocation lists of who signed them, as they are published now.

        Args:
            at: now.
            authority: who seals; ``None`` for a time stamp alone.
        """
        name = authority.uscc if authority is not None else ""
        return self._keep(f"evidence:{name}", at, lambda: self._evidence(authority, at))

    def _evidence(self, authority: Authority | None, at: datetime) -> SealEvidence:
        # A third party's certificates come with its stamps.
        signers: list[Signer] = (
            [] if self.third_party else [ensure_time_stamp_authority(self.registrar, at=at)]
        )
        if authority is not None:
            signers.append(ensure_sealing_key(self.registrar, authority, at=at))
        divisions = {NATION} | {
            publisher.division
            for publisher in self.registrar.store.publishers()
            if self._issued_by(publisher.division, signers)
        }
        lists = (published(self.registrar, division, at=at).revocation_list for division in sorted(divisions))
        certificates = {certificate_to_der(self.registrar.root)}.union(
            *(signer.certificate_chain for signer in signers)
        )
        return SealEvidence(
            tuple(sorted(certificates)), tuple(held.content for held in lists if held is not None)
        )

    def _issued_by(self, division: str, signers: list[Signer]) -> bool:
        subject = self.registrar.certificate_authority(division).certificate.subject
        return any(load_certificate(signer.certificate_chain[0]).issuer == subject for signer in signers)

    def _keep(self, name: str, at: datetime, make: Callable[[], _T]) -> _T:
        kept = self._kept.get(name)
        if kept is not None and timedelta(0) <= at - kept[0] < KEPT_FOR:
            return cast("_T", kept[1])
        made = make()
        self._kept[name] = (at, made)
        return made
