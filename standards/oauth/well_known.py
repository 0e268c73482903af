"""Where the metadata of an identifier live (RFC 8414 section 3.1, OpenID4VCI 1.0 section 12.2.2)."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from standards.errors import InvalidInputError


def well_known_url(identifier: str, suffix: str) -> str:
    """``https://host/path`` → ``https://host/.well-known/{suffix}/path``: between host and path, never after it.

    Raises:
        InvalidInputError: the identifier is no http(s) URL with a host, or carries a query or a fragment.
    """
    parts = parse_identifier(identifier)
    return urlunsplit((parts[0], parts[1], f"/.well-known/{suffix}{parts[2]}", "", ""))


def parse_identifier(identifier: str) -> tuple[str, str, str]:
    """Scheme, authority and path (no trailing slash) of an issuer identifier (OpenID4VCI 1.0 section 12.2.1).

    ``http`` passes here: which origins may be fetched is decided where fetching is done.

    Raises:
        InvalidInputError: not such a URL.
    """
    try:
        parts = urlsplit(identifier)
        usable = (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        usable = False
    if (
        not usable
        or "?" in identifier
        or "#" in identifier
        or "@" in parts.netloc
        or not identifier.isascii()
    ):
        raise InvalidInputError(
            "签发者标识须为不带查询和片段的 https 网址。",
            "The issuer identifier is not an https URL without query and fragment.",
        )
    return parts.scheme, parts.netloc, parts.path.rstrip("/")
