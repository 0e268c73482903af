"""What the use cases of the issuer stand on, built once when the application is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from flask import current_app
from pymongo.database import Database

from issuer.library.licence import Licence, local_day
from issuer.library.record_document import RecordSeal
from issuer.library.standing import next_review
from issuer.library.store import LicenceStore
from keys.master_key import MasterKey
from keys.software_store import SoftwareKeyStore
from service.api_tokens import ApiTokenVerifier
from service.clock import Clock
from service.outbound import Outbound
from service.settings import Settings
from service.store import connect
from standards.licence_types import Catalogue, load_catalogue


@dataclass(frozen=True)
class IssuerNode:
    """One issuer node.

    Attributes:
        settings: what the operator decided.
        clock: the time.
        database: of the issuer service.
        master_key: everything else at rest is sealed under it.
        keys: the signing keys of the node's authorities and certificate authorities.
        catalogue: the licence types.
        outbound: for what is fetched from elsewhere.
        api_tokens: checks the bearer tokens of departments' systems.
        licences: the licence library.
    """

    settings: Settings
    clock: Clock
    database: Database[dict[str, Any]]
    master_key: MasterKey
    keys: SoftwareKeyStore
    catalogue: Catalogue
    outbound: Outbound
    api_tokens: ApiTokenVerifier
    licences: LicenceStore


def open_node(settings: Settings, clock: Clock) -> IssuerNode:
    """Connect to the store and load the keys; for the application and for commands.

    Raises:
        SettingsError, StoreUnavailableError, StoreUnsuitableError: the store cannot be used.
        MasterKeyError: the master key file cannot be used.
    """
    database = connect(settings, "issuer")
    master_key = MasterKey.load(settings.master_key_file)
    catalogue = load_catalogue()
    return IssuerNode(
        settings=settings,
        clock=clock,
        database=database,
        master_key=master_key,
        keys=SoftwareKeyStore(settings.keys_directory, master_key),
        catalogue=catalogue,
        outbound=Outbound(settings.allowed_origins),
        api_tokens=ApiTokenVerifier(master_key, "issuer", clock),
        licences=open_licence_store(database, master_key, catalogue, clock),
    )


def open_licence_store(
    database: Database[dict[str, Any]], master_key: MasterKey, catalogue: Catalogue, clock: Clock
) -> LicenceStore:
    """The licence library over a database."""
    seal = RecordSeal(master_key.envelope("licence-record"), master_key.lookup_key())

    def review(licence: Licence) -> Any:
        return next_review(licence, catalogue.by_code(licence.type_code), local_day(clock.now()))

    return LicenceStore(database, seal, review)


def current_node() -> IssuerNode:
    """The node of the application that answers the current request."""
    return cast("IssuerNode", current_app.extensions["elicence.issuer"])
