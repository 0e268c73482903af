"""Authorisation details of type ``openid_credential`` (RFC 9396; OpenID4VCI 1.0 sections 5.1.1 and 6.2).

In a request they name configurations; in a token response each comes back with the identifiers of the credentials that
this person may be issued, so that one token reaches several licences of one kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from standards.errors import InvalidInputError
from standards.json_reader import Reader
from standards.oauth.errors import InvalidAuthorizationDetailsError

TYPE: Final = "openid_credential"
"""The authorisation details type (section 5.1.1)."""

MAX_IDENTIFIERS: Final = 200
"""Most credentials that one token is read to reach within one configuration."""


@dataclass(frozen=True, slots=True)
class AuthorizationDetail:
    """One configuration that is asked for or granted.

    Attributes:
        configuration_id: ``credential_configuration_id``.
        credential_identifiers: in a token response, the credentials that may be asked for; empty in a request.
        locations: the credential issuer's identifier, where the server serves several (section 5.1.1), or empty.
    """

    configuration_id: str
    credential_identifiers: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The object on the wire."""
        wire: dict[str, Any] = {"type": TYPE, "credential_configuration_id": self.configuration_id}
        if self.locations:
            wire["locations"] = list(self.locations)
        if self.credential_identifiers:
            wire["credential_identifiers"] = list(self.credential_identifiers)
        return wire


def parse_authorization_details(
    objects: Iterable[Mapping[str, Any]],
    *,
    error: type[InvalidInputError] = InvalidAuthorizationDetailsError,
) -> tuple[AuthorizationDetail, ...]:
    """Read the objects of type ``openid_credential``.

    Args:
        objects: as in the request or the token response.
        error: what is raised; by default the OAuth error ``invalid_authorization_details`` (RFC 9396 section 5).

    Raises:
        InvalidAuthorizationDetailsError: a member is missing or malformed, the type is unknown, or a configuration
            is named twice at one place.
    """
    read = []
    for position, one in enumerate(objects):
        reader = Reader(dict(one), f"/authorization_details/{position}", error=error)
        if reader.text("type", max_chars=200) != TYPE:
            raise reader.fail("type", "不认识此授权类型。", "This type of authorisation details is unknown.")
        read.append(
            AuthorizationDetail(
                reader.text("credential_configuration_id", max_chars=500),
                reader.optional_texts("credential_identifiers", max_items=MAX_IDENTIFIERS, max_chars=500)
                or (),
                reader.optional_texts("locations", max_items=10, max_chars=2_000) or (),
            )
        )
    named = [(detail.configuration_id, detail.locations) for detail in read]
    if len(set(named)) != len(named):
        raise error(
            "凭证配置重复。", "A credential configuration is named twice.", where="/authorization_details"
        )
    return tuple(read)
