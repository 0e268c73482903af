"""Which identity providers a service takes people from: the nation's first, then those of the configured file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from service.errors import SettingsError
from service.settings import ClaimNames, ServiceName, Settings
from service.web.application import public_url_of
from service.web.sign_in.assurance import NAMES, Assurance
from service.web.sign_in.provider import ProviderSettings
from standards.errors import InvalidInputError
from standards.json_reader import Reader, parse_json
from standards.text import Text

VARIABLE: Final = "ELICENCE_OIDC_PROVIDERS_FILE"

FIRST: Final = "main"
"""Key of the provider that the single-provider variables name."""

_KEY: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)
_LEVELS: Final = ("nation", "province")
_DEFAULT_NAME: Final = Text("统一身份认证", "National sign-in")


@dataclass(frozen=True)
class ListedProvider:
    """A provider as people choose it.

    Attributes:
        key: names it in addresses.
        name: for people.
        level: ``nation`` or ``province``.
        divisions: division codes that it serves; empty for everywhere.
        settings: how it is spoken to.
        assurance: from its ``acr`` to the scale; what is not in it counts as low.
        names_itself: whether every answer of it carries ``iss`` (RFC 9207), so that one without is refused.
    """

    key: str
    name: Text
    level: str
    divisions: tuple[str, ...]
    settings: ProviderSettings
    assurance: Mapping[str, Assurance]
    names_itself: bool = False

    def level_of(self, acr: str) -> Assurance:
        """The place of an ``acr`` on the scale."""
        return self.assurance.get(acr, Assurance.LOW)


def listed_providers(settings: Settings, service: ServiceName) -> tuple[ListedProvider, ...]:
    """The providers in the order in which people see them; the first is where ``/sign-in`` leads.

    Raises:
        SettingsError: the file cannot be read, is not of its form, or names something twice.
    """
    base = f"{public_url_of(settings, service)}/sign-in/callback"
    main = ListedProvider(
        key=FIRST,
        name=_DEFAULT_NAME,
        level="nation",
        divisions=(),
        settings=ProviderSettings(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret or None,
            redirect_uri=base,
            claims=settings.oidc_claims,
            scope=settings.oidc_scope,
        ),
        assurance=_assurance_of(settings.oidc_assurance),
    )
    further = _of_file(settings.oidc_providers_file, service, base)
    providers = (main, *further) if settings.oidc_issuer or not further else further
    keys = [provider.key for provider in providers]
    issuers = [provider.settings.issuer for provider in providers]
    if len(set(keys)) != len(keys) or len(set(issuers)) != len(issuers):
        raise SettingsError(
            "身份认证平台的代号或标识重复。",
            "Two identity providers share a key or an issuer identifier.",
            where=VARIABLE,
        )
    return providers


def _of_file(path: Path | None, service: ServiceName, base: str) -> tuple[ListedProvider, ...]:
    if path is None:
        return ()
    try:
        reader = Reader(parse_json(path.read_bytes()))
        return tuple(
            _provider(one, path.parent, service, base)
            for one in reader.objects("providers", min_items=1, max_items=100)
        )
    except (OSError, ValueError, InvalidInputError) as cause:
        told = cause.message if isinstance(cause, InvalidInputError) else Text(str(cause), str(cause))
        where = getattr(cause, "where", None) or ""
        raise SettingsError(
            f"身份认证平台文件 {path} 不可用（{where}）：{told.zh}",
            f"The file of identity providers {path} cannot be used ({where}): {told.en}",
            where=VARIABLE,
        ) from cause


def _provider(reader: Reader, directory: Path, service: ServiceName, base: str) -> ListedProvider:
    key = reader.text("key", max_chars=32)
    if not _KEY.fullmatch(key) or key == FIRST:
        raise reader.fail(
            "key", "代号须为小写字母、数字和连字符。", "A key is lower case letters, digits, hyphens."
        )
    issuer = reader.text("issuer", max_chars=2_000)
    if not issuer.startswith(("https://", "http://localhost:", "http://127.0.0.1:")):
        raise reader.fail("issuer", "须为 https 网址。", "An issuer is an https address.")
    name, claims = reader.object("name"), reader.optional_object("claims")
    secret_file = reader.optional_text("client_secret_file", max_chars=1_000)
    default = ClaimNames()
    return ListedProvider(
        key=key,
        name=Text(name.text("zh", max_chars=100), name.text("en", max_chars=100)),
        level=reader.choice("level", _LEVELS),
        divisions=reader.optional_texts("divisions", max_items=100, max_chars=6) or (),
        settings=ProviderSettings(
            issuer=issuer,
            # One file serves all services of a node; each is its own client there.
            client_id=reader.text("client_id", max_chars=500).replace("{service}", service),
            client_secret=None
            if secret_file is None
            else (directory / secret_file).read_text(encoding="utf-8").strip(),
            # An address of its own: an answer that another provider sends is told from this one's by where it arrives.
            redirect_uri=f"{base}/{key}",
            claims=default
            if claims is None
            else ClaimNames(
                claims.optional_text("name") or default.name,
                claims.optional_text("code_type") or default.code_type,
                claims.optional_text("number") or default.number,
                claims.optional_text("assurance") or default.assurance,
            ),
            scope=reader.optional_text("scope", max_chars=500) or "openid profile",
        ),
        assurance=_levels(reader.optional_object("assurance")),
        names_itself=reader.optional_boolean("names_itself") or False,
    )


def _levels(reader: Reader | None) -> Mapping[str, Assurance]:
    if reader is None:
        return {}
    return {name: NAMES[reader.choice(name, tuple(NAMES))] for name in reader.names()}


def _assurance_of(pairs: tuple[tuple[str, str], ...]) -> Mapping[str, Assurance]:
    return {acr: NAMES[level] for acr, level in pairs}
