"""A window that scans: a phone, a sheet, the wallet service behind them, over the lists of ``ActingWorld``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from keys.local_signer import LocalSigner
from standards.codes.licence_identifier import build_licence_identifier
from standards.cwt import CompactClaims, build_compact_licence, short_number
from standards.dcql import DcqlQuery, parse_dcql
from standards.mandate import Party
from standards.sd_jwt_vc import parse_credential, present_credential
from standards.show_code import (
    Bearer,
    Delegation,
    Permission,
    ShortActing,
    ShortGrant,
    build_delegation,
    build_sheet,
    build_show_code,
)
from standards.show_code.redemption import RedemptionAnswer
from standards.status_list import StatusReference
from tests.support.acting_world import (
    AUDIENCE,
    COMPANY,
    DIVISION,
    FOOD,
    GRANT_LIST,
    IDENTITY,
    ITEM,
    LICENCE_LIST,
    NONCE,
    OWNER,
    ActingWorld,
    holder_claims,
)
from tests.support.trust_world import AT, new_signer
from verifier.checking import Evidence, VerificationPolicy
from verifier.checking.check_code import Scan, check_code
from verifier.checking.check_redeemed import with_redemption
from verifier.checking.checked_code import CheckedCode
from verifier.checking.redemption import NOT_ASKED, Redeemed, Redemption
from verifier.checking.scanned_code import parse_scanned

WALLET = "https://wallet.example"
SHEET_AT = 21
"""Index of the sheet in the provider's list."""

PORTRAIT = "iVBORw0KGgo="
QUERY = parse_dcql(
    {
        "credentials": [
            {
                "id": "licence",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": [f"urn:elicence:type:{FOOD}:1"]},
                "claims": [{"path": ["holder_name"]}, {"path": ["holder_number"]}],
            }
        ]
    }
)


@dataclass
class CodeWorld(ActingWorld):
    """The company's food licence in compact form, on the phone of somebody."""

    phone: LocalSigner = field(default_factory=lambda: new_signer("phone"))
    copy_key: LocalSigner = field(default_factory=lambda: new_signer("compact copy"))
    card_key: LocalSigner = field(default_factory=lambda: new_signer("identity card"))

    def compact(
        self, *, signer: LocalSigner | None = None, certificate: bytes | None = None, **changes: Any
    ) -> bytes:
        signer = signer or self.issuer
        claims = CompactClaims(
            identifier=build_licence_identifier(FOOD, "11330100MB00000014", "A1B2C3D4E5", 1),
            type_version=1,
            holder_name=COMPANY.name,
            holder_code_type=COMPANY.code_type,
            holder_number_short=short_number(COMPANY.code_type, COMPANY.number),
            valid_until=date(2028, 12, 31),
            fields={},
            issued_at=AT - timedelta(days=2),
            expires_at=AT + timedelta(days=88),
            holder_key=self.copy_key.public_jwk,
            status=StatusReference(LICENCE_LIST, 3),
        )
        return build_compact_licence(
            replace(claims, **changes),
            certificate=certificate or signer.certificate_chain[0],
            sign=signer.sign,
        )

    def delegation(
        self,
        licence: bytes,
        *,
        by: LocalSigner | None = None,
        acting: ShortActing | None = None,
        **changes: Any,
    ) -> bytes:
        value = Delegation(
            AT - timedelta(hours=1), AT + timedelta(hours=23), self.phone.public_jwk, WALLET, acting
        )
        return build_delegation(replace(value, **changes), licence, (by or self.copy_key).sign)

    def code(
        self,
        licence: bytes | None = None,
        *,
        delegation: bytes | None = None,
        made_at: datetime = AT,
        by: LocalSigner | None = None,
        **options: Any,
    ) -> str:
        whole = licence or self.compact()
        return build_show_code(
            whole,
            delegation or self.delegation(whole, **options),
            made_at=made_at,
            sign=(by or self.phone).sign,
        )

    def sheet(self, *, by: LocalSigner | None = None, licence: bytes | None = None, **changes: Any) -> str:
        permission = Permission(
            "S-1",
            AT - timedelta(days=1),
            AT + timedelta(days=10),
            (ITEM,),
            WALLET,
            StatusReference(GRANT_LIST, SHEET_AT),
            Bearer("王大为", "0039"),
        )
        return build_sheet(
            licence or self.compact(), replace(permission, **changes), (by or self.copy_key).sign
        )

    def short_grant(self, *, limited: bool = False, index: int = 11) -> ShortActing:
        return ShortActing(
            "agent", "李小红", "0023", ShortGrant("G-1", limited, StatusReference(GRANT_LIST, index))
        )

    def code_evidence(self, grants: str | None = "", licences: str | None = "") -> Evidence:
        chain = self.issuer.certificate_chain
        return replace(self.evidence(grants, licences), issuer_chains={sha256(chain[0]).digest(): chain})

    # -- what the wallet service answers --------------------------------------------------------------------------

    def presented(self, party: Party = COMPANY, *, nonce: str = NONCE, audience: str = AUDIENCE) -> str:
        """The licence as SD-JWT with the holder's signature for the window's question."""
        return self._show(
            self.credential(FOOD, holder_claims(party), self.licence_key),
            self.licence_key,
            ("holder_name", "holder_number"),
            nonce=nonce,
            audience=audience,
        )

    def card(
        self,
        party: Party = OWNER,
        *,
        nonce: str = NONCE,
        signer: LocalSigner | None = None,
        type_code: str = IDENTITY,
        version: str = "2",
    ) -> str:
        """Somebody's identity card with the face."""
        claims = holder_claims(party) | {"portrait": PORTRAIT}
        text = self.credential(type_code, claims, self.card_key, version=version, signer=signer)
        return self._show(text, self.card_key, ("holder_name", "portrait"), nonce=nonce, audience=AUDIENCE)

    def _show(
        self, credential: str, key: LocalSigner, names: tuple[str, ...], *, nonce: str, audience: str
    ) -> str:
        return present_credential(
            parse_credential(credential).sd_jwt,
            [[name] for name in names],
            audience=audience,
            nonce=nonce,
            at=AT,
            sign=key.sign,
        )

    def redeemed(self, *, shown: str | None = None, card: str | None = None) -> Redeemed:
        presentations = {} if shown is None else {"licence": shown}
        return Redeemed(RedemptionAnswer(AT, presentations, card), NONCE, AUDIENCE)

    # -- the window -----------------------------------------------------------------------------------------------

    def scan(
        self,
        text: str,
        redemption: Redemption = NOT_ASKED,
        *,
        evidence: Evidence | None = None,
        item: str | None = None,
        query: DcqlQuery | None = None,
        seen_before: bool = False,
        policy: VerificationPolicy | None = None,
        at: datetime = AT,
    ) -> CheckedCode:
        """The verdict on what was scanned, with what its redemption brought."""
        evidence = evidence or self.code_evidence()
        policy = policy or VerificationPolicy()
        scan = Scan(item, seen_before, redemption)
        checked = check_code(parse_scanned(text), evidence, scan, policy=policy, at=at)
        if not isinstance(redemption, Redeemed):
            return checked
        return with_redemption(
            checked,
            redemption,
            evidence,
            item=item,
            division=DIVISION,
            query=query,
            material_rule=None,
            policy=policy,
            at=at,
        )
