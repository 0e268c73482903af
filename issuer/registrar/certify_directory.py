"""Certifying a directory of requests: for founding a node with many windows at once.

``NAME.csr.pem`` is the request, ``NAME.json`` says who asks (``uscc``, ``name``, ``division``, ``service_items`` and, for
what is no verifier, its ``role``), ``NAME.chain.pem`` is the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from issuer.registrar.certify_relying_party import certify_relying_party
from issuer.registrar.errors import InvalidRegistrationError
from issuer.registrar.registrar import Registrar
from keys.private_files import replace_private_file
from keys.trust_list import Role, ServiceItem
from standards.json_reader import Reader, parse_json
from standards.text import Text

_REQUEST = ".csr.pem"
_MAX_ITEMS = 500
_ROLES = frozenset(role.value for role in Role if role not in {Role.ISSUER, Role.SEAL})


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who asks to be certified."""

    uscc: str
    name: Text
    division: str
    service_items: tuple[ServiceItem, ...]
    role: Role = Role.VERIFIER


def parse_applicant(data: bytes) -> Applicant:
    """The applicant in a ``NAME.json``; raises ``InvalidRegistrationError``."""
    reader = Reader(parse_json(data, error=InvalidRegistrationError), error=InvalidRegistrationError)
    return Applicant(
        uscc=reader.text("uscc", max_chars=18),
        name=_text(reader, "name"),
        division=reader.text("division", max_chars=6),
        service_items=tuple(
            ServiceItem(item.text("code", max_chars=64), _text(item, "name"))
            for item in reader.objects("service_items", max_items=_MAX_ITEMS)
        ),
        role=Role(reader.optional_choice("role", _ROLES) or Role.VERIFIER),
    )


def certify_directory(registrar: Registrar, directory: Path, *, at: datetime) -> tuple[str, ...]:
    """Certify every request of a directory, each in its role; answers their codes, sorted. Publish afterwards.

    Raises ``InvalidRegistrationError`` when a request is by another organisation than its description says, and as
    ``certify_relying_party``.
    """
    certified = []
    for request_file in sorted(directory.glob(f"*{_REQUEST}")):
        name = request_file.name.removesuffix(_REQUEST)
        try:
            description = (directory / f"{name}.json").read_bytes()
        except OSError as cause:
            raise InvalidRegistrationError(
                f"缺少说明文件 {name}.json。", f"The description {name}.json is missing.", where=name
            ) from cause
        applicant = parse_applicant(description)
        chain = certify_relying_party(
            registrar,
            request_file.read_text("utf-8"),
            name=applicant.name,
            division=applicant.division,
            service_items=applicant.service_items,
            role=applicant.role,
            expected_uscc=applicant.uscc,
            at=at,
        )
        replace_private_file(directory / f"{name}.chain.pem", chain.encode("ascii"))
        certified.append(applicant.uscc)
    return tuple(sorted(certified))


def _text(reader: Reader, name: str) -> Text:
    inner = reader.object(name)
    return Text(inner.text("zh", max_chars=200), inner.text("en", max_chars=200))
