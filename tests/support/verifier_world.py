"""A window with somebody to issue licences and somebody to show them: real HTTP to the issuer, the real store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from keys.certificates import certificate_to_pem, parse_request, sign_request
from keys.local_signer import LocalSigner
from keys.master_key import MasterKey
from keys.trust_list import Role, ServiceItem, TrustEntry
from service.api_tokens import mint
from service.demo.people import DemoPerson, person
from service.settings import Settings
from service.web.csrf import csrf_token_of
from service.web.sign_in import Person
from service.web.sign_in.store import SessionStore
from standards.jose import PublicJwk
from standards.licence_types import load_catalogue
from standards.sd_jwt_vc import CredentialTemplate, build_credential
from standards.status_list import StatusReference, StatusValue
from standards.text import Text
from tests.support.clock import FixedClock
from tests.support.issuing_peer import IssuingPeer
from tests.support.presenting_peer import HeldCredential, PresentingPeer
from tests.support.trust_world import FROM, UNTIL, USCC_A, TrustWorld, entry_of, new_signer
from verifier.app import create_app
from verifier.departments.demo import load_demo_departments
from verifier.departments.department import Department
from verifier.departments.enrol_department import enrol_department, install_certificate
from verifier.departments.enrol_staff import enrol_staff
from verifier.node import VerifierNode

ISSUER_NAME = Text("杭州市某局（示例）", "A bureau of Hangzhou (example)")
TYPES = load_catalogue()
BUSINESS_LICENCE = TYPES.by_code("11100000MB0143028R001")
IDENTITY_CARD = TYPES.by_code("11100000000013338W001")
ZHANG = person("zhang-xiaoming")

COMPANY = {
    "holder_name": "杭州示例餐饮有限公司",
    "holder_code_type": "001",
    "holder_number": "91330100MA00000001",
    "legal_representative": ZHANG.name,
    "premises": "浙江省杭州市示例路 2 号",
    "business_scope": "餐饮服务",
    "founded_date": "2020-01-02",
    "enterprise_type": "有限责任公司（自然人独资）",
    "licence_identifier": "1.2.156.3005.2.11100000MB0143028R001.11330100MB00000014.0002.001.B",
}
IDENTITY = {
    "holder_name": ZHANG.name,
    "holder_code_type": "111",
    "holder_number": ZHANG.number,
    "sex": "男",
    "birth_date": "1988-05-12",
    "address": "浙江省杭州市示例路 1 号",
}


@dataclass
class Clerk:
    """A member of staff at a browser."""

    client: FlaskClient
    csrf: str

    def page(self, path: str, **options: Any) -> Any:
        return self.client.get(path, headers={"Accept": "text/html"}, **options)

    def submit(self, path: str, **fields: Any) -> Any:
        return self.client.post(
            path, data={"csrf_token": self.csrf, **fields}, headers={"Accept": "text/html"}
        )


@dataclass
class VerifierWorld:
    """Everything that a test of the window talks to."""

    nation: TrustWorld
    issuer: IssuingPeer
    app: Flask
    node: VerifierNode
    clock: FixedClock
    master_key: MasterKey
    departments: tuple[Department, ...]
    next_index: int = field(default=0)
    sequence: int = field(default=0)

    # -- the department's system ----------------------------------------------------------------------------------

    def token(self, department: int = 0) -> str:
        return mint(
            self.master_key,
            "verifier",
            self.departments[department].uscc,
            at=self.clock.now(),
            system="case-system",
        )

    def api(self, method: str, path: str, body: Any = None, *, department: int = 0) -> Any:
        return self.app.test_client().open(
            path, method=method, json=body, headers={"Authorization": f"Bearer {self.token(department)}"}
        )

    def ask(self, item: str = "food-business-licence", **order: Any) -> dict[str, Any]:
        """Create a presentation by the interface."""
        body = order if "dcql_query" in order else {"service_item": item, **order}
        answer = self.api("POST", "/api/v1/presentations", body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json)

    def result(self, presentation: Mapping[str, Any]) -> dict[str, Any]:
        answer = self.api("GET", f"/api/v1/presentations/{presentation['id']}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    # -- the holder -----------------------------------------------------------------------------------------------

    def wallet(self, *held: HeldCredential) -> PresentingPeer:
        """A wallet; without arguments, with the business licence of the demo company."""
        return PresentingPeer(
            self.app.test_client(), self.nation.validator(), self.clock, list(held or (self.issue(),))
        )

    def issue(
        self,
        licence_type: Any = BUSINESS_LICENCE,
        claims: Mapping[str, Any] = COMPANY,
        *,
        key: LocalSigner | None = None,
        signer: LocalSigner | None = None,
        lifetime: timedelta = timedelta(days=90),
        index: int | None = None,
    ) -> HeldCredential:
        """A credential of the issuer, bound to a key of the holder."""
        self.next_index += 1
        index = self.next_index if index is None else index
        key = key or new_signer("holder")
        signer = signer or self.issuer.signer
        assert signer is not None
        template = CredentialTemplate.of(
            issuer=self.issuer.identifier,
            vct=licence_type.vct,
            vct_integrity="sha256-AAAA",
            certificate_chain=signer.certificate_chain,
        )
        text = build_credential(
            template,
            dict(claims),
            holder_key=PublicJwk(key.public_jwk.x, key.public_jwk.y),
            status=StatusReference(self.issuer.status_uri, index),
            issued_at=self.clock.now(),
            expires_at=self.clock.now() + lifetime,
            sign=signer.sign,
        )
        return HeldCredential(text, key, licence_type.vct, dict(claims), index)

    def set_status(self, held: HeldCredential, value: StatusValue) -> None:
        """Change a status, and let the window's copy of the list grow old enough to be fetched again."""
        self.issuer.statuses.set(held.index, value)
        self.clock.advance(timedelta(seconds=2))

    # -- the clerk ------------------------------------------------------------------------------------------------

    def sign_in(self, subject: str = "window-clerk") -> Clerk:
        """A browser with a session of the real session store; the walk through the provider is the kit's test."""
        return self.sign_in_person(person(subject))

    def sign_in_person(self, demo: DemoPerson) -> Clerk:
        sessions = SessionStore(self.node.database, self.master_key.envelope("sign-in session"))
        token = sessions.begin(
            Person(demo.code_type, demo.number, demo.name, demo.subject, "https://provider.example", ""),
            self.clock.now(),
        )
        client = self.app.test_client()
        client.set_cookie("elicence_verifier", token, domain="localhost")
        return Clerk(client, csrf_token_of(token))

    def publish(
        self,
        *,
        issuer_types: tuple[str, ...] | None = None,
        providers: tuple[TrustEntry, ...] = (),
        fetch: bool = True,
    ) -> None:
        """Publish newer lists, and let the window fetch them, unless it is to find them by itself."""
        assert self.issuer.signer is not None
        self.sequence += 1
        types = issuer_types or tuple(kind.code for kind in TYPES)
        verifiers = [
            entry_of(
                self.node.keys.signer(department.key_id),
                department.uscc,
                department.division,
                Role.VERIFIER,
                (),
                name=department.name,
                service_items=tuple(
                    ServiceItem(code, self.node.items.by_code(code).name) for code in department.service_items
                ),
            )
            for department in self.departments
        ]
        issuer = entry_of(
            self.issuer.signer, types=types, name=ISSUER_NAME, issuer_identifier=self.issuer.identifier
        )
        self.issuer.trust_lists = {
            "000000": self.nation.nation_list(
                self.sequence,
                regions=tuple(
                    replace(region.entry, list_uri=f"{self.issuer.origin}/trust/lists/{division}")
                    for division, region in self.nation.regions.items()
                ),
            ),
            "330000": self.nation.region_list("330000", (issuer, *providers), self.sequence),
            "510000": self.nation.region_list("510000", tuple(verifiers), self.sequence),
        }
        if fetch:
            assert self.node.trust.refresh() == {}


@contextmanager
def verifier_world(settings: Settings, master_key: MasterKey, clock: FixedClock) -> Iterator[VerifierWorld]:
    """The window with two departments of 成都 enrolled, certified and staffed, and an issuer of 杭州 behind HTTP."""
    nation = TrustWorld.create()
    issuer = IssuingPeer(clock)
    served = issuer.serve()
    try:
        issuer.signer = nation.regions["330000"].leaf(ISSUER_NAME.zh, USCC_A, uris=(issuer.identifier,))
        settings = replace(
            settings,
            allowed_origins=frozenset({issuer.origin}),
            trust_list_url=f"{issuer.origin}/trust/list",
            verifier_url="http://localhost",
            wallet_url="http://wallet.localhost",
        )
        settings.trust_anchor_file.parent.mkdir(parents=True, exist_ok=True)
        settings.trust_anchor_file.write_text(certificate_to_pem(nation.anchor))
        app = create_app(settings, clock)
        node: VerifierNode = app.extensions["elicence.verifier"]
        demo = [entry for entry in load_demo_departments() if entry.department.division == "510100"][:2]
        for entry in demo:
            enrol_and_certify(node, nation, entry.department)
            for post in entry.posts:
                who = person(post.subject)
                enrol_staff(
                    department=entry.department.uscc,
                    code_type=who.code_type,
                    number=who.number,
                    name=who.name,
                    roles=post.roles,
                    departments=node.departments,
                    staff=node.staff,
                    at=clock.now(),
                )
        world = VerifierWorld(
            nation, issuer, app, node, clock, master_key, tuple(entry.department for entry in demo)
        )
        world.publish()
        yield world
    finally:
        served.close()


def enrol_and_certify(node: VerifierNode, nation: TrustWorld, department: Department) -> None:
    """By the request and the certificate, as in life."""
    enrolment = enrol_department(
        department,
        items=node.items,
        departments=node.departments,
        keys=node.keys,
        public_url=node.public_url,
        at=node.clock.now(),
    )
    region = nation.regions[f"{department.division[:2]}0000"]
    leaf = sign_request(
        parse_request(enrolment.certificate_request), region.authority, valid_from=FROM, valid_until=UNTIL
    )
    pem = certificate_to_pem(leaf) + certificate_to_pem(region.authority.certificate)
    install_certificate(
        department.uscc, pem.encode(), departments=node.departments, keys=node.keys, at=node.clock.now()
    )
