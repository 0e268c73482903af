"""The demo's first step: a nation, two regions, their authorities and the staff of those. May be repeated."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from issuer.demo.authorities import DemoAuthority, demo_authorities
from issuer.node import IssuerNode, open_node
from issuer.registrar import ensure_authority, ensure_nation, ensure_region, publish_all
from issuer.registrar.ensure_seal import ensure_sealing_key, ensure_time_stamp_authority
from issuer.registrar.store import RegistrarStore
from issuer.staff import StaffRole, StaffStore, enrol_staff
from service.demo.people import person
from standards.text import Text

if TYPE_CHECKING:
    from service.demo.seeding import SeedContext

NATION: Final = Text("国家电子证照信任根（示例）", "National root of licence trust (example)")
REGIONS: Final = {
    "330000": Text("浙江省电子证照信任机构（示例）", "Zhejiang licence trust authority (example)"),
    "510000": Text("四川省电子证照信任机构（示例）", "Sichuan licence trust authority (example)"),
}
POSTS: Final = {
    "issuer-clerk": (StaffRole.CLERK, StaffRole.ADMINISTRATOR),
    "issuer-approver": (StaffRole.APPROVER, StaffRole.AUDITOR),
}
"""Roles of the demo's staff, by subject; the same two people work for every demo authority."""


def found_trust(context: SeedContext) -> None:
    """Found the demo's trust and make its first authority the one that commands act for."""
    node = open_node(context.settings, context.clock)
    RegistrarStore.ensure_indexes()
    StaffStore.ensure_indexes()
    at = context.clock.now()
    ensure_nation(node.registrar, NATION, at=at)
    for division, name in REGIONS.items():
        ensure_region(node.registrar, division, name, at=at)
    authorities = demo_authorities()
    for place, authority in enumerate(authorities):
        _enrol(node, authority, principal=place == 0)
        # Staff are shown the authority where they were enrolled first: the principal one.
        _fill_posts(node, authority, place)
    ensure_time_stamp_authority(node.registrar, at=at)
    publish_all(node.registrar, at=at)
    context.name_first_authority("issuer", authorities[0].uscc)
    context.tell(
        f"nation, {len(REGIONS)} regions and {len(authorities)} authorities founded, lists published"
    )


def _enrol(node: IssuerNode, authority: DemoAuthority, *, principal: bool) -> None:
    url = node.settings.issuer_url
    enrolled = ensure_authority(
        node.registrar,
        uscc=authority.uscc,
        name=authority.name,
        division=authority.division,
        level=authority.level,
        issuer_identifier=url if principal else f"{url}/authorities/{authority.uscc}",
        licence_types=authority.licence_types,
        at=node.clock.now(),
    )
    ensure_sealing_key(node.registrar, enrolled, at=node.clock.now())


def _fill_posts(node: IssuerNode, authority: DemoAuthority, place: int) -> None:
    for subject, roles in POSTS.items():
        who = person(subject)
        enrol_staff(
            node.staff,
            node.authorities,
            authority=authority.uscc,
            code_type=who.code_type,
            number=who.number,
            name=who.name,
            roles=roles,
            at=node.clock.now() + timedelta(milliseconds=place),
        )
