"""A world in which somebody shows another's licence: a company, its root licence, grants, a wallet provider's list.

Everything is real: certificates, lists, signatures. A test changes one thing and looks at the verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from keys.local_signer import LocalSigner
from keys.trust_list import Role, TrustStore
from standards.dcql import parse_dcql
from standards.mandate import Acting, Grant, Party, Scope, acting_extra, build_grant
from standards.sd_jwt_vc import CredentialTemplate, build_credential, parse_credential, present_credential
from standards.status_list import StatusList, StatusReference, build_status_list_token
from tests.support.trust_world import AT, USCC_A, TrustWorld, entry_of, new_signer
from verifier.checking import (
    CheckedPresentation,
    Evidence,
    ExpectedPresentation,
    VerificationPolicy,
    check_presentation,
    check_text,
)

BUSINESS = "11100000MB0143028R001"
FOOD = "11100000MB0143028R901"
BIRTH = "11100000MB99000131901"
IDENTITY = "11100000000013338W001"
ISSUER = "https://issuer.example"
LICENCE_LIST = f"{ISSUER}/status-lists/1"
GRANT_LIST = "https://wallet.example/status-lists/7"
AUDIENCE = "x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk"
NONCE = "nonce-of-this-request"
ITEM = "food-business-licence"
DIVISION = "510104"

COMPANY = Party("001", "91330100MA0000001F", "杭州小店有限公司（示例）")
OTHER_COMPANY = Party("001", "91330200MA0000002P", "宁波大店有限公司（示例）")
OWNER = Party("111", "990101198805120016", "张小明")
AGENT = Party("111", "990101199203080023", "李小红")
MANAGER = Party("111", "990101197511230039", "王大为")
CHILD = Party("999", "X330000001", "张小小")

MEMBERS = ("holder_name", "holder_code_type", "holder_number")
GRANT_AT, PARENT_AT = 11, 12
"""Indexes of the grant and of the manager's grant."""


def holder_claims(party: Party) -> dict[str, str]:
    return {"holder_name": party.name, "holder_code_type": party.code_type, "holder_number": party.number}


@dataclass
class ActingWorld:
    """One issuer, one wallet provider, a company's root licence and its food licence, all in force at ``AT``."""

    nation: TrustWorld = field(default_factory=TrustWorld.create)
    root_key: LocalSigner = field(default_factory=lambda: new_signer("root copy"))
    licence_key: LocalSigner = field(default_factory=lambda: new_signer("licence copy"))
    issuer: LocalSigner = field(init=False)
    provider: LocalSigner = field(init=False)
    trust: TrustStore = field(init=False)

    def __post_init__(self) -> None:
        region = self.nation.regions["330000"]
        self.issuer = region.leaf("杭州某局（示例）", USCC_A, uris=(ISSUER,))
        self.provider = region.leaf("某钱包（示例）", "12330000MB990091XB", dns_names=("wallet.example",))
        self.trust = self.trust_with(Role.WALLET_PROVIDER)

    def trust_with(self, role: Role, **changes: Any) -> TrustStore:
        """Lists on which the provider stands in ``role``."""
        types = (BUSINESS, FOOD, BIRTH, IDENTITY)
        provider = entry_of(self.provider, "12330000MB990091XB", role=role, types=(), **changes)
        return self.nation.store({"330000": (entry_of(self.issuer, types=types), provider)})

    # -- licences -------------------------------------------------------------------------------------------------

    def credential(
        self,
        type_code: str,
        claims: Mapping[str, Any],
        key: LocalSigner,
        *,
        version: str = "1",
        index: int = 1,
        signer: LocalSigner | None = None,
        expires_at: datetime = AT + timedelta(days=88),
    ) -> str:
        signer = signer or self.issuer
        template = CredentialTemplate.of(
            issuer=ISSUER,
            vct=f"urn:elicence:type:{type_code}:{version}",
            vct_integrity="sha256-AAAA",
            certificate_chain=signer.certificate_chain,
        )
        return build_credential(
            template,
            claims,
            holder_key=key.public_jwk,
            status=StatusReference(LICENCE_LIST, index),
            issued_at=AT - timedelta(days=2),
            expires_at=expires_at,
            sign=signer.sign,
        )

    def root(
        self,
        party: Party = COMPANY,
        *,
        type_code: str = BUSINESS,
        more: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> str:
        """The company's business licence in its second version, with its representative's number."""
        named = {"legal_representative": OWNER.name, "legal_representative_number": OWNER.number}
        claims = holder_claims(party) | (named if more is None else dict(more))
        options.setdefault("version", "2" if type_code == BUSINESS else "1")
        return self.credential(type_code, claims, options.pop("key", self.root_key), **options)

    def licence(self, party: Party = COMPANY, type_code: str = FOOD) -> str:
        return self.credential(
            type_code, holder_claims(party) | {"valid_until": "2028-12-31"}, self.licence_key
        )

    # -- grants ---------------------------------------------------------------------------------------------------

    def grant(self, **changes: Any) -> Grant:
        """A full grant from the company to the agent, for the year."""
        values: dict[str, Any] = {
            "id": "G-1",
            "subject": COMPANY,
            "agent": AGENT,
            "capacity": "agent",
            "scope": Scope(),
            "issued_at": AT - timedelta(days=1),
            "not_before": AT - timedelta(days=1),
            "expires_at": AT + timedelta(days=30),
            "parent": None,
            "status": StatusReference(GRANT_LIST, GRANT_AT),
        } | changes
        return Grant(**values)

    def manager_grant(self, **changes: Any) -> Grant:
        values: dict[str, Any] = {
            "id": "M-1",
            "agent": MANAGER,
            "capacity": "manager",
            "not_before": AT - timedelta(days=2),
            "expires_at": AT + timedelta(days=60),
            "status": StatusReference(GRANT_LIST, PARENT_AT),
        } | changes
        return self.grant(**values)

    def acting(self, *grants: Grant | str, by: LocalSigner | None = None, **changes: Any) -> Acting:
        """The agent under these grants; by default the full one."""
        sign = (by or self.root_key).sign
        texts = tuple(
            one if isinstance(one, str) else build_grant(one, sign) for one in grants or (self.grant(),)
        )
        values: dict[str, Any] = {
            "capacity": "agent",
            "person": AGENT,
            "grants": texts,
            "root": self.root(),
        } | changes
        return Acting(**values)

    def representative(self, **changes: Any) -> Acting:
        values: dict[str, Any] = {"capacity": "legal_representative", "person": OWNER, "grants": ()} | changes
        return self.acting(**values)

    # -- lists ----------------------------------------------------------------------------------------------------

    def list_token(
        self,
        values: Mapping[int, int] | None = None,
        *,
        uri: str = GRANT_LIST,
        signer: LocalSigner | None = None,
        issued_at: datetime = AT - timedelta(minutes=3),
        expires_at: datetime = AT + timedelta(days=1),
    ) -> str:
        statuses = StatusList(2**10)
        for index, value in (values or {}).items():
            statuses.set(index, value)
        signer = signer or (self.provider if uri == GRANT_LIST else self.issuer)
        return build_status_list_token(
            statuses,
            uri=uri,
            issued_at=issued_at,
            expires_at=expires_at,
            ttl=timedelta(hours=1),
            certificate_chain=signer.certificate_chain,
            sign=signer.sign,
        )

    def evidence(
        self, grants: str | None = "", licences: str | None = "", trust: TrustStore | None = None
    ) -> Evidence:
        """Lists in hand: all valid by default; ``None`` for one that could not be had."""
        tokens = {
            GRANT_LIST: self.list_token() if grants == "" else grants,
            LICENCE_LIST: self.list_token(uri=LICENCE_LIST) if licences == "" else licences,
        }
        return Evidence(
            trust or self.trust, {uri: token for uri, token in tokens.items() if token is not None}
        )

    # -- showing --------------------------------------------------------------------------------------------------

    def shown(
        self,
        acting: Acting | None,
        licence: str | None = None,
        *,
        names: tuple[str, ...] = ("holder_name", "holder_number"),
        extra: Mapping[str, Any] | None = None,
        at: datetime = AT,
    ) -> str:
        """A presentation by the holder's wallet, with who acts in its key binding."""
        return present_credential(
            parse_credential(licence or self.licence()).sd_jwt,
            [[name] for name in names],
            audience=AUDIENCE,
            nonce=NONCE,
            at=at,
            sign=self.licence_key.sign,
            extra=extra if extra is not None else acting_extra(acting),
        )

    def check(
        self,
        acting: Acting | None,
        evidence: Evidence | None = None,
        *,
        licence: str | None = None,
        names: tuple[str, ...] = ("holder_name", "holder_number"),
        item: str | None = ITEM,
        division: str | None = DIVISION,
        extra: Mapping[str, Any] | None = None,
        at: datetime = AT,
    ) -> CheckedPresentation:
        """The verdict of a window in ``division`` on what somebody shows for ``item``."""
        type_code = parse_credential(licence).unverified.vct if licence else f"urn:elicence:type:{FOOD}:1"
        query = parse_dcql(
            {
                "credentials": [
                    {
                        "id": "licence",
                        "format": "dc+sd-jwt",
                        "meta": {"vct_values": [type_code]},
                        "claims": [{"path": [name]} for name in names],
                    }
                ]
            }
        )
        return check_presentation(
            {"licence": [self.shown(acting, licence, names=names, extra=extra, at=at)]},
            ExpectedPresentation(NONCE, AUDIENCE, query, item, division),
            evidence or self.evidence(),
            policy=VerificationPolicy(),
            at=at,
        )

    def check_bare(self, acting: Acting, evidence: Evidence | None = None) -> CheckedPresentation:
        """The verdict without a request: ``elicence verify``."""
        return check_text(self.shown(acting), evidence or self.evidence(), policy=VerificationPolicy(), at=AT)


def altered(party: Party, name: str) -> Party:
    return replace(party, name=name)
