"""The window that is cut off: a code checked with the lists in hand, and what a day's bundle costs by difference.

The world: 30 authorities with a status list of 2^20 entries each, 10 million copies, 1 % of them revoked; two regions. Assumed for
a day: 2,000 changes of status (copies live about 90 days, so 1 % revoked means some 1,100 a day, with room for suspensions), every
status list, trust list and revocation list signed anew.
"""

from __future__ import annotations

import random
from datetime import timedelta
from time import process_time

from benchmarks.row import Row
from keys.local_signer import LocalSigner
from standards.status_list import ChunkedStatusList, build_status_list_token
from tests.support.code_world import CodeWorld
from tests.support.trust_world import AT, FROM, TrustWorld, entry_of
from verifier.checking.check_code import Scan, check_code
from verifier.checking.policy import VerificationPolicy
from verifier.checking.scanned_code import parse_scanned
from verifier.offline.bundle import STATUS, Key, build_manifest, pack, unpack

_AUTHORITIES = 30
_COPIES = 10_000_000
_CHANGES = 2000
_ENTRIES = 2**20
_CHECKS = 300


def run() -> list[Row]:
    """CPU of an offline check; size and time of a day's difference and of the whole."""
    world = _Publishers()
    first = world.parts()
    world.a_day_passes()
    second = world.parts()
    manifest = build_manifest(
        "11510100MB00000021", 2, second, unreachable=(), signer=world.department, at=AT + timedelta(days=1)
    )
    began = process_time()
    difference = pack(manifest, second, base=first, base_version=1)
    made = process_time() - began
    began = process_time()
    _, parts = unpack(difference, (1, first))
    taken = process_time() - began
    if parts != second:
        raise RuntimeError("the difference does not give the bundle")
    whole = len(pack(manifest, second))
    return [
        Row("check a show-licence code offline, CPU", _check_a_code() * 1e3, "ms", goal=2),
        Row(
            f"a day's bundle by difference: 30 authorities, 10 M copies, 1 % revoked, {_CHANGES} changes",
            len(difference) / 1024,
            "KB",
            goal=200,
        ),
        Row("that bundle whole", whole / 1024, "KB"),
        Row("make that difference at the centre, CPU", made, "s"),
        Row("put it together at the window, CPU", taken, "s"),
    ]


class _Publishers:
    """The authorities with their lists."""

    def __init__(self) -> None:
        self.random = random.Random(1)
        self.nation = TrustWorld.create()
        self.department = self.nation.regions["510000"].leaf("某窗口", "11510100MB00000021")
        self.signers: list[tuple[str, LocalSigner]] = []
        self.lists: list[ChunkedStatusList] = []
        self.sequence = 0
        share = _COPIES // _AUTHORITIES
        for number in range(_AUTHORITIES):
            division = ("330000", "510000")[number % 2]
            signer = self.nation.regions[division].leaf(f"机关{number}", f"11330100MB{number:07}A")
            self.signers.append((division, signer))
            entries = ChunkedStatusList(_ENTRIES)
            for index in self.random.sample(range(_ENTRIES), share // 100):
                entries.set(index, 1)
            self.lists.append(entries)

    def a_day_passes(self) -> None:
        """Some licences are revoked or suspended."""
        for _ in range(_CHANGES):
            chosen = self.random.choice(self.lists)
            chosen.set(self.random.randrange(_ENTRIES), self.random.choice((1, 1, 1, 2)))

    def parts(self) -> dict[Key, bytes]:
        """All lists as they are signed on the next day."""
        self.sequence += 1
        day = timedelta(days=self.sequence - 1)
        regions = {
            division: self.nation.region_list(
                division,
                tuple(
                    entry_of(signer, f"11330100MB{number:07}A", since=FROM)
                    for number, (where, signer) in enumerate(self.signers)
                    if where == division
                ),
                self.sequence,
            )
            for division in self.nation.regions
        }
        status = {
            (STATUS, f"https://licence-{number}.example.gov/status-lists/0"): build_status_list_token(
                entries,
                uri=f"https://licence-{number}.example.gov/status-lists/0",
                issued_at=AT + day,
                expires_at=AT + day + timedelta(hours=24),
                ttl=timedelta(seconds=1),
                certificate_chain=signer.certificate_chain,
                sign=signer.sign,
            ).encode()
            for number, (entries, (_, signer)) in enumerate(zip(self.lists, self.signers, strict=True))
        }
        return {
            ("nation", "000000"): self.nation.nation_list(self.sequence).encode(),
            **{("region", division): text.encode() for division, text in regions.items()},
            **status,
        }


def _check_a_code() -> float:
    """CPU seconds of one check, everything in hand; each code is another one, as at a window."""
    world = CodeWorld()
    evidence = world.code_evidence()
    licence = world.compact()
    delegation = world.delegation(licence)
    codes = [
        world.code(licence, delegation=delegation, made_at=AT - timedelta(seconds=n % 20))
        for n in range(_CHECKS)
    ]
    policy = VerificationPolicy(offline=True)
    check_code(parse_scanned(codes[0]), evidence, Scan(None), policy=policy, at=AT)
    began = process_time()
    for code in codes:
        checked = check_code(parse_scanned(code), evidence, Scan(None), policy=policy, at=AT)
    spent = (process_time() - began) / _CHECKS
    if checked.licence is None:
        raise RuntimeError(str(checked.report.to_json()))
    return spent
