"""How one environment variable becomes one checked value. Each error names the variable and what to write."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from service.embedded_store.address import known_store_uri
from service.errors import SettingsError
from standards.text import Text

_Choice = TypeVar("_Choice", bound=str)

_DATABASE_PREFIX = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
"""MongoDB allows 63 bytes for a name (manual, "Naming restrictions"); the longest ending of ours takes 18."""

_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_PLAIN = re.compile(r"[\x21-\x7e]+", re.ASCII)
"""An internationalised host is written in its ASCII form (RFC 5891): others would not recognise our identifiers."""

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
"""Hosts that a browser treats as secure without TLS (W3C Secure Contexts §3.1), so plain http is allowed to them."""


def read_text(environ: Mapping[str, str], variable: str, default: str = "", *, required: bool = False) -> str:
    """A text of at most 500 characters (an identifier, a host, a scope list: nothing longer is meant)."""
    value = environ.get(variable, "").strip() or default
    if required and not value:
        raise _wrong(variable, "没有设置", "is not set", "请设置该环境变量", "set it")
    if len(value) > 500 or not value.isprintable():
        raise _wrong(
            variable,
            "过长或含有不可见字符",
            "is too long or holds unprintable characters",
            "请检查",
            "correct it",
        )
    return value


def read_path(environ: Mapping[str, str], variable: str, default: Path) -> Path:
    """A path, made absolute, because a service does not keep the directory it was started from."""
    value = environ.get(variable, "").strip()
    return (Path(value).expanduser() if value else default).absolute()


def read_optional_path(environ: Mapping[str, str], variable: str) -> Path | None:
    """A path as ``read_path`` reads it, or ``None`` where nothing is set."""
    if not environ.get(variable, "").strip():
        return None
    return read_path(environ, variable, Path())


def read_integer(environ: Mapping[str, str], variable: str, default: int, least: int, most: int) -> int:
    """A whole number within bounds; the caller says why the bounds are what they are."""
    value = environ.get(variable, "").strip()
    if not value:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", value, re.ASCII) or not least <= int(value) <= most:
        raise _wrong(
            variable,
            f"应为 {least} 到 {most} 之间的整数",
            f"must be a whole number from {least} to {most}",
            f"请设置为 {least} 到 {most}",
            f"set it to a number from {least} to {most}",
        )
    return int(value)


def read_choice(
    environ: Mapping[str, str], variable: str, default: _Choice, choices: tuple[_Choice, ...]
) -> _Choice:
    """One of a few words."""
    value = environ.get(variable, "").strip() or default
    if value not in choices:
        listed = ", ".join(choices)
        raise _wrong(variable, f"应为：{listed}", f"must be one of {listed}", "请改正", "choose one of them")
    return value


def read_pairs(
    environ: Mapping[str, str], variable: str, words: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """``name=word`` pairs separated by spaces; a name may hold anything but spaces, also further equals signs."""
    pairs = []
    for part in environ.get(variable, "").split():
        name, equals, word = part.rpartition("=")
        if not equals or not name or word not in words:
            raise _wrong(
                variable,
                f"无法理解“{part}”。",
                f"“{part}” is not understood.",
                f"写成 名称=取值，取值为 {'、'.join(words)} 之一，多项用空格分隔。",
                f"Write name=value with one of {', '.join(words)}, several separated by spaces.",
            )
        pairs.append((name, word))
    return tuple(pairs)


def read_url(environ: Mapping[str, str], variable: str, default: str) -> str:
    """An absolute https address without user, query and fragment; http only to this machine. May be empty by default."""
    value = environ.get(variable, "").strip()
    if not value:
        return default
    problem = _problem_of_url(value)
    if problem is not None:
        raise _wrong(variable, problem.zh, problem.en, "例如 https://host", "write for example https://host")
    return value.rstrip("/")


def read_origin(environ: Mapping[str, str], variable: str, default: str) -> str:
    """An origin (RFC 6454): scheme, host and port, nothing behind. May be empty by default."""
    value = read_url(environ, variable, default)
    if not value:
        return value
    if urlsplit(value).path:
        raise _wrong(
            variable,
            "只应有协议、主机和端口，不带路径",
            "must be a scheme, a host and a port, without a path",
            "例如 https://licences.example.gov.cn",
            "write for example https://licences.example.gov.cn",
        )
    return _lower_origin(value)


def read_origins(environ: Mapping[str, str], variable: str, default: frozenset[str]) -> frozenset[str]:
    """Origins separated by commas or spaces. Given ones are exact and replace the default."""
    words = [word for word in re.split(r"[,\s]+", environ.get(variable, "")) if word]
    if not words:
        return default
    origins = set()
    for word in words:
        try:
            parts = urlsplit(word)
            _ = parts.port
        except ValueError:
            parts = urlsplit("")
        # Here http to a private host is what the operator asks for by naming it; so only the form is checked.
        if (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or parts.path
            or parts.query
            or parts.username
            or not _PLAIN.fullmatch(word)
        ):
            raise _wrong(
                variable,
                "应为以逗号分隔的来源（协议://主机:端口）",
                "must list origins (scheme://host:port), separated by commas",
                "例如 https://trust.example.gov.cn,http://localhost:8001",
                "write for example https://trust.example.gov.cn,http://localhost:8001",
            )
        origins.add(_lower_origin(word))
    return frozenset(origins)


def read_store_uri(environ: Mapping[str, str], variable: str, data: Path) -> str:
    """The store's address; without one, that of the embedded store in ``data``, or empty when there is none."""
    value = environ.get(variable, "").strip()
    if not value:
        return known_store_uri(data) or ""
    if not value.startswith(("mongodb://", "mongodb+srv://")):
        raise _wrong(
            variable,
            "应以 mongodb:// 或 mongodb+srv:// 开头",
            "must start with mongodb:// or mongodb+srv://",
            "请写复制集或分片集群的地址",
            "name a replica set or a sharded cluster",
        )
    return value


def read_broker_url(environ: Mapping[str, str], variable: str) -> str:
    """The broker's address; empty when there is none, and the store wakes the workers."""
    value = environ.get(variable, "").strip()
    if value and not value.startswith(("amqp://", "amqps://", "redis://", "rediss://")):
        raise _wrong(
            variable,
            "应以 amqp://、amqps://、redis:// 或 rediss:// 开头",
            "must start with amqp://, amqps://, redis:// or rediss://",
            "请写 RabbitMQ 或 Redis 的地址，或不设置（由存储服务代劳）",
            "name a RabbitMQ or Redis server, or leave it out (the store does the work)",
        )
    return value


def read_database_prefix(environ: Mapping[str, str], variable: str, default: str) -> str:
    """Beginning of the databases' names: small letters, digits and underscores, at most 40."""
    value = environ.get(variable, "").strip() or default
    if not _DATABASE_PREFIX.fullmatch(value):
        raise _wrong(
            variable,
            "应为小写字母开头的字母、数字或下划线，最多 40 个",
            "must be small letters, digits and underscores, at most 40, a letter first",
            "例如 elicence",
            "write for example elicence",
        )
    return value


def _problem_of_url(value: str) -> Text | None:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return Text("不是有效的地址", "is not a valid address")
    if not _PLAIN.fullmatch(value):
        return Text("含有空格或非 ASCII 字符", "holds a space or a character that is not ASCII")
    if not parts.hostname or parts.username is not None or parts.query or parts.fragment:
        return Text(
            "应为不带用户名、参数的完整地址", "must be a complete address without user name and query"
        )
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL_HOSTS):
        return None
    return Text("应使用 https（仅本机可用 http）", "must use https (http only to this machine)")


def _lower_origin(value: str) -> str:
    """As browsers serialise an origin (RFC 6454 section 6.2): small letters, the default port left out."""
    parts = urlsplit(value.lower())
    netloc = parts.netloc.removesuffix(_DEFAULT_PORTS[parts.scheme]) if parts.port else parts.netloc
    return f"{parts.scheme}://{netloc}"


def _wrong(variable: str, zh: str, en: str, next_zh: str, next_en: str) -> SettingsError:
    return SettingsError(
        f"环境变量 {variable} {zh}。",
        f"The environment variable {variable} {en}.",
        where=variable,
        next_step=Text(f"{next_zh}。", f"Please {next_en}."),
    )
