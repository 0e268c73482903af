"""What a node on this machine remembers about itself between commands: its addresses, and the demo's first authorities.

``{data}/node.json`` lets ``elicence token --data DIR`` and the services' commands act as the node of that directory
does, without repeating its environment. Nothing in it is secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from service.embedded_store.secrets_on_disk import write_private

_ADDRESS_VARIABLES = (
    "ELICENCE_ISSUER_URL",
    "ELICENCE_WALLET_URL",
    "ELICENCE_VERIFIER_URL",
    "ELICENCE_OIDC_ISSUER",
)


def read_node_record(data: Path) -> dict[str, Any]:
    """The record; empty when the directory holds no node or an unreadable record."""
    try:
        record = orjson.loads((data / "node.json").read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return record if isinstance(record, dict) else {}


def update_node_record(data: Path, **changes: Any) -> None:
    """Replace some members of the record."""
    record = {**read_node_record(data), **changes}
    write_private(data / "node.json", orjson.dumps(record, option=orjson.OPT_INDENT_2).decode("utf-8"))


def remember_addresses(data: Path, environment: Mapping[str, str]) -> None:
    """Keep the public addresses with which a node was started."""
    update_node_record(
        data, addresses={name: environment[name] for name in _ADDRESS_VARIABLES if name in environment}
    )


def remembered_port_base(data: Path) -> int | None:
    """The ports on which ``elicence up`` began this directory; ``None`` when it is new or was served otherwise."""
    addresses = read_node_record(data).get("addresses")
    url = addresses.get("ELICENCE_ISSUER_URL") if isinstance(addresses, dict) else None
    host, _, port = str(url).rpartition(":")
    return int(port) - 1 if host == "http://localhost" and port.isascii() and port.isdigit() else None


def environment_of_node(data: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for a command that acts on the node in ``data``: what is set wins over what is remembered."""
    addresses = read_node_record(data).get("addresses")
    remembered = addresses if isinstance(addresses, dict) else {}
    # Signing in is the services' business; without the client's secret the provider's address alone is no setting.
    usable = {name: value for name, value in remembered.items() if name != "ELICENCE_OIDC_ISSUER"}
    return {**usable, **environ, "ELICENCE_DATA": str(data)}
