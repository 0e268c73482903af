"""What the issuer sent, checked before anything is kept. Bytes, a trust store and an instant; nothing is fetched.

The steps carry the numbers of DESIGN section 3: 1 form · 3 certificate path · 2 signature · 4 issuer may issue this
type · 5 validity period · 7 bound to our key. Status (6) changes with time and is shown on the card instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from keys.path_error import PathError
from keys.path_validation import ValidatedPath
from keys.trust_list import TrustStore
from standards.errors import InvalidInputError
from standards.licence_types import load_catalogue
from standards.licence_types.licence_type import type_code_of
from standards.sd_jwt_vc import UnverifiedCredential, VerifiedCredential, parse_credential, verify_credential
from standards.status_list import StatusReference
from standards.text import Text
from wallet.accounts.account import Holder
from wallet.accounts.subject import SubjectKind
from wallet.holdings.holding import Face, Relation, SealedCopy
from wallet.holdings.sealing import HolderKey
from wallet.receiving.errors import (
    CredentialRejectedError,
    IssuerNotTrustedError,
)
from wallet.receiving.pending_offer import OfferedLicence
from wallet.trust import TrustUnavailableError

_OF_ONE_COPY: Final = frozenset({"cnf", "status", "iat", "nbf", "exp", "_sd_alg"})
"""Claims that differ from copy to copy; all others must be the same in a batch."""

_RELATIONS: Final = {
    SubjectKind.PERSON: Relation.OWN,
    SubjectKind.ENTITY: Relation.ENTITY,
    SubjectKind.CHILD: Relation.OTHER,
}

KeeperOf = Callable[[str, Mapping[str, Any]], Holder]
"""From type (``vct``) and verified claims to the opened account into which the licence goes; raises when to none."""


@dataclass(frozen=True, slots=True)
class CheckedLicence:
    """A batch that passed; made only by :func:`check_received`.

    Attributes:
        face: what the licence says.
        copies: one for each credential received, sealed under the keeper's key.
        keeper: the account into which the licence goes.
    """

    face: Face
    copies: tuple[SealedCopy, ...]
    keeper: Holder


def check_received(
    unverified_credentials: Sequence[str],
    keys: Iterable[HolderKey],
    *,
    keeper_of: KeeperOf,
    credential_issuer: str,
    offered: OfferedLicence,
    trust: TrustStore,
    at: datetime,
) -> CheckedLicence:
    """The licence in a credential response, once every copy of it has passed.

    Args:
        unverified_credentials: as received, at least one.
        keys: the fresh keys that were proved to the issuer.
        keeper_of: into whose wallet it goes; asked once everything else has passed, and refuses what is nobody's of ours.
        credential_issuer: identifier of the issuer that was asked.
        offered: what was asked for.
        trust: anchors and trust lists.
        at: now.

    Raises:
        CredentialRejectedError: a copy did not pass; ``IssuerNotTrustedError`` when it is the issuer that did not.
        AnotherPersonsLicenceError, NotRepresentedError, DeedNotAllowedError: it is for nobody for whom the person acts.
        TrustUnavailableError: the trust lists are too old, or not there, to tell.
    """
    waiting = {key.signer.public_jwk.thumbprint(): key for key in keys}
    passed: list[tuple[HolderKey, str]] = []
    first: tuple[ValidatedPath, VerifiedCredential] | None = None
    statuses: list[StatusReference] = []
    for text in unverified_credentials:
        path, credential = _verify_copy(text, credential_issuer=credential_issuer, trust=trust, at=at)
        registered = credential.registered
        if registered.vct != offered.vct:
            raise CredentialRejectedError(
                "证照类型与邀请中的不同。", "it is of another type than the one that was offered."
            )
        # 7 holder binding: to a key of ours, and each key in one copy only.
        key = None if registered.holder_key is None else waiting.pop(registered.holder_key.thumbprint(), None)
        if key is None:
            raise CredentialRejectedError(
                "证照没有绑定到您的密钥。", "it is not bound to a key of your wallet."
            )
        if first is None:
            first = path, credential
        elif path.thumbprint != first[0].thumbprint or _shared(credential.claims) != _shared(first[1].claims):
            raise CredentialRejectedError(
                "同一批副本的内容不一致。", "the copies of one batch do not say the same."
            )
        if registered.status is not None:
            statuses.append(registered.status)
        passed.append((key, text))
    if first is None:
        raise CredentialRejectedError("没有收到证照。", "no credential came.")
    path, credential = first
    issuer_name = _check_issuer_may_issue(path, credential, trust, at)
    keeper = keeper_of(credential.registered.vct, credential.claims)
    face = _face(
        path,
        credential,
        issuer_name=issuer_name,
        offered=offered,
        credential_issuer=credential_issuer,
        relation=_relation(keeper),
        statuses=statuses,
    )
    return CheckedLicence(face, tuple(key.seal(text, keeper) for key, text in passed), keeper)


def _verify_copy(
    text: str, *, credential_issuer: str, trust: TrustStore, at: datetime
) -> tuple[ValidatedPath, VerifiedCredential]:
    try:
        unverified = parse_credential(text)  # 1
        if unverified.sd_jwt.key_binding is not None:
            raise CredentialRejectedError("它已带有出示签名。", "it comes with a key binding already.")
        path = trust.validator.validate(unverified.certificate_chain, at)  # 3
        credential = verify_credential(unverified, path.public_key)  # 2
    except PathError as error:
        if error.indeterminate:
            raise TrustUnavailableError from error
        raise IssuerNotTrustedError(
            f"发证机构的证书不可信（{error.message.zh}）",
            f"the issuer's certificate is not trusted ({error.message.en})",
        ) from error
    except InvalidInputError as error:
        raise CredentialRejectedError(error.message.zh, error.message.en) from error
    _check_issuer_name(unverified, path, credential_issuer)
    _check_validity(credential, at)  # 5
    return path, credential


def _check_issuer_name(credential: UnverifiedCredential, path: ValidatedPath, credential_issuer: str) -> None:
    """The signer is the issuer that was asked: the certificate names its identifier, and so does ``iss``."""
    if credential_issuer not in path.uris or credential.unverified.issuer != credential_issuer:
        raise IssuerNotTrustedError(
            "证照由另一家机构签发。", "it was signed by another authority than the one that was asked."
        )


def _check_validity(credential: VerifiedCredential, at: datetime) -> None:
    expires_at = credential.registered.expires_at
    if expires_at is not None and expires_at <= at:
        raise CredentialRejectedError("它已过有效期。", "it has expired already.")


def _check_issuer_may_issue(
    path: ValidatedPath, credential: VerifiedCredential, trust: TrustStore, at: datetime
) -> Text:
    """The issuer's name on the trust list, once the list lets it issue this type (4)."""
    registered = credential.registered
    decision = trust.issuer_may_issue(path, type_code_of(registered.vct), at, issued_at=registered.issued_at)
    if decision.indeterminate:
        raise TrustUnavailableError
    if not decision.allowed or decision.entry is None:
        raise IssuerNotTrustedError(
            f"信任列表中“{path.subject.name}”无权签发此类证照。",
            f"by the trust list, {path.subject.name} may not issue licences of this type.",
        )
    return decision.entry.name


def _relation(keeper: Holder) -> Relation:
    return _RELATIONS[keeper.subject.kind]


def _face(
    path: ValidatedPath,
    credential: VerifiedCredential,
    *,
    issuer_name: Text,
    offered: OfferedLicence,
    credential_issuer: str,
    relation: Relation,
    statuses: Sequence[StatusReference],
) -> Face:
    licence_type = load_catalogue().find_vct(offered.vct)
    return Face(
        credential_issuer=credential_issuer,
        issuer_name=issuer_name,
        issuer_chain=path.chain_der,
        vct=offered.vct,
        type_name=offered.name if licence_type is None else licence_type.name,
        claims=_shared(credential.claims),
        relation=relation,
        expires_at=credential.registered.expires_at,
        statuses=tuple(statuses),
    )


def _shared(claims: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in claims.items() if name not in _OF_ONE_COPY}
