"""One renewal: the next trust store from the one in hand, list by list. What fails keeps its last good version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from keys.certificates import RevocationList, certificate_thumbprint, parse_crl, verify_crl_by_any
from keys.errors import CertificateError
from keys.trust_list import NATION, TrustStore, issuer_chains
from keys.trust_list.bundle import authorities_of
from keys.trust_list.issuer_certificates import (
    MEDIA_TYPE,
    build_certificates,
    listed_certificates,
    parse_certificates,
    wanted_thumbprints,
)
from service.trust_feed.kept_lists import Lists
from standards.errors import ElicenceError

Fetch = Callable[[str, str], bytes]
"""``fetch(url, media type)``: the content, or an ``ElicenceError``."""

LIST_MEDIA_TYPE: Final = "application/jwt"
CRL_MEDIA_TYPE: Final = "application/pkix-crl"


@dataclass
class Renewal:
    """The state of one renewal.

    Attributes:
        store: the store so far; only better than the one it began with.
        revocations: DER of each revocation list, and the list as verified under each certificate of its authority,
            by name.
        certificates: DER of the issuers' certificates in hand, by region; only such as its list names.
        problems: what failed, by name of the list.
    """

    store: TrustStore
    revocations: dict[str, tuple[bytes, tuple[RevocationList, ...]]] = field(default_factory=dict)
    certificates: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
    problems: dict[str, ElicenceError] = field(default_factory=dict)

    def fetch_all(self, nation_url: str, fetch: Fetch, at: datetime) -> None:
        """Nation's list, then each region's, then the revocation lists that they name."""
        self._attempt(NATION, lambda: self._take_nation(_text(fetch(nation_url, LIST_MEDIA_TYPE)), at))
        if self.store.nation is None:
            return
        nation = self.store.nation.value
        for region in nation.regions:
            self._attempt(
                region.division,
                lambda r=region: self._take_region(_text(fetch(r.list_uri, LIST_MEDIA_TYPE)), r.division, at),  # type: ignore[misc]
            )
        sources = [
            (NATION, nation.crl_uri),
            *((region.division, region.crl_uri) for region in nation.regions),
        ]
        for name, uri in sources:
            if uri is not None:
                self._attempt(
                    f"crl {name}",
                    lambda n=name, u=uri: self._take_revocations(n, fetch(u, CRL_MEDIA_TYPE)),  # type: ignore[misc]
                )
        self._consult_revocations()
        for division, held in self.store.regions.items():
            uri = held.value.certificates_uri
            if uri is not None and self._lacks_certificates(division):
                self._attempt(
                    f"certificates {division}",
                    lambda d=division, u=uri: self._take_certificates(d, fetch(u, MEDIA_TYPE)),  # type: ignore[misc]
                )

    def take_kept(self, lists: Lists, at: datetime) -> None:
        """Lists from disk, under the same rules as lists from the network."""
        if lists.nation is None:
            return
        self._attempt(NATION, lambda: self._take_nation(str(lists.nation), at))
        for division, text in lists.regions.items():
            self._attempt(division, lambda d=division, t=text: self._take_region(t, d, at))  # type: ignore[misc]
        for name, der in lists.revocation_lists.items():
            self._attempt(f"crl {name}", lambda n=name, d=der: self._take_revocations(n, d))  # type: ignore[misc]
        for division, content in lists.certificates.items():
            self._attempt(
                f"certificates {division}",
                lambda d=division, c=content: self._take_certificates(d, c),  # type: ignore[misc]
            )
        self._consult_revocations()

    def issuer_chains(self) -> Mapping[bytes, tuple[bytes, ...]]:
        """Chains of the issuers' certificates in hand, by SHA-256 of the leaf."""
        return issuer_chains(self.store, (der for ders in self.certificates.values() for der in ders))

    def parts(self) -> tuple[tuple[str, str, str | bytes], ...]:
        """The signed texts in hand: kind, division, JWT or DER."""
        nation = self.store.nation
        return (
            *((("nation", NATION, nation.text),) if nation is not None else ()),
            *(("region", division, held.text) for division, held in self.store.regions.items()),
            *(("revocation", name, der) for name, (der, _) in self.revocations.items()),
        )

    def to_lists(self) -> Lists:
        """What is in hand now, to be kept."""
        return Lists(
            nation=self.store.nation.text if self.store.nation else None,
            regions={division: held.text for division, held in self.store.regions.items()},
            revocation_lists={name: der for name, (der, _) in self.revocations.items()},
            certificates={name: build_certificates(ders) for name, ders in self.certificates.items()},
        )

    def _attempt(self, name: str, step: Callable[[], None]) -> None:
        try:
            step()
        except ElicenceError as problem:
            self.problems[name] = problem

    def _take_nation(self, text: str, at: datetime) -> None:
        held = self.store.nation
        if held is None or held.text != text:
            self.store = self.store.with_nation_list(text, at)

    def _take_region(self, text: str, division: str, at: datetime) -> None:
        held = self.store.regions.get(division)
        if held is None or held.text != text:
            self.store = self.store.with_region_list(text, division, at)

    def _lacks_certificates(self, division: str) -> bool:
        """Whether the region's list names an issuer's certificate that is not in hand: so an unchanged list costs nothing."""
        held = {certificate_thumbprint(der) for der in self.certificates.get(division, ())}
        return not wanted_thumbprints(self.store, division) <= held

    def _take_certificates(self, division: str, content: bytes) -> None:
        ders = (*self.certificates.get(division, ()), *parse_certificates(content))
        self.certificates[division] = listed_certificates(self.store, division, ders)

    def _take_revocations(self, name: str, der: bytes) -> None:
        held = self.revocations.get(name)
        if held is not None and held[0] == der:
            return
        # Only the authorities of that name: else another publisher could bring back an old list of theirs.
        verified = verify_crl_by_any(parse_crl(der), authorities_of(self.store, name))
        if held is not None and _is_older(verified, held[1]):
            raise CertificateError(
                f"证书吊销列表 {name} 的编号低于现有列表，已拒绝。",
                f"The revocation list {name} has a lower number than the one in hand and is refused.",
            )
        self.revocations[name] = (der, verified)

    def _consult_revocations(self) -> None:
        self.store = self.store.with_revocation_lists(
            listed for _, verified in self.revocations.values() for listed in verified
        )


def _is_older(offered: tuple[RevocationList, ...], held: tuple[RevocationList, ...]) -> bool:
    """Whether an authority offers a lower number than before; another key of it counts its own lists."""
    numbers = {listed.issuer_der: listed.number for listed in held}
    return any(listed.number < numbers.get(listed.issuer_der, 0) for listed in offered)


def _text(body: bytes) -> str:
    # What is not ASCII is no JWT: the replacement character makes the parser say so.
    return body.decode("ascii", "replace").strip()
