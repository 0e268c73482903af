"""Authorisation responses by ``direct_post`` and ``direct_post.jwt`` (OpenID4VP 1.0 sections 8.1 to 8.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from standards.json_reader import Reader, parse_json
from standards.jwe import EphemeralKey, JweError, decrypt, encrypt
from standards.oauth.errors import OAuthError, description
from standards.openid4vp.client_metadata import ClientMetadata
from standards.openid4vp.errors import ERROR_CODES, InvalidAuthorizationResponseError

MAX_FORM_CHARS: Final = 1024 * 1024
"""Longest value of a response form, in characters."""

VpToken = Mapping[str, tuple[str, ...]]
"""Query id → presentations, as texts; always an array, also for a single one (section 8.1)."""


@dataclass(frozen=True, slots=True)
class Presentations:
    """The wallet shows something; nothing in it is verified.

    Attributes:
        unverified_vp_token: by query id.
        state: as sent with the request, or ``None``.
    """

    unverified_vp_token: VpToken
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """The wallet answers with an error (section 8.5).

    Attributes:
        error: one of :data:`ERROR_CODES`, or another short text.
        state: as sent with the request, or ``None``.
        description: words for the verifier's people, untrusted, or ``None``.
    """

    error: str
    state: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class EncryptedResponse:
    """The value of ``response``: a JWE for the key of one request (section 8.3)."""

    jwe: str


def build_direct_post(vp_token: Mapping[str, Sequence[str]], state: str | None) -> dict[str, str]:
    """Form of a plain answer (section 8.2)."""
    token = orjson.dumps({query_id: list(shown) for query_id, shown in vp_token.items()}).decode()
    return {"vp_token": token} | ({} if state is None else {"state": state})


def build_direct_post_jwt(
    vp_token: Mapping[str, Sequence[str]], state: str | None, metadata: ClientMetadata
) -> dict[str, str]:
    """Form of an encrypted answer: the ``kid`` of the chosen key is echoed in the header (section 8.3).

    Raises:
        FormatsNotSupportedError: the verifier offers no encryption that we speak.
    """
    key, method = metadata.choose_encryption()
    payload: dict[str, Any] = {"vp_token": {query_id: list(shown) for query_id, shown in vp_token.items()}}
    if state is not None:
        payload["state"] = state
    return {"response": encrypt(orjson.dumps(payload), key.jwk, method)}


def build_error_form(error: OAuthError, state: str | None) -> dict[str, str]:
    """Form of a refusal; it says nothing about what the person holds (section 8.5)."""
    form = {"error": error.error, "error_description": description(error.message.en)}
    return form | ({} if state is None else {"state": state})


def build_access_denied_form(state: str | None) -> dict[str, str]:
    """Form that is sent when the person says no, or has nothing to show: the verifier cannot tell which."""
    return {"error": "access_denied"} | ({} if state is None else {"state": state})


def build_response_answer(redirect_uri: str | None) -> dict[str, str]:
    """Body of the 200 answer to the wallet; with the place to return to on the same device (section 8.2)."""
    return {} if redirect_uri is None else {"redirect_uri": redirect_uri}


def parse_response_answer(document: Any) -> str | None:
    """The ``redirect_uri`` in the verifier's answer, or ``None``.

    Raises:
        InvalidAuthorizationResponseError: the answer is malformed.
    """
    reader = Reader(document, error=InvalidAuthorizationResponseError)
    return reader.optional_text("redirect_uri", max_chars=4_000)


def parse_response_form(form: Mapping[str, list[str]]) -> Presentations | Refusal | EncryptedResponse:
    """Read the form that came to the response address.

    Args:
        form: every parameter with all its values.

    Raises:
        InvalidAuthorizationResponseError: a parameter is repeated, too long, or none of the three kinds is there.
    """
    values: dict[str, str] = {}
    for name in ("response", "vp_token", "state", "error", "error_description"):
        found = form.get(name, [])
        if len(found) > 1 or any(len(value) > MAX_FORM_CHARS for value in found):
            raise _invalid("A parameter is repeated or too long.", name)
        if found:
            values[name] = found[0]
    kinds = [name for name in ("response", "vp_token", "error") if name in values]
    if len(kinds) != 1:
        raise _invalid("An answer has exactly one of response, vp_token and error.")
    if kinds == ["response"]:
        return EncryptedResponse(values["response"])
    if kinds == ["vp_token"]:
        token = parse_json(values["vp_token"], error=InvalidAuthorizationResponseError)
        return _parse_presentations({"vp_token": token} | _state(values))
    return _parse_refusal(
        {name: values[name] for name in ("error", "error_description") if name in values} | _state(values)
    )


def decrypt_response(encrypted: EncryptedResponse, key: EphemeralKey) -> Presentations | Refusal:
    """Decrypt an answer with the key of its request and read it.

    Raises:
        InvalidAuthorizationResponseError: for another key, altered, or malformed inside.
    """
    try:
        plaintext = decrypt(encrypted.jwe, key, max_chars=MAX_FORM_CHARS)
    except JweError as error:
        raise InvalidAuthorizationResponseError(
            error.message.zh, error.message.en, where="response"
        ) from error
    document = parse_json(plaintext, error=InvalidAuthorizationResponseError)
    if isinstance(document, dict) and "error" in document and "vp_token" not in document:
        return _parse_refusal(document)
    return _parse_presentations(document)


def _parse_presentations(document: Any) -> Presentations:
    reader = Reader(document, error=InvalidAuthorizationResponseError)
    token = reader.object("vp_token")
    names = token.names()
    if not 0 < len(names) <= 50:
        raise _invalid("The vp_token has no or too many entries.", "vp_token")
    shown = {name: token.texts(name, min_items=1, max_items=50, max_chars=MAX_FORM_CHARS) for name in names}
    return Presentations(shown, reader.optional_text("state", max_chars=2_000))


def _parse_refusal(document: Any) -> Refusal:
    reader = Reader(document, error=InvalidAuthorizationResponseError)
    error = reader.text("error", max_chars=100)
    return Refusal(
        error if error in ERROR_CODES else "invalid_request",
        reader.optional_text("state", max_chars=2_000),
        reader.optional_text("error_description", max_chars=2_000, min_chars=0),
    )


def _state(values: Mapping[str, str]) -> dict[str, str]:
    return {"state": values["state"]} if "state" in values else {}


def _invalid(en: str, where: str | None = None) -> InvalidAuthorizationResponseError:
    return InvalidAuthorizationResponseError("这不是对出示请求的有效回应。", en, where=where)
