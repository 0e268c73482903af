"""The lists that a node trusts, as one immutable set: takes signed texts only, answers with dated decisions.

Fetching is ``service.trust_feed``. A newer list makes a new store; a list with a lower sequence than the one in hand
is refused, and so is another list with the same sequence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from types import MappingProxyType

from keys.certificates import RevocationList
from keys.errors import TrustListError, TrustListRollbackError
from keys.path_validation import PathValidator, ValidatedPath
from keys.trust_list.decision import TrustDecision, TrustReason
from keys.trust_list.entry import Role, TrustEntry
from keys.trust_list.token import VerifiedTrustList, verify_nation_list, verify_region_list
from keys.trust_list.value import NATION, RegionEntry, TrustList

_Listed = tuple[TrustEntry, TrustList, RegionEntry | None]


class TrustStore:
    """Verified lists over configured anchors. Start with ``TrustStore(validator)``, then ``with_…``."""

    def __init__(
        self,
        validator: PathValidator,
        nation: VerifiedTrustList | None = None,
        regions: Mapping[str, VerifiedTrustList] | None = None,
    ) -> None:
        self.validator = validator
        self.nation = nation
        self.regions: Mapping[str, VerifiedTrustList] = MappingProxyType(dict(regions or {}))

    # -- growing ----------------------------------------------------------------------------------------------

    def with_nation_list(self, text: str, at: datetime) -> TrustStore:
        """The store with a newer nation's list; lists of regions that it no longer names, or whose signer it no
        longer names, are dropped.

        Raises ``TrustListRollbackError`` for an older list, and as ``verify_nation_list``.
        """
        verified = verify_nation_list(text, self.validator, at)
        _refuse_rollback(self.nation, verified)
        kept = {
            division: held
            for division, held in self.regions.items()
            if (region := verified.value.region(division)) is not None
            and held.signed_by.thumbprint in region.list_signers
        }
        return TrustStore(self.validator, verified, kept)

    def with_region_list(self, text: str, division: str, at: datetime) -> TrustStore:
        """The store with a newer list of a region that the nation's list names. Raises like ``with_nation_list``."""
        region = self.nation.value.region(division) if self.nation else None
        if region is None:
            raise TrustListError(
                f"国家级列表中没有地区 {division}。", f"The nation's list does not name region {division}."
            )
        verified = verify_region_list(text, region, self.validator, at)
        _refuse_rollback(self.regions.get(division), verified)
        return TrustStore(self.validator, self.nation, {**self.regions, division: verified})

    def with_revocation_lists(self, revocation_lists: Iterable[RevocationList]) -> TrustStore:
        """The store whose validator consults these revocation lists."""
        store = TrustStore(self.validator.with_revocation_lists(revocation_lists), self.nation, self.regions)
        if "_by_certificate" in self.__dict__:
            # The lists are the same, and a whole nation's take a second to index.
            store.__dict__["_by_certificate"] = self._by_certificate
        return store

    # -- answering --------------------------------------------------------------------------------------------

    def issuer_may_issue(
        self, path: ValidatedPath, type_code: str, at: datetime, *, issued_at: datetime | None = None
    ) -> TrustDecision:
        """Whether the leaf's organisation may issue a licence type.

        Args:
            path: the issuer's validated path.
            type_code: code of the licence type.
            at: instant of the decision. The entry must stand at this instant: an authority that was withdrawn could
                date back what it signs.
            issued_at: when the credential says it was issued; the grant for the type must cover it. Without it the
                grant must cover ``at``.
        """
        decision = self._entry(path, Role.ISSUER, at)
        if decision.reason is not TrustReason.AUTHORISED or decision.entry is None:
            return decision
        grants = decision.entry.grants_of(type_code)
        reason: TrustReason = decision.reason
        if not grants:
            reason = TrustReason.TYPE_NOT_GRANTED
        elif not any(grant.covers(issued_at or at) for grant in grants):
            reason = TrustReason.GRANT_NOT_IN_FORCE
        return TrustDecision(reason, decision.entry, decision.source, decision.list_age)

    def verifier_entry(self, path: ValidatedPath, at: datetime) -> TrustDecision:
        """Whether the leaf's organisation is a registered verifier; its entry names it and its service items."""
        return self._entry(path, Role.VERIFIER, at)

    def issuer_by_identifier(self, identifier: str, at: datetime) -> TrustEntry | None:
        """The issuer whose credential issuer identifier (a URL) this is, from a list that is fresh at ``at``.

        For naming an issuer before it has signed anything; what it signs is judged by ``issuer_may_issue``.
        """
        return next(
            (
                entry
                for held in self._lists()
                if not held.value.stale_at(at)
                for entry in held.value.entries
                if entry.role is Role.ISSUER and entry.issuer_identifier == identifier and entry.covers(at)
            ),
            None,
        )

    def listed_issuers(self, at: datetime) -> tuple[TrustEntry, ...]:
        """Every issuer that stands at ``at`` on a list that is fresh then, in the order of the lists."""
        return tuple(
            entry
            for held in self._lists()
            if not held.value.stale_at(at)
            for entry in held.value.entries
            if entry.role is Role.ISSUER and entry.issuer_identifier is not None and entry.covers(at)
        )

    def listed_verifiers(self, at: datetime) -> tuple[TrustEntry, ...]:
        """Every verifier that stands at ``at`` on a list that is fresh then, in the order of the lists."""
        return tuple(
            entry
            for held in self._lists()
            if not held.value.stale_at(at)
            for entry in held.value.entries
            if entry.role is Role.VERIFIER and entry.covers(at)
        )

    def role_entry(self, path: ValidatedPath, role: Role, at: datetime) -> TrustDecision:
        """Whether the leaf's organisation is listed in ``role``."""
        return self._entry(path, role, at)

    def age(self, at: datetime) -> timedelta | None:
        """Age of the oldest list in hand, or ``None`` without any: what a window shows."""
        ages = [held.value.age_at(at) for held in self._lists()]
        return timedelta(seconds=max(ages)) if ages else None

    def stale_divisions(self, at: datetime) -> tuple[str, ...]:
        """Divisions whose list is overdue at ``at`` (the nation as ``NATION``), sorted."""
        return tuple(sorted(held.value.division for held in self._lists() if held.value.stale_at(at)))

    def missing_divisions(self) -> tuple[str, ...]:
        """Regions that the nation's list names and whose list is not in hand, sorted."""
        if self.nation is None:
            return (NATION,)
        return tuple(sorted(r.division for r in self.nation.value.regions if r.division not in self.regions))

    # -- inside -----------------------------------------------------------------------------------------------

    def _lists(self) -> list[VerifiedTrustList]:
        return [held for held in (self.nation, *self.regions.values()) if held is not None]

    @cached_property
    def _by_certificate(self) -> Mapping[str, list[_Listed]]:
        """Who is listed, by thumbprint. Made at the first question: a renewal makes a store for every list it takes."""
        index: dict[str, list[_Listed]] = {}
        named = {region.division: region for region in self.nation.value.regions} if self.nation else {}
        for held in self._lists():
            value = held.value
            for entry in value.entries:
                for thumbprint in entry.certificates:
                    index.setdefault(thumbprint, []).append((entry, value, named.get(value.division)))
        return index

    def _entry(self, path: ValidatedPath, role: Role, at: datetime) -> TrustDecision:
        if self.nation is None:
            return TrustDecision(TrustReason.NO_LIST)
        listed = self._by_certificate.get(path.thumbprint, ())
        if not listed:
            return self._unlisted(path, at)
        decisions = [self._judge(path, role, at, row) for row in listed]
        # An organisation may be listed twice, in two roles: the best answer counts, else the first.
        return next((d for d in decisions if d.allowed), _preferred(decisions))

    def _judge(self, path: ValidatedPath, role: Role, at: datetime, listed: _Listed) -> TrustDecision:
        entry, source, region = listed
        reason: TrustReason = TrustReason.AUTHORISED
        if entry.role is not role:
            reason = TrustReason.OTHER_ROLE
        elif entry.uscc != path.subject.uscc or not _certified_by(path, region):
            reason = TrustReason.NOT_CERTIFIED_BY_REGION
        elif at < entry.since:
            reason = TrustReason.NOT_YET_LISTED
        elif not entry.covers(at):
            reason = TrustReason.WITHDRAWN
        elif source.stale_at(at) or (self.nation is not None and self.nation.value.stale_at(at)):
            reason = TrustReason.STALE_LIST
        return TrustDecision(reason, entry, source, timedelta(seconds=source.age_at(at)))

    def _unlisted(self, path: ValidatedPath, at: datetime) -> TrustDecision:
        """Not on any list: a refusal if the lists that could name it are fresh and complete, else unknown."""
        assert self.nation is not None
        region = next((r for r in self.nation.value.regions if _certified_by(path, r)), None)
        held = self.nation if region is None else self.regions.get(region.division)
        if held is None:
            return TrustDecision(TrustReason.NO_LIST)
        stale = held.value.stale_at(at) or self.nation.value.stale_at(at)
        reason = TrustReason.STALE_LIST if stale else TrustReason.NOT_LISTED
        return TrustDecision(reason, None, held.value, timedelta(seconds=held.value.age_at(at)))


def _certified_by(path: ValidatedPath, region: RegionEntry | None) -> bool:
    """Whether the path runs through an authority of the region; for the nation's own list, any path will do."""
    if region is None:
        return True
    return not set(region.authorities).isdisjoint(path.chain_der[1:])


def _preferred(decisions: list[TrustDecision]) -> TrustDecision:
    return next((d for d in decisions if d.reason is not TrustReason.OTHER_ROLE), decisions[0])


def _refuse_rollback(held: VerifiedTrustList | None, offered: VerifiedTrustList) -> None:
    if held is None:
        return
    older = offered.value.sequence < held.value.sequence
    other = offered.value.sequence == held.value.sequence and offered.text != held.text
    if older or other:
        raise TrustListRollbackError(
            f"列表 {offered.value.division} 的序号 {offered.value.sequence} 不高于现有的 {held.value.sequence}，已拒绝。",
            f"The list {offered.value.division} has sequence {offered.value.sequence}, not above the "
            f"{held.value.sequence} in hand, and is refused.",
            where="/sequence",
        )
