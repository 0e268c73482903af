"""Presenting a credential: the chosen disclosures and the holder's signature (RFC 9901 section 7.2).

A claim is chosen by its path (OpenID4VP 1.0 section 7.1): a text names a member, a number an array element, ``None``
every array element. Everything on the way to a chosen claim is disclosed with it, and everything within it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from standards.jose import Sign
from standards.sd_jwt import Disclosure, UnverifiedSdJwt, build_key_binding, join_sd_jwt, reveal
from standards.sd_jwt_vc.errors import ClaimNotFoundError

Path = Sequence[str | int | None]
"""A claims path pointer, not empty."""


def present_credential(
    credential: UnverifiedSdJwt,
    paths: Iterable[Path],
    *,
    audience: str,
    nonce: str,
    at: datetime,
    sign: Sign,
    extra: Mapping[str, Any] | None = None,
) -> str:
    """An SD-JWT with key binding that shows the claims at ``paths`` and no other.

    Args:
        credential: the credential as received from the issuer, all disclosures in it.
        paths: claims to show; a claim that is always in the clear may be among them.
        audience: the verifier's client id, with its prefix.
        nonce: nonce of the request.
        at: the present instant.
        sign: signature with the holder's key of this copy.
        extra: further claims of the key binding, such as who acts for the holder (``standards.mandate``).

    Raises ``ClaimNotFoundError`` for a path that the credential does not have.
    """
    bound_text = select_disclosures(credential, paths)
    return bound_text + build_key_binding(
        bound_text, audience=audience, nonce=nonce, at=at, sign=sign, extra=extra
    )


def select_disclosures(credential: UnverifiedSdJwt, paths: Iterable[Path]) -> str:
    """The SD-JWT's text through its last ``~`` with only the disclosures that ``paths`` need.

    Raises ``ClaimNotFoundError`` for a path that is not there, ``SdJwtError`` for an SD-JWT that breaks the rules of
    RFC 9901 section 7.1, because no verifier would accept a part of it.
    """
    reveal(credential.unverified_claims, credential.disclosures)
    by_digest = {disclosure.digest: disclosure for disclosure in credential.disclosures}
    chosen: set[str] = set()
    for path in paths:
        if not _choose(credential.unverified_claims, tuple(path), by_digest, chosen):
            shown = "/".join("*" if token is None else str(token) for token in path)
            raise ClaimNotFoundError(
                f"证照中没有此项：{shown}。", f"The credential has no such claim: {shown}."
            )
    issuer_signed = credential.bound_text.partition("~")[0]
    return join_sd_jwt(
        issuer_signed, (item.encoded for item in credential.disclosures if item.digest in chosen)
    )


def _choose(
    value: Any, path: tuple[str | int | None, ...], by_digest: dict[str, Disclosure], chosen: set[str]
) -> bool:
    """Adds the digests on the way to ``path`` and within it; answers whether the path exists."""
    if not path:
        _choose_all(value, by_digest, chosen)
        return True
    token, rest = path[0], path[1:]
    if isinstance(value, dict) and isinstance(token, str):
        if token in value and token != "_sd":
            return _choose(value[token], rest, by_digest, chosen)
        for digest in value.get("_sd", ()):
            disclosure = by_digest.get(digest)
            if disclosure is not None and disclosure.name == token:
                chosen.add(digest)
                return _choose(disclosure.value, rest, by_digest, chosen)
        return False
    if isinstance(value, list) and not isinstance(token, str):
        items = value if token is None else value[token : token + 1] if token >= 0 else []
        found = [_choose_element(item, rest, by_digest, chosen) for item in items]
        return any(found)
    return False


def _choose_element(
    item: Any, rest: tuple[str | int | None, ...], by_digest: dict[str, Disclosure], chosen: set[str]
) -> bool:
    digest = _placeholder(item)
    if digest is None:
        return _choose(item, rest, by_digest, chosen)
    disclosure = by_digest.get(digest)
    if disclosure is None:
        return False
    chosen.add(digest)
    return _choose(disclosure.value, rest, by_digest, chosen)


def _choose_all(value: Any, by_digest: dict[str, Disclosure], chosen: set[str]) -> None:
    inner: list[Any] = []
    digests: list[str] = []
    if isinstance(value, dict):
        digests = list(value.get("_sd", ()))
        inner = [member for name, member in value.items() if name != "_sd"]
    elif isinstance(value, list):
        for item in value:
            digest = _placeholder(item)
            if digest is None:
                inner.append(item)
            else:
                digests.append(digest)
    for digest in digests:
        disclosure = by_digest.get(digest)
        if disclosure is not None and digest not in chosen:
            chosen.add(digest)
            inner.append(disclosure.value)
    for item in inner:
        _choose_all(item, by_digest, chosen)


def _placeholder(item: Any) -> str | None:
    """The digest of an array element that is disclosed selectively (RFC 9901 section 4.2.4.2)."""
    if isinstance(item, dict) and len(item) == 1 and isinstance(item.get("..."), str):
        return str(item["..."])
    return None
