"""A request that may be shown to a person: signed by whom it says, by a verifier of the trust lists, for this wallet.

Bytes, a trust store and an instant; nothing is fetched. The checks run when a request comes in and once more at the
moment of consent, over the same signed text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from keys.path_error import PathError
from keys.path_validation import ValidatedPath
from keys.trust_list import ServiceItem, TrustEntry, TrustReason, TrustStore
from standards.dcql import SD_JWT
from standards.errors import InvalidInputError
from standards.json_reader import Reader
from standards.legal_basis import LegalBasis, parse_legal_basis, parse_plain_text
from standards.openid4vp import (
    FormatsNotSupportedError,
    InvalidTransactionDataError,
    PresentationRequest,
    RequestReference,
    parse_request_object,
    verify_request_object,
)
from standards.openid4vp.request_object import DIRECT_POST_JWT
from standards.text import Text
from wallet.foreign.anchors import (
    ForeignAnchors,
    ForeignNotAcceptedError,
    ForeignOrganisation,
    ForeignRole,
)
from wallet.presenting.errors import RequestRejectedError, VerifierNotTrustedError
from wallet.trust import TrustUnavailableError, region_name

SERVICE_ITEM_FORMAT: Final = "urn:elicence:service-item"
"""Format of the ``verifier_info`` entry that says what a request is for (OpenID4VP 1.0 section 5.1)."""

_ABROAD: Final = Text("不在国家信任列表中", "Not on the nation's trust lists")

COMPLAINTS_FORMAT: Final = "urn:elicence:complaints"
"""Format of the ``verifier_info`` entry that says where complaints go."""


@dataclass(frozen=True, slots=True)
class VerifierIdentity:
    """Who asks, by certificate and trust list; never by what the request says of itself.

    Attributes:
        client_id: the whole client identifier, with its prefix.
        name: from the trust list.
        region: name of its division.
        uscc: unified social credit code.
        host: where the answer goes.
        division: code of its region, or empty.
        foreign: whether no trust list knows it and the operator of this wallet lets it in all the same.
    """

    client_id: str
    name: Text
    region: Text
    uscc: str
    host: str
    division: str = ""
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class RequestedItem:
    """What the request is for, as the verifier signed it.

    Attributes:
        code: of the service item.
        name: from the trust list when ``registered``, else the verifier's own words.
        purpose: the verifier's own words, or ``None``.
        registered: whether the trust list lets this verifier ask for this item.
        basis: the ground on which it asks, in the verifier's own words; ``None`` when it does not say.
        retention: how long it says to keep what it sees, or ``None``.
        optional: query id → names of claims that the item does without.
    """

    code: str
    name: Text
    purpose: Text | None
    registered: bool
    basis: LegalBasis | None = None
    retention: Text | None = None
    optional: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrustedRequest:
    """Made only by :func:`verify_request`."""

    request: PresentationRequest
    verifier: VerifierIdentity
    item: RequestedItem | None
    complaints: str | None = None
    """Where the verifier takes complaints: an address of the host that takes the answer, or ``None``."""


def verify_request(
    text: str,
    *,
    reference: RequestReference,
    wallet_nonce: str | None,
    trust: TrustStore,
    at: datetime,
    foreign: ForeignAnchors,
) -> TrustedRequest:
    """Check a request object and the one who signed it.

    Args:
        text: the signed request object, untrusted.
        reference: the link that led there.
        wallet_nonce: the nonce that was posted, or ``None``.
        trust: anchors and trust lists.
        at: now.
        foreign: who is let in besides the verifiers of the trust lists.

    Raises:
        RequestRejectedError: the object does not hold (signature, audience, nonce, time, client id, host).
        VerifierNotTrustedError: its signer is not a verifier of the trust lists.
        TrustUnavailableError: the lists are missing or too old to tell.
        InvalidTransactionDataError, FormatsNotSupportedError: a good request that this wallet cannot answer.
    """
    try:
        signed = verify_request_object(
            parse_request_object(text), reference=reference, at=at, wallet_nonce=wallet_nonce
        )
    except InvalidInputError as error:
        raise RequestRejectedError(error.message.zh, error.message.en) from error
    request = signed.request
    host = (urlsplit(request.response_uri).hostname or "").lower()
    abroad = _foreign_verifier(signed.certificate_chain, trust, foreign, at)
    if abroad is not None:
        return _foreign_request(request, host, *abroad)
    path, entry = _trusted_verifier(signed.certificate_chain, trust, at)
    # Stricter than the standard, which names a host for x509_san_dns only: an answer goes to a host that the
    # verifier's certificate names, whatever its client id.
    if path.dns_names and host not in path.dns_names:
        raise RequestRejectedError(
            "回传地址不属于请求方证书中的主机。",
            "the answer would go to a host that the certificate does not name.",
        )
    _check_answerable(request)
    region = region_name(entry.division)
    identity = VerifierIdentity(str(request.client_id), entry.name, region, entry.uscc, host, entry.division)
    item = _item_of(request, entry.service_items)
    return TrustedRequest(request, identity, item, _complaints_of(request))


def _foreign_verifier(
    chain: tuple[bytes, ...], trust: TrustStore, foreign: ForeignAnchors, at: datetime
) -> tuple[ForeignOrganisation, ValidatedPath] | None:
    """Whose anchor the chain leads to when it is none of the nation's; never a way back in for one withdrawn there."""
    if not foreign.accepts(ForeignRole.VERIFIER):
        return None
    try:
        trust.validator.validate(chain, at)
    except PathError as error:
        if error.indeterminate:
            return None
    else:
        return None
    try:
        return foreign.validate(chain, ForeignRole.VERIFIER, at)
    except ForeignNotAcceptedError:
        return None


def _foreign_request(
    request: PresentationRequest, host: str, organisation: ForeignOrganisation, path: ValidatedPath
) -> TrustedRequest:
    if host not in path.dns_names:
        raise RequestRejectedError(
            "回传地址不属于请求方证书中的主机。",
            "the answer would go to a host that the certificate does not name.",
        )
    _check_answerable(request)
    name = Text(
        f"{organisation.name.zh}：{path.subject.name}", f"{organisation.name.en}: {path.subject.name}"
    )
    identity = VerifierIdentity(str(request.client_id), name, _ABROAD, "", host, foreign=True)
    return TrustedRequest(request, identity, _item_of(request, ()), None)


def _trusted_verifier(
    chain: tuple[bytes, ...], trust: TrustStore, at: datetime
) -> tuple[ValidatedPath, TrustEntry]:
    try:
        path = trust.validator.validate(chain, at)
    except PathError as error:
        if error.indeterminate:
            raise TrustUnavailableError from error
        raise VerifierNotTrustedError(error.message.zh, error.message.en) from error
    decision = trust.verifier_entry(path, at)
    if decision.indeterminate:
        raise TrustUnavailableError
    if decision.entry is None or not decision.allowed:
        if decision.reason is TrustReason.WITHDRAWN:
            raise VerifierNotTrustedError(
                "该机构的验证资格已被撤销。", "the organisation is no longer registered as a verifier."
            )
        raise VerifierNotTrustedError(
            "该机构不在验证方信任列表中。", "the organisation is not on the trust list of verifiers."
        )
    return path, decision.entry


def _check_answerable(request: PresentationRequest) -> None:
    if request.transaction_data:
        # OpenID4VP 1.0 section 5.1: what the wallet does not understand must not be authorised.
        raise InvalidTransactionDataError(
            "请求要求授权本钱包不认识的交易。",
            "The request wants to authorise something that this wallet does not know.",
        )
    if all(query.format != SD_JWT for query in request.dcql_query.credentials):
        raise FormatsNotSupportedError(
            "请求的证照格式不受支持。", "The request asks for a format that this wallet does not keep."
        )
    if request.response_mode == DIRECT_POST_JWT:
        request.client_metadata.choose_encryption()


def _item_of(request: PresentationRequest, registered: Sequence[ServiceItem]) -> RequestedItem | None:
    """The service item that the verifier says the request is for; ``None`` when it says nothing that we can read."""
    reader = _info(request, SERVICE_ITEM_FORMAT)
    if reader is None:
        return None
    try:
        code = reader.text("code", max_chars=64)
        listed = next((item for item in registered if item.code == code), None)
        named = parse_plain_text(reader, "name", max_chars=300)
        if named is None:
            return None
        return RequestedItem(
            code=code,
            name=listed.name if listed is not None else named,
            purpose=parse_plain_text(reader, "purpose", max_chars=300),
            registered=listed is not None,
            basis=parse_legal_basis(reader.object("basis")) if "basis" in reader else None,
            retention=parse_plain_text(reader, "retention", max_chars=300),
            optional=_optional(reader),
        )
    except InvalidInputError:
        return None


def _optional(reader: Reader) -> Mapping[str, frozenset[str]]:
    named = reader.optional_object("optional")
    if named is None:
        return {}
    return {query_id: frozenset(named.texts(query_id, max_items=50)) for query_id in named.names()[:50]}


def _complaints_of(request: PresentationRequest) -> str | None:
    """The verifier's desk for complaints; only where its answers go too, for that host is certified as its own."""
    reader = _info(request, COMPLAINTS_FORMAT)
    if reader is None:
        return None
    try:
        uri = reader.text("uri", max_chars=500)
        own, named = urlsplit(request.response_uri), urlsplit(uri)
    except (InvalidInputError, ValueError):
        return None
    return uri if (own.scheme, own.netloc) == (named.scheme, named.netloc) and not named.query else None


def _info(request: PresentationRequest, kind: str) -> Reader | None:
    data = next((info["data"] for info in request.verifier_info if info["format"] == kind), None)
    return Reader(dict(data)) if isinstance(data, Mapping) else None
