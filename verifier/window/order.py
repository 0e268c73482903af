"""What a department orders: the body of ``POST /api/v1/presentations``, read strictly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from standards.dcql import SD_JWT, DcqlQuery, parse_dcql
from standards.errors import InvalidInputError
from standards.json_reader import Reader
from standards.openid4vp.authorization_request import check_url
from standards.openid4vp.client_id import Prefix
from standards.openid4vp.request_object import DIRECT_POST_JWT, RESPONSE_MODES
from verifier.items import ServiceItem
from verifier.window.errors import InvalidOrderError

_MEMBERS: Final = frozenset(
    {"service_item", "dcql_query", "response_mode", "client_id_prefix", "redirect_uri"}
)
_PREFIXES: Final = (Prefix.X509_HASH.value, Prefix.X509_SAN_DNS.value)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be asked and how.

    Attributes:
        item: the service item, or ``None`` for a query of the department's own.
        query: what is asked for.
        response_mode: ``direct_post.jwt`` unless told otherwise (HAIP 1.0 section 5).
        prefix: ``x509_hash`` unless told otherwise (HAIP 1.0 section 5).
        redirect_uri: same-device: where the person goes back to, or ``None``.
    """

    item: ServiceItem | None
    query: DcqlQuery
    response_mode: str = DIRECT_POST_JWT
    prefix: Prefix = Prefix.X509_HASH
    redirect_uri: str | None = None


def parse_order(
    body: Any, *, item_of: Callable[[str], ServiceItem], query_of: Callable[[ServiceItem], DcqlQuery]
) -> Order:
    """Read an order.

    Args:
        body: untrusted JSON.
        item_of: finds an item of this department by code; raises ``UnknownServiceItemError``.
        query_of: the query of an item.

    Raises:
        InvalidInputError: one of its classes, with the JSON pointer.
    """
    reader = Reader(body, error=InvalidOrderError)
    reader.refuse_unknown(_MEMBERS)
    if ("service_item" in reader) == ("dcql_query" in reader):
        raise reader.fail(
            "service_item",
            "service_item 与 dcql_query 须且只能有一个。",
            "Exactly one of service_item and dcql_query is needed.",
        )
    item = item_of(reader.text("service_item", max_chars=80)) if "service_item" in reader else None
    query = query_of(item) if item is not None else _parse_query(reader)
    return Order(
        item=item,
        query=query,
        response_mode=reader.optional_choice("response_mode", RESPONSE_MODES) or DIRECT_POST_JWT,
        prefix=Prefix(reader.optional_choice("client_id_prefix", _PREFIXES) or Prefix.X509_HASH),
        redirect_uri=_parse_redirect_uri(reader),
    )


def _parse_query(reader: Reader) -> DcqlQuery:
    try:
        query = parse_dcql(reader.any("dcql_query"))
    except InvalidInputError as error:
        raise InvalidOrderError(
            error.message.zh, error.message.en, where=reader.pointer("dcql_query") + (error.where or "")
        ) from error
    if any(credential.format != SD_JWT for credential in query.credentials):
        raise reader.fail(
            "dcql_query", "本窗口目前只核验 dc+sd-jwt 格式。", "This window checks the format dc+sd-jwt only."
        )
    return query


def _parse_redirect_uri(reader: Reader) -> str | None:
    uri = reader.optional_text("redirect_uri", max_chars=2_000)
    if uri is None:
        return None
    try:
        check_url(uri, "redirect_uri")
    except InvalidInputError as error:
        raise reader.fail("redirect_uri", error.message.zh, error.message.en) from error
    parts = urlsplit(uri)
    # The response code travels in this address: in the clear only on the machine itself (RFC 8252 section 8.3).
    if parts.scheme != "https" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise reader.fail("redirect_uri", "此处应为 https 网址。", "An https URL is expected here.")
    return uri
