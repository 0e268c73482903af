"""Which libraries are connected: the issuers of the trust lists, by region and by the service that they share."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from keys.trust_list import TrustEntry, TrustStore
from standards.text import Text
from wallet.claiming.errors import UnknownLibraryError
from wallet.references import References
from wallet.trust import TrustUnavailableError, region_name


@dataclass(frozen=True, slots=True)
class ListedIssuer:
    """An authority that issues, as its trust list names it.

    Attributes:
        identifier: credential issuer identifier.
        name: of the authority.
    """

    identifier: str
    name: Text


@dataclass(frozen=True, slots=True)
class Library:
    """One service that keeps licences for authorities, of one region as a rule.

    Attributes:
        key: names it in links and forms; never an address, so that nobody can have another one asked.
        origin: scheme, host and port that the identifiers of its issuers share.
        divisions: provinces of its issuers, 6 digits each, in order.
        issuers: at least one.
    """

    key: str
    origin: str
    divisions: tuple[str, ...]
    issuers: tuple[ListedIssuer, ...]

    @property
    def region(self) -> Text:
        """Names of its regions."""
        names = [region_name(division) for division in self.divisions]
        return Text("、".join(name.zh for name in names), ", ".join(name.en for name in names))

    @property
    def host(self) -> str:
        """The host, as people know it."""
        return urlsplit(self.origin).netloc


def connected_libraries(trust: TrustStore, references: References, at: datetime) -> tuple[Library, ...]:
    """The libraries of all lists that are fresh at ``at``, by division.

    Raises:
        TrustUnavailableError: no list is.
    """
    entries = trust.listed_issuers(at)
    if not entries and (trust.stale_divisions(at) or trust.missing_divisions()):
        raise TrustUnavailableError
    grouped: dict[str, list[TrustEntry]] = defaultdict(list)
    for entry in entries:
        if entry.issuer_identifier is not None:
            parts = urlsplit(entry.issuer_identifier)
            grouped[f"{parts.scheme}://{parts.netloc}"].append(entry)
    libraries = (
        Library(
            key=references.of("library", origin)[:22],
            origin=origin,
            divisions=tuple(sorted({_province(entry.division) for entry in members})),
            issuers=tuple(
                ListedIssuer(entry.issuer_identifier or "", entry.name)
                for entry in sorted(members, key=lambda entry: (entry.division, entry.uscc))
            ),
        )
        for origin, members in grouped.items()
    )
    return tuple(sorted(libraries, key=lambda library: (library.divisions, library.origin)))


def find_library(libraries: tuple[Library, ...], key: str) -> Library:
    """The one with this key; raises ``UnknownLibraryError``."""
    found = next((library for library in libraries if library.key == key), None)
    if found is None:
        raise UnknownLibraryError
    return found


def _province(division: str) -> str:
    """The province of a division: its first two digits (GB/T 2260)."""
    return f"{division[:2]}0000"
