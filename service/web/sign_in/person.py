"""Who signed in: the person as the identity provider vouches for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from service.settings import ClaimNames
from service.web.errors import SignInError
from service.web.sign_in.assurance import Assurance
from standards.text import Text

_CODE_TYPE = re.compile(r"[0-9A-Z]{1,8}", re.ASCII)
_NUMBER = re.compile(r"[0-9A-Z()\-]{1,40}", re.ASCII)
_MAX_NAME_CHARS = 100
_MAX_SUBJECT_CHARS = 255  # OpenID Connect Core 1.0 §2: sub


@dataclass(frozen=True, slots=True)
class Person:
    """A natural person, identified by certificate type and number."""

    code_type: str
    """Type of the certificate, for example ``111`` for the resident identity card."""
    number: str = field(repr=False)
    """Number of the certificate, in capitals. Personal: never in logs, addresses or plain storage."""
    name: str = field(repr=False)
    subject: str
    """``sub`` at the provider."""
    provider: str
    """Issuer identifier of the provider; with :attr:`subject` it names the account there."""
    assurance: str
    """The provider's ``acr``, or empty."""
    level: Assurance = Assurance.LOW
    """The same on the scale of ``service.web.sign_in.assurance``."""

    def __post_init__(self) -> None:
        # A session that was sealed holds the number.
        object.__setattr__(self, "level", Assurance(self.level))

    def to_json(self) -> dict[str, str | int]:
        """The person as sealed in the session."""
        return asdict(self)


def parse_person(claims: Mapping[str, Any], names: ClaimNames, provider: str) -> Person:
    """The person that verified claims speak of.

    Args:
        claims: of a verified ID token, completed by userinfo.
        names: what the provider calls them.
        provider: its issuer identifier.

    Raises:
        SignInError: a claim that we need is missing or misshapen.
    """
    code_type = _text(claims, names.code_type, 8).upper()
    number = _text(claims, names.number, 40).upper()
    if not _CODE_TYPE.fullmatch(code_type) or not _NUMBER.fullmatch(number):
        raise _unusable()
    assurance = claims.get(names.assurance)
    return Person(
        code_type=code_type,
        number=number,
        name=_text(claims, names.name, _MAX_NAME_CHARS),
        subject=_text(claims, "sub", _MAX_SUBJECT_CHARS),
        provider=provider,
        assurance=assurance if isinstance(assurance, str) else "",
    )


def lacks_person_claims(claims: Mapping[str, Any], names: ClaimNames) -> bool:
    """Whether userinfo must be asked because the ID token says too little."""
    return any(name not in claims for name in (names.code_type, names.number, names.name))


def _text(claims: Mapping[str, Any], name: str, max_chars: int) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > max_chars or not value.isprintable():
        raise _unusable()
    return value.strip()


def _unusable() -> SignInError:
    return SignInError(
        "身份认证平台没有提供可用的姓名、证件类型和证件号码。",
        "The identity provider did not give a usable name, certificate type and number.",
        next_step=Text(
            "请换用已实名认证的账号登录。", "Sign in with an account whose identity has been verified."
        ),
    )
