"""Codes in a wallet world: compact copies by its issuer, a phone, and a window that redeems."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from keys.certificates import certificate_to_pem, parse_request, sign_request
from keys.local_signer import LocalSigner
from service.demo.people import DemoPerson
from service.web.sign_in import Person
from standards.codes.licence_identifier import parse_licence_identifier
from standards.cwt import CompactClaims, build_compact_licence, short_number
from standards.jose import b64url_decode, b64url_encode
from standards.show_code import build_show_code, parse_show_code
from standards.show_code.redemption import (
    RedemptionRequest,
    build_redemption_request,
    client_id_of,
)
from standards.status_list import StatusReference
from tests.support.asking_peer import ITEM
from tests.support.trust_world import FROM, UNTIL, new_signer
from tests.support.wallet_world import ZHANG, Browser, WalletWorld
from wallet.accounts.account import Holder
from wallet.accounts.open_account import open_account
from wallet.holdings.holding import Holding
from wallet.holdings.sealing import new_holder_key
from wallet.provider.enrol_provider import install_certificate, request_certificate
from wallet.showing.compact_copy import CompactCopy

REDEEM = "/show-codes/redeem"
AUDIENCE = "http://localhost" + REDEEM


def holder_of(world: WalletWorld, person: DemoPerson = ZHANG) -> Holder:
    """The person's own wallet, opened."""
    signed_in = Person(
        person.code_type, person.number, person.name, person.subject, "https://provider.example", ""
    )
    node = world.node
    return open_account(
        signed_in,
        store=node.accounts,
        lookup_key=node.lookup_key,
        envelope=node.account_envelope,
        at=world.clock.now(),
    )


def give_compact(world: WalletWorld, holder: Holder, holding: Holding, **changes: Any) -> CompactCopy:
    """A compact copy of a licence, signed by the world's issuer, put where the receiving puts it."""
    assert world.issuer.signer is not None
    key = new_holder_key()
    face, now = holding.face, world.clock.now().replace(microsecond=0)
    identifier = parse_licence_identifier(face.claim_text("licence_identifier"))
    last = face.claim_text("valid_until")
    code_type, number = face.claim_text("holder_code_type"), face.claim_text("holder_number")
    claims = CompactClaims(
        **{
            "identifier": identifier,
            "type_version": 1,
            "holder_name": face.claim_text("holder_name"),
            "holder_code_type": code_type,
            "holder_number_short": short_number(code_type, number),
            "valid_until": date.fromisoformat(last) if last else None,
            "fields": {},
            "issued_at": now,
            "expires_at": now + timedelta(days=30),
            "holder_key": key.signer.public_jwk,
            "status": StatusReference(f"{world.issuer.origin}/status-lists/1", 900),
        }
        | changes
    )
    data = build_compact_licence(
        claims, certificate=world.issuer.signer.certificate_chain[0], sign=world.issuer.signer.sign
    )
    copy = CompactCopy(
        holding.holding_id,
        key.seal(b64url_encode(data), holder),
        face.claim_text("licence_identifier"),
        claims.expires_at,
    )
    world.node.compact_copies.replace(holder, holding.holding_id, [copy])
    return copy


def certify_provider(world: WalletWorld) -> None:
    """The wallet service as a certified wallet provider: it can give out status entries."""
    keys = world.node.provider.keys
    pem = request_certificate(
        keys,
        name_zh="某钱包服务（示例）",
        uscc="12330000MB990091XB",
        division="330000",
        wallet_url=world.node.settings.wallet_url,
    )
    region = world.nation.regions["330000"]
    leaf = sign_request(parse_request(pem), region.authority, valid_from=FROM, valid_until=UNTIL)
    chain = certificate_to_pem(leaf) + certificate_to_pem(region.authority.certificate)
    install_certificate(keys, chain.encode())


@dataclass
class Phone:
    """The key of a phone and what was delegated to it."""

    world: WalletWorld
    browser: Browser
    key: LocalSigner = field(default_factory=lambda: new_signer("phone"))
    delegations: dict[str, dict[str, str]] = field(default_factory=dict)

    def prepare(self, *holding_ids: str) -> Any:
        """Have licences delegated; answers the response."""
        wanted = list(holding_ids) or [one["id"] for one in self.state()["licences"]]
        answer = self.browser.post(
            "/api/v1/show-codes/delegations",
            {"phone_key": self.key.public_jwk.to_dict(), "licences": wanted},
        )
        if answer.status_code == 200:
            self.delegations |= {one["id"]: one for one in answer.json["delegations"]}
        return answer

    def state(self) -> dict[str, Any]:
        answer = self.browser.get("/api/v1/show-codes")
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    def code(self, holding_id: str | None = None) -> str:
        """A fresh code."""
        one = self.delegations[holding_id or next(iter(self.delegations))]
        return build_show_code(
            b64url_decode(one["licence"]),
            b64url_decode(one["delegation"]),
            made_at=self.world.clock.now(),
            sign=self.key.sign,
        )


def question(world: WalletWorld, code: str, *, signer: LocalSigner | None = None, **changes: Any) -> str:
    """A window's signed request to redeem a code."""
    signer = signer or world.verifier.signer
    assert signer is not None
    request = RedemptionRequest(
        **{
            "code_id": parse_show_code(code).code_id,
            "audience": AUDIENCE,
            "client_id": client_id_of(signer.certificate_chain[0]),
            "nonce": secrets.token_urlsafe(16),
            "item": ITEM["code"],
            "dcql_query": None,
            "issued_at": world.clock.now(),
        }
        | changes
    )
    return build_redemption_request(request, signer.certificate_chain, signer.sign)


def redeem(world: WalletWorld, code: str, **changes: Any) -> Any:
    """A window redeems a code."""
    body = {"code": code, "request": question(world, code, **changes)}
    return world.app.test_client().post(REDEEM, json=body)
