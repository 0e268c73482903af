"""The verifier's part in filling a demo node: ask for certificates, later install them. Both steps may be repeated.

What crosses to the issuer's registrar are files, as between real departments: a request and a description go out, a
certificate chain comes back.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from keys.errors import SigningKeyError
from service.demo.people import person
from standards.text import Text
from verifier.app import open_node
from verifier.departments.demo import DemoDepartment, load_demo_departments
from verifier.departments.enrol_department import enrol_department, install_certificate
from verifier.departments.enrol_staff import enrol_staff
from verifier.node import VerifierNode

if TYPE_CHECKING:
    from service.demo.seeding import SeedContext


def write_requests(context: SeedContext) -> None:
    """Enrol the demo's departments and write ``{uscc}.csr.pem`` and ``{uscc}.json`` for the registrar."""
    node = open_node(context.settings, context.clock)
    demo = load_demo_departments()
    for entry in demo:
        write_request(node, entry, context.exchange)
    context.name_first_authority("verifier", demo[0].department.uscc)
    context.tell(f"{len(demo)} departments enrolled at the window")


def write_request(node: VerifierNode, entry: DemoDepartment, exchange: Path) -> None:
    """One department's two files."""
    department = entry.department
    enrolment = enrol_department(
        department,
        items=node.items,
        departments=node.departments,
        keys=node.keys,
        public_url=node.public_url,
        at=node.clock.now(),
    )
    description = {
        "uscc": department.uscc,
        "name": department.name.to_json(),
        "division": department.division,
        "service_items": [
            {"code": code, "name": node.items.by_code(code).name.to_json()}
            for code in department.service_items
        ],
    }
    (exchange / f"{department.uscc}.csr.pem").write_text(enrolment.certificate_request)
    (exchange / f"{department.uscc}.json").write_bytes(orjson.dumps(description))


def install_certificates(context: SeedContext) -> None:
    """Install ``{uscc}.chain.pem`` for each of the demo's departments, and enrol its staff.

    Raises:
        SigningKeyError: the registrar left no chain for a department.
    """
    node = open_node(context.settings, context.clock)
    posts = 0
    for entry in load_demo_departments():
        uscc = entry.department.uscc
        chain = context.exchange / f"{uscc}.chain.pem"
        if not chain.exists():
            raise SigningKeyError(
                f"登记机构没有为 {uscc} 签发证书。",
                f"The registrar issued no certificate for {uscc}.",
                where=str(chain.name),
                next_step=Text("请重新运行示例数据步骤。", "Run the seeding again."),
            )
        install_certificate(
            uscc, chain.read_bytes(), departments=node.departments, keys=node.keys, at=node.clock.now()
        )
        for post in entry.posts:
            demo_person = person(post.subject)
            enrol_staff(
                department=uscc,
                code_type=demo_person.code_type,
                number=demo_person.number,
                name=demo_person.name,
                roles=post.roles,
                departments=node.departments,
                staff=node.staff,
                at=node.clock.now(),
            )
            posts += 1
    context.tell(f"relying-party certificates installed, {posts} posts filled")
