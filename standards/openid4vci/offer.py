"""Credential offers (OpenID4VCI 1.0 section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import orjson

from standards.errors import InvalidInputError
from standards.json_reader import Reader, parse_json
from standards.oauth.authorization_server import PRE_AUTHORIZED_CODE
from standards.oauth.well_known import parse_identifier

SCHEME: Final = "openid-credential-offer"
"""URI scheme by which an offer reaches a wallet on the same device (section 4.1.2)."""

MEDIA_TYPE: Final = "application/json"
"""How an offer by reference is served (section 4.1.3)."""

MAX_URI_CHARS: Final = 16_384
"""Longest offer URI that is read: an offer by value with every part at its limit stays below."""


class InvalidCredentialOfferError(InvalidInputError):
    """What was given is not a credential offer."""

    code = "openid4vci-invalid-credential-offer"


@dataclass(frozen=True, slots=True)
class TxCode:
    """How the transaction code looks; the code itself travels another way (section 4.1.1).

    Attributes:
        input_mode: ``numeric`` or ``text``.
        length: how many characters, or ``None``.
        description: where the person finds it, at most 300 characters, or ``None``.
    """

    input_mode: str = "numeric"
    length: int | None = None
    description: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The ``tx_code`` object."""
        optional = {"length": self.length, "description": self.description}
        return {"input_mode": self.input_mode} | {k: v for k, v in optional.items() if v is not None}


@dataclass(frozen=True, slots=True)
class CredentialOffer:
    """An offer with a pre-authorised code, an authorisation code flow, or both (section 4.1.1).

    Attributes:
        credential_issuer: identifier of the issuer.
        credential_configuration_ids: what is offered, keys of the issuer's metadata; at least one, no repetition.
        pre_authorized_code: the code, or ``None`` when this grant is not offered.
        tx_code: how the transaction code looks when one is needed.
        issuer_state: state for the authorisation code flow, or ``None``.
        authorization_server: which of the issuer's servers to use, or ``None``.
        authorization_code: whether the authorisation code flow is offered.
    """

    credential_issuer: str
    credential_configuration_ids: tuple[str, ...]
    pre_authorized_code: str | None = None
    tx_code: TxCode | None = None
    issuer_state: str | None = None
    authorization_server: str | None = None
    authorization_code: bool = False

    def to_json(self) -> dict[str, Any]:
        """The credential offer object."""
        server = (
            {} if self.authorization_server is None else {"authorization_server": self.authorization_server}
        )
        grants: dict[str, Any] = {}
        if self.pre_authorized_code is not None:
            grant: dict[str, Any] = {"pre-authorized_code": self.pre_authorized_code} | server
            if self.tx_code is not None:
                grant["tx_code"] = self.tx_code.to_json()
            grants[PRE_AUTHORIZED_CODE] = grant
        if self.authorization_code:
            state = {} if self.issuer_state is None else {"issuer_state": self.issuer_state}
            grants["authorization_code"] = state | server
        wire: dict[str, Any] = {
            "credential_issuer": self.credential_issuer,
            "credential_configuration_ids": list(self.credential_configuration_ids),
        }
        return wire | ({"grants": grants} if grants else {})


@dataclass(frozen=True, slots=True)
class OfferReference:
    """An offer that must be fetched: the address is untrusted, only a guarded client may go there."""

    unverified_uri: str


def build_offer_query(offer: CredentialOffer) -> str:
    """The query part that carries ``offer`` by value (section 4.1.2)."""
    return urlencode({"credential_offer": orjson.dumps(offer.to_json()).decode()}, quote_via=quote)


def build_offer_reference_query(offer_uri: str) -> str:
    """The query part that carries an offer by reference (section 4.1.3)."""
    return urlencode({"credential_offer_uri": offer_uri}, quote_via=quote)


def build_offer_uri(query: str) -> str:
    """The deep link for a query part made by one of the two functions above."""
    return f"{SCHEME}://?{query}"


def parse_offer_uri(uri: str) -> CredentialOffer | OfferReference:
    """Read an offer link: the deep link, or any web link of a wallet with the same query.

    Raises:
        InvalidCredentialOfferError: not such a link, both or neither of the two forms, or a malformed offer.
    """
    uri = uri.strip()
    if len(uri) > MAX_URI_CHARS:
        raise _invalid("领取链接过长。", "The offer link is too long.")
    try:
        parts = urlsplit(uri)
        pairs = parse_qsl(parts.query, strict_parsing=True, max_num_fields=20, errors="strict")
    except ValueError as error:
        raise _invalid("这不是领取链接。", "This is not an offer link.") from error
    if parts.scheme not in {SCHEME, "https", "http", "haip-vci"}:
        raise _invalid("这不是领取链接。", "This is not an offer link.")
    return parse_offer_parameters(pairs)


def parse_offer_parameters(pairs: list[tuple[str, str]]) -> CredentialOffer | OfferReference:
    """Read the query parameters of an offer link, as (name, value) pairs with repetitions kept.

    Raises:
        InvalidCredentialOfferError: both, neither or a repeated parameter, or a malformed offer.
    """
    forms = [(name, value) for name, value in pairs if name in {"credential_offer", "credential_offer_uri"}]
    if len(forms) != 1:
        raise _invalid(
            "领取链接须且只须含 credential_offer 或 credential_offer_uri 之一。",
            "An offer link carries exactly one of credential_offer and credential_offer_uri.",
        )
    name, value = forms[0]
    if name == "credential_offer":
        return parse_credential_offer(parse_json(value, error=InvalidCredentialOfferError))
    _check_url(value, "credential_offer_uri")
    return OfferReference(value)


def parse_credential_offer(document: Any) -> CredentialOffer:
    """Read a credential offer object; unknown grants are left aside (section 4.1.1).

    Raises:
        InvalidCredentialOfferError: a member is missing or malformed.
    """
    reader = Reader(document, error=InvalidCredentialOfferError)
    issuer = reader.text("credential_issuer", max_chars=2_000)
    _check_url(issuer, "/credential_issuer")
    ids = reader.texts("credential_configuration_ids", min_items=1, max_items=100, max_chars=500)
    if len(set(ids)) != len(ids):
        raise reader.fail("credential_configuration_ids", "凭证配置重复。", "A configuration is named twice.")
    grants = reader.optional_object("grants")
    pre_authorized = grants.optional_object(PRE_AUTHORIZED_CODE) if grants else None
    authorization = grants.optional_object("authorization_code") if grants else None
    server = pre_authorized or authorization
    return CredentialOffer(
        credential_issuer=issuer,
        credential_configuration_ids=ids,
        pre_authorized_code=pre_authorized.text("pre-authorized_code", max_chars=2_000)
        if pre_authorized
        else None,
        tx_code=_parse_tx_code(pre_authorized) if pre_authorized else None,
        issuer_state=authorization.optional_text("issuer_state", max_chars=2_000) if authorization else None,
        authorization_server=server.optional_text("authorization_server", max_chars=2_000)
        if server
        else None,
        authorization_code=authorization is not None,
    )


def _parse_tx_code(grant: Reader) -> TxCode | None:
    reader = grant.optional_object("tx_code")
    if reader is None:
        return None
    return TxCode(
        input_mode=reader.optional_choice("input_mode", ("numeric", "text")) or "numeric",
        length=reader.optional_integer("length", minimum=1, maximum=100),
        description=reader.optional_text("description", max_chars=300),
    )


def _check_url(url: str, where: str) -> None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or len(url) > 2_000:
        raise _invalid("此处应为 https 网址。", "An https URL is expected here.", where=where)
    if where == "/credential_issuer":
        try:
            parse_identifier(url)
        except InvalidInputError as error:
            raise _invalid(error.message.zh, error.message.en, where=where) from error


def _invalid(zh: str, en: str, where: str | None = None) -> InvalidCredentialOfferError:
    return InvalidCredentialOfferError(zh, en, where=where)
