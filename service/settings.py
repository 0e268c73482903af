"""What the operator decides, read once from the environment and checked before anything starts.

Every field is checked by :meth:`Settings.from_environment`; a wrong value stops the process with a
:class:`~service.errors.SettingsError` that names the variable and says what to write instead. Nothing secret has a
default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from service.setting_readers import (
    read_broker_url,
    read_choice,
    read_database_prefix,
    read_integer,
    read_optional_path,
    read_origin,
    read_origins,
    read_pairs,
    read_path,
    read_store_uri,
    read_text,
    read_url,
)

ServiceName = Literal["issuer", "wallet", "verifier"]

DEFAULT_DATA = Path("var/node")
"""Where ``elicence up`` keeps a node when nobody says otherwise: inside the checkout, ignored by git."""

OWN_LIBRARY = "library"
"""In place of a register's address: this node's own licences are the register."""

DEFAULT_PORT_BASE = 8000
"""Issuer, wallet, verifier and the demo's identity provider listen on this port + 1, 2, 3, 4."""


@dataclass(frozen=True)
class ClaimNames:
    """Which claims of the identity provider say who signed in; every national or provincial provider has its own."""

    name: str = "name"
    """Full name."""
    code_type: str = "id_code_type"
    """Kind of identity document, a code of GB/T 36903 annex A (``111`` is the citizen identity number)."""
    number: str = "id_number"
    """Number on that document."""
    assurance: str = "acr"
    """How strongly the person was identified (OpenID Connect Core §2, ``acr``)."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One process's settings, complete and checked."""

    data: Path = DEFAULT_DATA
    """Directory of this node: master key, sealed signing keys, trust anchor, and the embedded store if there is one."""
    store_uri: str = field(default="", repr=False)
    """``mongodb://`` or ``mongodb+srv://`` address of a replica set or a sharded cluster; holds a password."""
    database_prefix: str = "elicence"
    """Databases are called ``{prefix}_issuer``, ``_wallet``, ``_verifier``, so that nodes can share a cluster."""
    broker_url: str = field(default="", repr=False)
    """``amqp(s)://`` or ``redis(s)://`` address of the broker that wakes workers; empty: the store does. May hold a
    password."""
    issuer_url: str = f"http://localhost:{DEFAULT_PORT_BASE + 1}"
    """Public origin of the issuer, no trailing slash; also the first authority's issuer identifier."""
    wallet_url: str = f"http://localhost:{DEFAULT_PORT_BASE + 2}"
    """Public origin of the wallet, no trailing slash."""
    verifier_url: str = f"http://localhost:{DEFAULT_PORT_BASE + 3}"
    """Public origin of the verifier, no trailing slash."""
    allowed_origins: frozenset[str] = frozenset()
    """Origins that may be fetched although they are not https on a public address: this node's own unless set."""
    master_key_file: Path = DEFAULT_DATA / "master.key"
    """The key under which everything else on this node is sealed; a file that only its owner can read."""
    trust_anchor_file: Path = DEFAULT_DATA / "trust" / "anchor.pem"
    """PEM certificates of the trusted roots. From configuration, never from the network."""
    trust_list_url: str = f"http://localhost:{DEFAULT_PORT_BASE + 1}/trust/list"
    """Where the nation's signed trust list is fetched."""
    oidc_issuer: str = ""
    """Issuer identifier of the identity provider at which people sign in; empty: nobody can sign in."""
    oidc_client_id: str = ""
    """This service's client id there."""
    oidc_client_secret: str = field(default="", repr=False)
    """This service's client secret there."""
    oidc_claims: ClaimNames = ClaimNames()
    """Where the provider puts name and identity number."""
    oidc_scope: str = "openid profile"
    """Scopes asked for, separated by spaces; ``openid`` is always among them."""
    oidc_assurance: tuple[tuple[str, str], ...] = ()
    """Pairs of the provider's ``acr`` and ``low``, ``substantial`` or ``high``; what is not named counts as low."""
    oidc_providers_file: Path | None = None
    """Further identity providers (``service.web.sign_in.providers``); unset: none."""
    listen_host: str = "127.0.0.1"
    """Address on which ``elicence serve`` listens; loopback unless told, because TLS is the proxy's business."""
    listen_port: int = DEFAULT_PORT_BASE
    """Port on which ``elicence serve`` listens."""
    workers: int = 1
    """Processes of one service."""
    blocking_threads: int = 4
    """Requests that one process works on at a time. Writes wait for the disk, so fewer than four idle the core; a
    process that only checks (``POST /api/v1/checks``) writes nothing and is a third faster with one, because
    threads that compute only take the interpreter's lock from each other."""
    population_register: str = ""
    """Register that knows citizen numbers: an address, ``library`` for this node's own identity cards, or empty: none."""
    entity_register: str = ""
    """Register that knows unified social credit codes: likewise, with this node's own business licences."""
    register_token_file: Path | None = None
    """Holds the bearer token with which registers at an address are asked."""
    foreign_anchors_file: Path | None = None
    """Organisations outside the trust lists with whom the wallet deals (``wallet.foreign.anchors``); unset: none."""
    tsa_url: str = ""
    """RFC 3161 service that stamps documents; empty: this node's own clock does."""
    tsa_anchors_file: Path | None = None
    """PEM, the certificates from which that service's own must come; without it, the nation's root."""
    upstream: str = ""
    """Origin of the department's central verifier, where this node is a window's own (``verifier.offline``); empty: none."""
    upstream_token_file: Path | None = None
    """Holds the bearer token with which the upstream is asked; names this window there."""
    watched_folder: Path | None = None
    """Folder in which source systems put files to import (``issuer.imports.watch_folders``); unset: none is watched."""
    jobs_at_a_time: int = 2
    """How many jobs one worker process works on at a time; each in a thread, with processes of its own if it computes."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least important event that is logged."""

    @property
    def keys_directory(self) -> Path:
        """Directory of the sealed signing keys."""
        return self.data / "keys"

    def database_name(self, service: ServiceName) -> str:
        """Name of a service's database."""
        return f"{self.database_prefix}_{service}"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Read and check all settings.

        Raises:
            SettingsError: a variable is missing or unusable; ``where`` names it.
        """
        data = read_path(environ, "ELICENCE_DATA", DEFAULT_DATA)
        issuer_url = read_origin(environ, "ELICENCE_ISSUER_URL", cls.issuer_url)
        wallet_url = read_origin(environ, "ELICENCE_WALLET_URL", cls.wallet_url)
        verifier_url = read_origin(environ, "ELICENCE_VERIFIER_URL", cls.verifier_url)
        oidc_issuer = read_url(environ, "ELICENCE_OIDC_ISSUER", "")
        own = {
            "ELICENCE_ISSUER_URL": issuer_url,
            "ELICENCE_WALLET_URL": wallet_url,
            "ELICENCE_VERIFIER_URL": verifier_url,
        }
        return cls(
            data=data,
            store_uri=read_store_uri(environ, "ELICENCE_STORE_URI", data),
            database_prefix=read_database_prefix(environ, "ELICENCE_DATABASE_PREFIX", "elicence"),
            broker_url=read_broker_url(environ, "ELICENCE_BROKER_URL"),
            issuer_url=issuer_url,
            wallet_url=wallet_url,
            verifier_url=verifier_url,
            allowed_origins=read_origins(environ, "ELICENCE_ALLOWED_ORIGINS", _own_origins(environ, own)),
            master_key_file=read_path(environ, "ELICENCE_MASTER_KEY_FILE", data / "master.key"),
            trust_anchor_file=read_path(environ, "ELICENCE_TRUST_ANCHOR_FILE", data / "trust" / "anchor.pem"),
            trust_list_url=read_url(environ, "ELICENCE_TRUST_LIST_URL", f"{issuer_url}/trust/list"),
            oidc_issuer=oidc_issuer,
            # Where people sign in, the provider must be able to tell our services apart: no default for either.
            oidc_client_id=read_text(environ, "ELICENCE_OIDC_CLIENT_ID", required=bool(oidc_issuer)),
            oidc_client_secret=read_text(environ, "ELICENCE_OIDC_CLIENT_SECRET", required=bool(oidc_issuer)),
            oidc_claims=ClaimNames(
                name=read_text(environ, "ELICENCE_OIDC_CLAIM_NAME", ClaimNames.name),
                code_type=read_text(environ, "ELICENCE_OIDC_CLAIM_CODE_TYPE", ClaimNames.code_type),
                number=read_text(environ, "ELICENCE_OIDC_CLAIM_NUMBER", ClaimNames.number),
                assurance=read_text(environ, "ELICENCE_OIDC_CLAIM_ASSURANCE", ClaimNames.assurance),
            ),
            oidc_scope=read_text(environ, "ELICENCE_OIDC_SCOPE", cls.oidc_scope),
            oidc_assurance=read_pairs(environ, "ELICENCE_OIDC_ASSURANCE", ("low", "substantial", "high")),
            oidc_providers_file=read_optional_path(environ, "ELICENCE_OIDC_PROVIDERS_FILE"),
            listen_host=read_text(environ, "ELICENCE_LISTEN_HOST", cls.listen_host),
            # 0 would be a port that no proxy can be told of; above 65535 there is none (RFC 9293 §3.1, 16 bits).
            listen_port=read_integer(environ, "ELICENCE_LISTEN_PORT", cls.listen_port, 1, 65535),
            # More processes than the largest single machine has cores only cost memory, about 90 MB each.
            workers=read_integer(environ, "ELICENCE_WORKERS", cls.workers, 1, 256),
            # Under 4, a core idles while durable writes wait for the disk; over 64, threads queue for the interpreter.
            blocking_threads=read_integer(environ, "ELICENCE_BLOCKING_THREADS", cls.blocking_threads, 1, 64),
            population_register=_read_register(environ, "ELICENCE_POPULATION_REGISTER"),
            entity_register=_read_register(environ, "ELICENCE_ENTITY_REGISTER"),
            register_token_file=read_optional_path(environ, "ELICENCE_REGISTER_TOKEN_FILE"),
            foreign_anchors_file=read_optional_path(environ, "ELICENCE_FOREIGN_ANCHORS_FILE"),
            tsa_url=read_url(environ, "ELICENCE_TSA_URL", ""),
            tsa_anchors_file=read_optional_path(environ, "ELICENCE_TSA_ANCHORS_FILE"),
            upstream=read_origin(environ, "ELICENCE_UPSTREAM", ""),
            upstream_token_file=read_optional_path(environ, "ELICENCE_UPSTREAM_TOKEN_FILE"),
            watched_folder=read_optional_path(environ, "ELICENCE_WATCHED_FOLDER"),
            # Each may hold a pool of processes: more than a few fight for the cores.
            jobs_at_a_time=read_integer(environ, "ELICENCE_WORKER_JOBS", cls.jobs_at_a_time, 1, 64),
            log_level=read_choice(
                environ, "ELICENCE_LOG_LEVEL", cls.log_level, ("debug", "info", "warning", "error")
            ),
        )


def _read_register(environ: Mapping[str, str], variable: str) -> str:
    """``library``, an address, or empty."""
    if environ.get(variable, "").strip() == OWN_LIBRARY:
        return OWN_LIBRARY
    return read_url(environ, variable, "")


def _own_origins(environ: Mapping[str, str], own: Mapping[str, str]) -> frozenset[str]:
    """This node's own origins: those that are set, so that a service in production may not fetch from localhost."""
    given = frozenset(url for variable, url in own.items() if environ.get(variable, "").strip())
    return given or frozenset(own.values())
