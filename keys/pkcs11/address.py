"""Where keys lie in a token: the PKCS #11 URI scheme (RFC 7512), as far as a master key needs it.

``pkcs11:token=NODE;object=elicence-1?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/elicence/pin``
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

from keys.errors import MasterKeyError
from keys.private_files import is_exposed
from standards.text import Text

SCHEME: Final = "pkcs11:"
MAX_ADDRESS_CHARS: Final = 2000
_LABEL: Final = re.compile(r"[\w .:/@+-]{1,32}")
_NUMBERED: Final = re.compile(r"(?P<stem>.*?)(?:-(?P<number>[0-9]{1,9}))?")
_UNQUOTED: Final = "/:@+"


@dataclass(frozen=True, slots=True)
class TokenAddress:
    """The keys of one master key in a token.

    Attributes:
        token: label of the token.
        label: label that both keys of the pair begin with.
        module: the token's PKCS#11 library.
        pin_file: file with the user PIN, readable by its owner only.
    """

    token: str
    label: str
    module: Path
    pin_file: Path

    def to_uri(self) -> str:
        """The address as :func:`parse_token_address` reads it; no secret is in it."""
        return (
            f"{SCHEME}token={quote(self.token, _UNQUOTED)};object={quote(self.label, _UNQUOTED)}"
            f"?module-path={quote(str(self.module), _UNQUOTED)}&pin-source=file:{quote(str(self.pin_file), _UNQUOTED)}"
        )

    def next(self) -> TokenAddress:
        """The address of the key that follows this one: the number at the end of the label grows."""
        parts = _NUMBERED.fullmatch(self.label)
        stem, number = (self.label, None) if parts is None else parts.group("stem", "number")
        return replace(self, label=f"{stem}-{int(number or 1) + 1}")

    def read_pin(self) -> str:
        """The user PIN; raises ``MasterKeyError`` when its file is missing, empty or open to others."""
        try:
            exposed, pin = is_exposed(self.pin_file), self.pin_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as cause:
            raise MasterKeyError(
                f"无法读取令牌的 PIN 文件 {self.pin_file}。",
                f"The file with the token's PIN, {self.pin_file}, cannot be read.",
                where=str(self.pin_file),
            ) from cause
        if exposed:
            raise MasterKeyError(
                f"PIN 文件 {self.pin_file} 可被其他用户访问。",
                f"The PIN file {self.pin_file} is open to other users.",
                where=str(self.pin_file),
                next_step=Text(f"执行 chmod 600 {self.pin_file}。", f"Run chmod 600 {self.pin_file}."),
            )
        if not pin:
            raise MasterKeyError(
                f"PIN 文件 {self.pin_file} 是空的。",
                f"The PIN file {self.pin_file} is empty.",
                where=str(self.pin_file),
            )
        return pin


def is_token_address(content: bytes) -> bool:
    """Whether the content of a master key file is an address rather than a key."""
    return content.startswith(SCHEME.encode())


def parse_token_address(text: str) -> TokenAddress:
    """The address in ``text``.

    Raises ``MasterKeyError`` for another scheme, an attribute that is missing, doubled or unknown, a path that is not
    absolute, or a PIN in the address itself.
    """
    text = text.strip()
    if not text.startswith(SCHEME) or len(text) > MAX_ADDRESS_CHARS:
        raise _invalid("地址应以 pkcs11: 开头。", "It must begin with pkcs11:.")
    path, _, query = text.removeprefix(SCHEME).partition("?")
    named = _attributes(path.split(";"), {"token", "object"})
    given = _attributes(query.split("&"), {"module-path", "pin-source"})
    for label in named.values():
        if not _LABEL.fullmatch(label):
            raise _invalid("token 与 object 最长 32 个字符。", "token and object have at most 32 characters.")
    module, pin_file = Path(given["module-path"]), Path(given["pin-source"].removeprefix("file:"))
    if not module.is_absolute() or not pin_file.is_absolute():
        raise _invalid(
            "module-path 与 pin-source 须为绝对路径。", "module-path and pin-source are absolute paths."
        )
    return TokenAddress(named["token"], named["object"], module, pin_file)


def _attributes(parts: list[str], names: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in parts:
        name, _, value = part.partition("=")
        if name == "pin-value":
            raise _invalid(
                "PIN 不能写在地址中，请用 pin-source。", "A PIN does not stand in an address: use pin-source."
            )
        if name not in names or name in found or not value:
            raise _invalid(f"属性 {name[:40]!r} 不正确。", f"The attribute {name[:40]!r} is not valid.")
        found[name] = unquote(value)
    if missing := names - found.keys():
        listed = ", ".join(sorted(missing))
        raise _invalid(f"缺少 {listed}。", f"Missing: {listed}.")
    return found


def _invalid(zh: str, en: str) -> MasterKeyError:
    example = "pkcs11:token=NODE;object=elicence-1?module-path=/usr/lib/…/libpkcs11.so&pin-source=file:/etc/elicence/pin"
    return MasterKeyError(
        f"令牌地址不正确（RFC 7512）：{zh}",
        f"The address of the token is not valid (RFC 7512): {en}",
        next_step=Text(f"形如 {example}。", f"It looks like {example}."),
    )
