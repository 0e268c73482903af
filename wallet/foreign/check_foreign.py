"""What a foreign issuer sent, checked before anything is kept: the same steps as for a licence, under another anchor.

1 form · 3 certificate path to an anchor of the operator's · 2 signature · 5 validity · 7 bound to our key, and to the
person. Step 4 (which types somebody may issue) is what a trust list says, and there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from keys.path_validation import ValidatedPath
from standards.errors import InvalidInputError
from standards.licence_types.described_type import describe_vct
from standards.sd_jwt_vc import VerifiedCredential, parse_credential, verify_credential
from standards.status_list import StatusReference
from wallet.accounts.account import Holder
from wallet.foreign.anchors import ForeignAnchors, ForeignNotAcceptedError, ForeignOrganisation, ForeignRole
from wallet.holdings.holding import Face, Relation, SealedCopy
from wallet.holdings.sealing import HolderKey
from wallet.receiving.check_received import CheckedLicence
from wallet.receiving.errors import (
    AnotherPersonsLicenceError,
    CredentialRejectedError,
    IssuerNotTrustedError,
)
from wallet.receiving.pending_offer import OfferedLicence

_OF_ONE_COPY: Final = frozenset({"cnf", "status", "iat", "nbf", "exp", "_sd_alg"})


def check_foreign(
    unverified_credentials: Sequence[str],
    keys: Iterable[HolderKey],
    *,
    holder: Holder,
    credential_issuer: str,
    offered: OfferedLicence,
    foreign: ForeignAnchors,
    at: datetime,
) -> CheckedLicence:
    """The credential in a response, once every copy of it has passed; it goes into the person's own wallet only.

    Raises:
        CredentialRejectedError: a copy did not pass; ``IssuerNotTrustedError`` when it is the issuer that did not.
        AnotherPersonsLicenceError: it does not name this person as its holder.
    """
    if describe_vct(offered.vct) is not None:
        raise IssuerNotTrustedError(
            "外部机构不得签发国家证照目录中的证照。",
            "an organisation outside the trust lists issues no licence of the nation's catalogue.",
        )
    waiting = {key.signer.public_jwk.thumbprint(): key for key in keys}
    copies: list[SealedCopy] = []
    statuses: list[StatusReference] = []
    first: tuple[ForeignOrganisation, ValidatedPath, Mapping[str, Any]] | None = None
    expires_at: datetime | None = None
    for text in unverified_credentials:
        organisation, path, credential = _verify_copy(text, credential_issuer, foreign, at)
        registered = credential.registered
        if registered.vct != offered.vct:
            raise CredentialRejectedError(
                "凭证类型与邀请中的不同。", "it is of another type than the one that was offered."
            )
        if registered.expires_at is not None and registered.expires_at <= at:
            raise CredentialRejectedError("它已过有效期。", "it has expired already.")
        key = None if registered.holder_key is None else waiting.pop(registered.holder_key.thumbprint(), None)
        if key is None:
            raise CredentialRejectedError(
                "凭证没有绑定到您的密钥。", "it is not bound to a key of your wallet."
            )
        shared = {name: value for name, value in credential.claims.items() if name not in _OF_ONE_COPY}
        if first is None:
            first, expires_at = (organisation, path, shared), registered.expires_at
            _check_holder(shared, holder, organisation)
        elif shared != first[2]:
            raise CredentialRejectedError(
                "同一批副本的内容不一致。", "the copies of one batch do not say the same."
            )
        if registered.status is not None:
            statuses.append(registered.status)
        copies.append(key.seal(text, holder))
    if first is None:
        raise CredentialRejectedError("没有收到凭证。", "no credential came.")
    organisation, path, claims = first
    face = Face(
        credential_issuer=credential_issuer,
        issuer_name=organisation.name,
        issuer_chain=path.chain_der,
        vct=offered.vct,
        type_name=offered.name,
        claims=claims,
        relation=Relation.OWN,
        expires_at=expires_at,
        statuses=tuple(statuses),
        foreign=True,
    )
    return CheckedLicence(face, tuple(copies), holder)


def _verify_copy(
    text: str, credential_issuer: str, foreign: ForeignAnchors, at: datetime
) -> tuple[ForeignOrganisation, ValidatedPath, VerifiedCredential]:
    try:
        unverified = parse_credential(text)
        if unverified.sd_jwt.key_binding is not None:
            raise CredentialRejectedError("它已带有出示签名。", "it comes with a key binding already.")
        organisation, path = foreign.validate(unverified.certificate_chain, ForeignRole.ISSUER, at)
        credential = verify_credential(unverified, path.public_key)
    except ForeignNotAcceptedError as error:
        raise IssuerNotTrustedError(error.message.zh, error.message.en) from error
    except InvalidInputError as error:
        raise CredentialRejectedError(error.message.zh, error.message.en) from error
    host = (urlsplit(credential_issuer).hostname or "").lower()
    if credential_issuer not in path.uris and host not in path.dns_names:
        raise IssuerNotTrustedError(
            "签名证书没有写明该签发者。", "the certificate that signed it does not name this issuer."
        )
    if credential.registered.issuer not in (None, credential_issuer):
        raise IssuerNotTrustedError(
            "凭证由另一家机构签发。", "it was issued by another than the one that was asked."
        )
    return organisation, path, credential


def _check_holder(claims: Mapping[str, Any], holder: Holder, organisation: ForeignOrganisation) -> None:
    """It must be this person's: by number where it carries one that we know, else by full name."""
    subject = holder.subject
    code_type, number = claims.get("holder_code_type"), claims.get("holder_number")
    if isinstance(code_type, str) and isinstance(number, str):
        mine = holder.holds(code_type, number)
    elif organisation.holder_number_claim is not None:
        value = claims.get(organisation.holder_number_claim)
        mine = isinstance(value, str) and value.strip().upper() == subject.number
    else:
        mine = _plain(subject.name) in _names(claims)
    if not mine:
        raise AnotherPersonsLicenceError


def _names(claims: Mapping[str, Any]) -> frozenset[str]:
    family, given = claims.get("family_name"), claims.get("given_name")
    found = [claims.get("holder_name"), claims.get("name")]
    if isinstance(family, str) and isinstance(given, str):
        found += [family + given, given + family]
    return frozenset(_plain(name) for name in found if isinstance(name, str) and name.strip())


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()
