"""The JSON body of a request at an interface for systems: its type said, its size bounded, its text read strictly."""

from __future__ import annotations

from typing import Any, Final

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from standards.json_reader import parse_json

MAX_JSON_BYTES: Final = 1024 * 1024
"""Largest JSON body, also where a service takes larger pictures."""


def read_json_body() -> Any:
    """The decoded body.

    Raises:
        UnsupportedMediaType: another content type is named (RFC 9110 section 15.5.16); none at all is taken as JSON.
        RequestEntityTooLarge: longer than :data:`MAX_JSON_BYTES`.
        InvalidInputError: not JSON, or nested too deeply.
    """
    return _decoded(_content())


def read_json_body_or(absent: Any) -> Any:
    """The decoded body, or ``absent`` when the request has none; raises as :func:`read_json_body`."""
    content = _content()
    return _decoded(content) if content else absent


def _content() -> bytes:
    request.max_content_length = min(request.max_content_length or MAX_JSON_BYTES, MAX_JSON_BYTES)
    return request.get_data()


def _decoded(content: bytes) -> Any:
    if request.mimetype and not request.is_json:
        raise UnsupportedMediaType
    return parse_json(content)
