"""What will run where: fixed before anything starts."""

from __future__ import annotations

import secrets
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from service.demo.people import IN_PERSON_ACR, PROVINCE_ACR
from service.settings import ServiceName
from service.supervisor.errors import PortInUseError
from standards.text import Text

SERVICES: tuple[ServiceName, ...] = ("issuer", "wallet", "verifier")
"""In the order of their ports: base + 1, 2, 3. The identity provider follows on base + 4."""

TITLES: Mapping[str, Text] = {
    "issuer": Text("签发", "Issuer"),
    "wallet": Text("卡包", "Wallet"),
    "verifier": Text("窗口", "Window"),
    "identity": Text("示例身份提供方", "Demo identity provider"),
}

WORKER_TITLES: Mapping[ServiceName, Text] = {
    "issuer": Text("签发的后台任务", "Background work of the issuer"),
    "wallet": Text("卡包的后台任务", "Background work of the wallet"),
    "verifier": Text("窗口的后台任务", "Background work of the window"),
}


@dataclass(frozen=True, slots=True)
class NodePlan:
    """Addresses, directories and environments of a node."""

    data: Path
    port_base: int

    def port(self, part: str) -> int:
        """Port of a service or of ``"identity"``."""
        return self.port_base + 1 + (*SERVICES, "identity").index(part)

    def url(self, part: str) -> str:
        """Public address. A host name, because WebAuthn and ``x509_san_dns`` refuse addresses."""
        return f"http://localhost:{self.port(part)}"

    @property
    def run_directory(self) -> Path:
        """Lock and logs."""
        return self.data / "run"

    def log_file(self, part: str) -> Path:
        """Where a part's output goes."""
        return self.run_directory / f"{part}.log"

    def environment(self, inherited: Mapping[str, str], store_uri: str) -> dict[str, str]:
        """The environment that all parts of the node share, over what was inherited."""
        # Its own origins always: without them the parts would not reach each other.
        origins = [self.url(part) for part in (*SERVICES, "identity")]
        origins += [inherited.get("ELICENCE_ALLOWED_ORIGINS", "")]
        master_key = inherited.get("ELICENCE_MASTER_KEY_FILE") or str(self.data / "master.key")
        return {
            # Where the provider runs with us, nothing that Python would load by accident does.
            **{name: value for name, value in inherited.items() if name not in _NOT_INHERITED},
            "ELICENCE_DATA": str(self.data),
            "ELICENCE_STORE_URI": store_uri,
            "ELICENCE_ISSUER_URL": self.url("issuer"),
            "ELICENCE_WALLET_URL": self.url("wallet"),
            "ELICENCE_VERIFIER_URL": self.url("verifier"),
            "ELICENCE_ALLOWED_ORIGINS": " ".join(origins).strip(),
            "ELICENCE_MASTER_KEY_FILE": master_key,
            "ELICENCE_TRUST_ANCHOR_FILE": inherited.get("ELICENCE_TRUST_ANCHOR_FILE")
            or str(self.data / "trust" / "anchor.pem"),
            "ELICENCE_TRUST_LIST_URL": inherited.get("ELICENCE_TRUST_LIST_URL")
            or f"{self.url('issuer')}/trust/list",
            "ELICENCE_OIDC_ISSUER": self.url("identity"),
            # The demo's provider takes any client; a secret of chance is still better than one that is known.
            "ELICENCE_OIDC_CLIENT_SECRET": secrets.token_urlsafe(24),
            "ELICENCE_OIDC_CLIENT_ID": "elicence",
            "ELICENCE_OIDC_ASSURANCE": f"{IN_PERSON_ACR}=high",
            "ELICENCE_OIDC_PROVIDERS_FILE": str(self.providers_file),
            "PYTHONUNBUFFERED": "1",
        }

    def service_environment(self, shared: Mapping[str, str], service: ServiceName) -> dict[str, str]:
        """What one service gets beside the shared environment."""
        return {
            **shared,
            "ELICENCE_LISTEN_HOST": "127.0.0.1",
            "ELICENCE_LISTEN_PORT": str(self.port(service)),
            "ELICENCE_OIDC_CLIENT_ID": f"elicence-{service}",
        }

    def service_command(self, service: ServiceName) -> list[str]:
        """How a service is started: as in production."""
        return [sys.executable, "-m", "service.command_line", "serve", service]

    def worker_command(self, service: ServiceName) -> list[str]:
        """How the background work of a service is started: as in production."""
        return [sys.executable, "-m", "service.command_line", "worker", service]

    def identity_command(self) -> list[str]:
        """How the demo's identity provider is started."""
        ports = (str(self.port("identity")), str(self.province_port))
        return [sys.executable, "-m", "service.demo.identity_provider", *ports]

    @property
    def province_port(self) -> int:
        """Port of the demo's second identity provider: base + 5."""
        return self.port("identity") + 1

    @property
    def providers_file(self) -> Path:
        """Where the node's services read which further identity providers there are."""
        return self.run_directory / "identity-providers.json"

    def write_providers(self) -> None:
        """Name the demo's province as a further provider."""
        self.run_directory.mkdir(parents=True, exist_ok=True)
        secret_file = self.run_directory / "identity-province.secret"
        secret_file.touch(mode=0o600)
        secret_file.write_text(secrets.token_urlsafe(24), encoding="ascii")
        province = {
            "key": "zhejiang",
            "issuer": f"http://localhost:{self.province_port}",
            "client_id": "elicence-{service}",
            "client_secret_file": secret_file.name,
            "name": {"zh": "浙江省统一身份认证（示例）", "en": "Zhejiang province (example)"},
            "level": "province",
            "divisions": ["330000"],
            "assurance": {PROVINCE_ACR: "substantial"},
        }
        self.providers_file.write_bytes(orjson.dumps({"providers": [province]}))

    def check_ports(self) -> None:
        """See that nobody listens on the five ports.

        Raises:
            PortInUseError: names the first port in use and how to choose others.
        """
        places = [(self.port(part), TITLES[part]) for part in (*SERVICES, "identity")]
        for port, title in (*places, (self.province_port, TITLES["identity"])):
            with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError as error:
                    raise PortInUseError(
                        f"端口 {port}（{title.zh}）已被占用。",
                        f"Port {port} ({title.en}) is in use.",
                        where="--port-base",
                        next_step=Text(
                            "请停止占用者；新的数据目录也可用 --port-base 选择别的端口，例如 --port-base 9000。",
                            "Stop whoever uses it; a new data directory may take other ports, for example "
                            "--port-base 9000.",
                        ),
                    ) from error


_NOT_INHERITED = frozenset({"ELICENCE_LISTEN_HOST", "ELICENCE_LISTEN_PORT", "ELICENCE_WORKERS", "PYTHONPATH"})
