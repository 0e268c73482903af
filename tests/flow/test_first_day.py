"""The first day in production, as docs/operating.md tells it: three departments, nothing shared but the protocols.

Issuer, wallet and verifier have a data directory, a master key and databases of their own; each command is run as an
operator would. At the end a licence of region A is accepted in region B.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from service.demo.journey.walk import SERVICE_ITEM, Places, walk
from service.processes.bound import end, start_bound
from tests.flow.test_serving import ask
from tests.support.running_node import free_port_base

pytestmark = pytest.mark.flow

AUTHORITY = "11330100MB99X10161"
WINDOW = "11510100MB9901016M"
PROVIDER = "12330000MB990091XB"
BUSINESS_LICENCE = "11100000MB0143028R001"


@dataclass
class Operator:
    """Somebody at a department's machine: an environment, and commands run in it."""

    service: str
    port: int
    environment: dict[str, str]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def data(self) -> Path:
        return Path(self.environment["ELICENCE_DATA"])

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "service.command_line", *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=self.environment,
        )
        assert done.returncode == 0, f"elicence {' '.join(arguments)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def serve(self) -> None:
        command = [
            sys.executable,
            "-m",
            "service.command_line",
            "serve",
            self.service,
            "--port",
            str(self.port),
        ]
        log = self.data / "serve.log"
        with log.open("ab") as output:
            self.running.append(start_bound(command, environment=self.environment, log=output.fileno()))
        deadline = time.monotonic() + 60
        while ask(self.port, "/readyz") != 200:
            assert self.running[-1].poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)

    def end(self) -> None:
        for process in self.running:
            end(process, patience_seconds=15)


@pytest.fixture
def operators(store_uri: str, database_prefix: str, tmp_path: Path) -> Iterator[dict[str, Operator]]:
    base = free_port_base()
    ports = {"issuer": base + 1, "wallet": base + 2, "verifier": base + 3}
    identity = f"http://localhost:{base + 4}"
    urls = {f"ELICENCE_{service.upper()}_URL": f"http://localhost:{port}" for service, port in ports.items()}
    with ExitStack() as stack:
        operators = {}
        for service, port in ports.items():
            data = tmp_path / service
            data.mkdir(mode=0o700)
            operators[service] = Operator(
                service,
                port,
                {
                    "PATH": "/usr/bin:/bin",
                    "ELICENCE_DATA": str(data),
                    "ELICENCE_MASTER_KEY_FILE": str(tmp_path / f"{service}-safe" / "master.key"),
                    "ELICENCE_STORE_URI": store_uri,
                    "ELICENCE_DATABASE_PREFIX": f"{database_prefix}_{service}",
                    "ELICENCE_OIDC_ISSUER": identity,
                    "ELICENCE_OIDC_CLIENT_ID": service,
                    "ELICENCE_OIDC_CLIENT_SECRET": "of this test",
                    "ELICENCE_TRUST_LIST_URL": f"http://localhost:{ports['issuer']}/trust/list",
                    # In life these are https at public addresses; on one machine they must be named.
                    "ELICENCE_ALLOWED_ORIGINS": ",".join([*urls.values(), identity]),
                    f"ELICENCE_{service.upper()}_URL": f"http://localhost:{port}",
                    **({} if service == "wallet" else {"ELICENCE_WALLET_URL": urls["ELICENCE_WALLET_URL"]}),
                },
            )
            stack.callback(operators[service].end)
        provider = start_bound(
            [sys.executable, "-m", "service.demo.identity_provider", str(base + 4)],
            environment={"PATH": "/usr/bin:/bin", "HOME": os.environ.get("HOME", "/")},
            log=None,
        )
        stack.callback(end, provider, patience_seconds=5)
        yield operators


def test_from_nothing_to_an_accepted_licence(operators: dict[str, Operator], tmp_path: Path) -> None:
    issuer, wallet, verifier = operators["issuer"], operators["wallet"], operators["verifier"]
    for operator in operators.values():
        operator.run("new-master-key", operator.environment["ELICENCE_MASTER_KEY_FILE"])

    # The registrar founds trust, and enrols the first authority and its staff.
    issuer.run("issuer", "trust", "nation", "--name-zh", "示例国", "--name-en", "Example nation")
    for division, zh, en in (("330000", "浙江省", "Zhejiang"), ("510000", "四川省", "Sichuan")):
        issuer.run("issuer", "trust", "region", "--division", division, "--name-zh", zh, "--name-en", en)
    about = [
        "--uscc",
        AUTHORITY,
        "--name-zh",
        "杭州市场监管局",
        "--name-en",
        "Hangzhou",
        "--division",
        "330100",
    ]
    issuer.run("issuer", "authority", "enrol", *about, "--level", "city", "--type", BUSINESS_LICENCE)
    staff = ["--number", "990101198102140061", "--name", "孙经办", "--role", "clerk"]
    issuer.run("issuer", "staff", "enrol", "--authority", AUTHORITY, *staff)

    # A window in the other region makes its own key; only the request and the certificate travel.
    request, chain = tmp_path / "window.csr.pem", tmp_path / "window.chain.pem"
    about = ["--uscc", WINDOW, "--name-zh", "成都窗口", "--name-en", "Chengdu window", "--division", "510100"]
    verifier.run(
        "verifier",
        "department",
        "enrol",
        *about,
        "--service-item",
        SERVICE_ITEM,
        "--request-out",
        str(request),
    )
    about = ["--name-zh", "成都窗口", "--name-en", "Chengdu window", "--division", "510100"]
    item = f"{SERVICE_ITEM}=食品经营许可=Food business licence"
    issuer.run(
        "issuer", "trust", "certify", str(request), *about, "--service-item", item, "--out", str(chain)
    )
    verifier.run(
        "verifier", "department", "install-certificate", "--uscc", WINDOW, "--certificate", str(chain)
    )
    staff = ["--number", "990101199010100083", "--name", "吴窗口", "--role", "reception"]
    verifier.run("verifier", "staff", "enrol", "--department", WINDOW, *staff)

    # So does the wallet service, as a wallet provider.
    request, chain = tmp_path / "wallet.csr.pem", tmp_path / "wallet.chain.pem"
    about = ["--name-zh", "浙江钱包", "--division", "330000"]
    wallet.run("wallet", "request-certificate", "--uscc", PROVIDER, *about, "--out", str(request))
    about += ["--name-en", "Zhejiang wallet", "--role", "wallet_provider"]
    issuer.run("issuer", "trust", "certify", str(request), *about, "--out", str(chain))
    wallet.run("wallet", "install-certificate", "--certificate", str(chain))

    # The anchor is carried by hand, never fetched.
    for operator in (wallet, verifier):
        (operator.data / "trust").mkdir(exist_ok=True)
        (operator.data / "trust" / "anchor.pem").write_bytes(
            (issuer.data / "trust" / "anchor.pem").read_bytes()
        )

    for operator in operators.values():
        operator.serve()
    outcome = walk(
        Places(
            issuer_url=f"http://localhost:{issuer.port}",
            wallet_url=f"http://localhost:{wallet.port}",
            verifier_url=f"http://localhost:{verifier.port}",
            issuer_token=issuer.run("token", "issuer", "--authority", AUTHORITY).strip(),
            verifier_token=verifier.run("token", "verifier", "--authority", WINDOW).strip(),
        ),
        lambda sentence, seconds: None,
    )
    assert outcome.accepted
