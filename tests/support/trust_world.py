"""A small nation with real keys and certificates: root, two regions, authorities, signed lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from keys.certificates import (
    TRUST_LIST_SIGNING,
    CertificateAuthority,
    CertificateSubject,
    certificate_thumbprint,
    issue_ca,
    issue_leaf,
    issue_root,
)
from keys.certificates.wire import certificate_to_der
from keys.local_signer import LocalSigner
from keys.path_validation import PathValidator
from keys.trust_list import (
    NATION,
    Grant,
    RegionEntry,
    Role,
    TrustEntry,
    TrustList,
    TrustStore,
    build_trust_list,
)
from standards.text import Text

AT = datetime(2026, 11, 22, 8, 0, 0, tzinfo=UTC)
"""The instant at which the tests of this world stand."""

FROM = datetime(2026, 1, 1, tzinfo=UTC)
UNTIL = datetime(2036, 1, 1, tzinfo=UTC)

USCC_A = "11330100MB00000014"
USCC_B = "11510100MB00000021"
"""Fictional; the trust layer checks the form of a code, not its check digit."""


def new_signer(key_id: str = "key") -> LocalSigner:
    return LocalSigner(key_id, ec.generate_private_key(ec.SECP256R1()))


@dataclass
class Region:
    """A region's authority and its list signer."""

    division: str
    authority: CertificateAuthority
    list_signer: LocalSigner

    @property
    def der(self) -> bytes:
        return certificate_to_der(self.authority.certificate)

    @property
    def entry(self) -> RegionEntry:
        return RegionEntry(
            division=self.division,
            name=Text(f"地区{self.division}", f"Region {self.division}"),
            list_uri=f"http://localhost:8001/trust/lists/{self.division}",
            list_signers=(certificate_thumbprint(self.list_signer.certificate_chain[0]),),
            authorities=(self.der,),
        )

    def leaf(self, name: str, uscc: str | None, **options: object) -> LocalSigner:
        """An organisation's signer, certified by this region."""
        signer = new_signer(name)
        values: dict[str, object] = {"valid_from": FROM, "valid_until": UNTIL} | options
        certificate = issue_leaf(
            CertificateSubject(name, uscc, self.division),
            signer.public_key,
            self.authority,
            **values,  # type: ignore[arg-type]
        )
        return signer.with_chain((certificate_to_der(certificate), self.der))


@dataclass
class TrustWorld:
    """A nation. ``nation_list`` and ``region_list`` build signed texts for it."""

    root: CertificateAuthority
    list_signer: LocalSigner
    regions: dict[str, Region] = field(default_factory=dict)

    @classmethod
    def create(cls) -> TrustWorld:
        signer = new_signer("root")
        certificate = issue_root(CertificateSubject("国家根"), signer, valid_from=FROM, valid_until=UNTIL)
        root = CertificateAuthority(certificate, signer)
        world = cls(root, list_signer_under(root, "国家列表"))
        world.add_region("330000")
        world.add_region("510000")
        return world

    def add_region(self, division: str, *, path_length: int = 0) -> Region:
        signer = new_signer(division)
        certificate = issue_ca(
            CertificateSubject(f"地区{division}", None, division),
            signer.public_key,
            self.root,
            valid_from=FROM,
            valid_until=UNTIL,
            path_length=path_length,
        )
        authority = CertificateAuthority(certificate, signer)
        list_signer = list_signer_under(authority, f"{division}列表", certificate_to_der(certificate))
        self.regions[division] = Region(division, authority, list_signer)
        return self.regions[division]

    @property
    def anchor(self) -> x509.Certificate:
        return self.root.certificate

    def validator(self) -> PathValidator:
        return PathValidator([self.anchor])

    def nation_list(self, sequence: int = 1, **changes: object) -> str:
        signer = changes.pop("signer", self.list_signer)
        values: dict[str, object] = {
            "division": NATION,
            "name": Text("示例国家", "Example nation"),
            "uri": "http://localhost:8001/trust/list",
            "sequence": sequence,
            "issued_at": AT - timedelta(hours=1),
            "next_update": AT + timedelta(days=7),
            "regions": tuple(region.entry for region in self.regions.values()),
        } | changes
        return build_trust_list(TrustList(**values), signer)  # type: ignore[arg-type]

    def region_list(
        self, division: str, entries: tuple[TrustEntry, ...] = (), sequence: int = 1, **changes: object
    ) -> str:
        signer = changes.pop("signer", self.regions[division].list_signer)
        values: dict[str, object] = {
            "division": division,
            "name": Text(f"地区{division}", f"Region {division}"),
            "uri": f"http://localhost:8001/trust/lists/{division}",
            "sequence": sequence,
            "issued_at": AT - timedelta(hours=1),
            "next_update": AT + timedelta(days=7),
            "entries": entries,
        } | changes
        return build_trust_list(TrustList(**values), signer)  # type: ignore[arg-type]

    def store(self, entries: dict[str, tuple[TrustEntry, ...]] | None = None) -> TrustStore:
        """The store over the nation's list and the lists of the regions in ``entries``."""
        store = TrustStore(self.validator()).with_nation_list(self.nation_list(), AT)
        for division, listed in (entries or {}).items():
            store = store.with_region_list(self.region_list(division, listed), division, AT)
        return store


def list_signer_under(authority: CertificateAuthority, name: str, *above: bytes) -> LocalSigner:
    signer = new_signer(name)
    certificate = issue_leaf(
        CertificateSubject(name),
        signer.public_key,
        authority,
        valid_from=FROM,
        valid_until=UNTIL,
        extended_key_usages=(TRUST_LIST_SIGNING,),
    )
    return signer.with_chain((certificate_to_der(certificate), *above))


def entry_of(
    signer: LocalSigner,
    uscc: str = USCC_A,
    division: str = "330100",
    role: Role = Role.ISSUER,
    types: tuple[str, ...] = ("T1",),
    **changes: object,
) -> TrustEntry:
    """A list entry for an organisation."""
    values: dict[str, object] = {
        "role": role,
        "uscc": uscc,
        "name": Text("某局（示例）", "Some bureau (example)"),
        "division": division,
        "certificates": (certificate_thumbprint(signer.certificate_chain[0]),),
        "since": FROM,
        "licence_types": tuple(Grant(code, FROM) for code in types),
    } | changes
    return TrustEntry(**values)  # type: ignore[arg-type]
