"""What the use cases of the issuer stand on, built once when the application is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from flask import current_app
from pymongo.database import Database

from issuer.authorization.bundle_tokens import BundleTokens
from issuer.authorization.find_licences import FindingDesk
from issuer.authorization.provider_trust import ProviderTrust
from issuer.authorization.server import AuthorizationServer
from issuer.authorization.store import AuthorizationStore
from issuer.catalogue.live import LiveCatalogue
from issuer.catalogue.make_type import CatalogueDesk
from issuer.catalogue.published import PublishedTypes
from issuer.catalogue.store import CatalogueStore
from issuer.chain.seal_events import ChainSealer
from issuer.chain.store import ChainStore
from issuer.discrepancies import DiscrepancyStore
from issuer.documents.desk import DocumentDesk
from issuer.documents.open_desk import open_documents
from issuer.issuance.desk import IssuanceDesk, open_issuance
from issuer.library.library import Library
from issuer.library.licence import Licence, local_day
from issuer.library.record_document import RecordSeal
from issuer.library.review_standings import StandingReview
from issuer.library.standing import next_review
from issuer.library.store import LicenceStore
from issuer.library.store.current import CurrentLicences
from issuer.library.store.finding import LicenceFinder
from issuer.library.store.persons import PersonsLicences
from issuer.registrar.registrar import Registrar, open_registrar
from issuer.registrar.store import AuthorityStore
from issuer.searching.store import SearchLog
from issuer.sources.registers import HolderRegisters
from issuer.sources.registers.connect import connect_registers
from issuer.sources.store import SourceStore
from issuer.staff.store import StaffStore
from keys.master_key import MasterKey
from keys.software_store import SoftwareKeyStore
from service.api_tokens import ApiTokenVerifier
from service.clock import Clock
from service.complaints import ComplaintDesk
from service.complaints.store import PURPOSE as COMPLAINTS_PURPOSE
from service.outbound import Outbound
from service.settings import Settings
from service.store import connect
from service.trust_feed import TrustFeed
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
        catalogue: the licence types, those made here included, as of at most a second ago.
        types: makes, publishes and withdraws licence types.
        outbound: for what is fetched from elsewhere.
        api_tokens: checks the bearer tokens of departments' systems.
        authorities: who issues from this node, and which types.
        licences: the records of the licence library.
        library: the records with the status lists that follow them.
        issuance: offers, credentials and status lists.
        registrar: the nation, regions and registrations that this node keeps.
        staff: who works for the node's authorities.
        standing_review: brings what the passing of time changes to the copies.
        search_log: who looked for whose licences, and why.
        current_licences: reads many licences at once, each in its newest version.
        finder: selections, lists and numbers, among millions.
        sources: the source systems of the node's authorities, and how stale each is.
        discrepancies: where a source and the library disagree.
        registers: of persons and legal entities, as far as the operator connected them.
        chain: seals what happened to licences into the chains of their authorities.
        blocks: those chains.
        authorization: lets persons find and claim what the library holds of them.
        complaints: takes complaints about searches in the library.
        documents: makes and keeps the sealed documents of licences.
    """

    settings: Settings
    clock: Clock
    database: Database[dict[str, Any]]
    master_key: MasterKey
    keys: SoftwareKeyStore
    catalogue: LiveCatalogue
    types: CatalogueDesk
    outbound: Outbound
    api_tokens: ApiTokenVerifier
    authorities: AuthorityStore
    licences: LicenceStore
    library: Library
    issuance: IssuanceDesk
    registrar: Registrar
    staff: StaffStore
    standing_review: StandingReview
    search_log: SearchLog
    current_licences: CurrentLicences
    finder: LicenceFinder
    sources: SourceStore
    discrepancies: DiscrepancyStore
    registers: HolderRegisters
    chain: ChainSealer
    blocks: ChainStore
    authorization: AuthorizationServer
    complaints: ComplaintDesk
    documents: DocumentDesk


def open_node(settings: Settings, clock: Clock) -> IssuerNode:
    """Connect to the store and load the keys; for the application and for commands.

    Raises:
        SettingsError, StoreUnavailableError, StoreUnsuitableError: the store cannot be used.
        MasterKeyError: the master key file cannot be used.
    """
    database = connect(settings, "issuer")
    master_key = MasterKey.load(settings.master_key_file)
    catalogue = open_catalogue(database)
    licences = open_licence_store(database, master_key, catalogue, clock)
    keys = SoftwareKeyStore(settings.keys_directory, master_key)
    issuance = open_issuance(
        settings=settings,
        database=database,
        master_key=master_key,
        keys=keys,
        catalogue=catalogue,
        licences=licences,
    )
    library = Library(licences, catalogue, issuance.changes)
    outbound = Outbound(settings.allowed_origins)
    registrar = open_registrar(settings, database, keys)
    blocks = open_chain(database, master_key)
    return IssuerNode(
        settings=settings,
        clock=clock,
        database=database,
        master_key=master_key,
        keys=keys,
        catalogue=catalogue,
        types=CatalogueDesk(
            CatalogueStore(database), PublishedTypes(database), catalogue, registrar, settings.issuer_url
        ),
        outbound=outbound,
        api_tokens=ApiTokenVerifier(master_key, "issuer", clock),
        authorities=AuthorityStore(database),
        licences=licences,
        library=library,
        issuance=issuance,
        registrar=registrar,
        staff=StaffStore(database, master_key),
        standing_review=StandingReview(library),
        search_log=open_search_log(database, master_key),
        complaints=ComplaintDesk(database, master_key.envelope(COMPLAINTS_PURPOSE)),
        documents=open_documents(database, master_key, registrar, issuance, outbound),
        current_licences=CurrentLicences(database, record_seal(master_key)),
        finder=LicenceFinder(database, record_seal(master_key)),
        sources=SourceStore(database),
        discrepancies=open_discrepancies(database, master_key),
        registers=connect_registers(settings, database, master_key.lookup_key(), outbound),
        chain=ChainSealer(blocks, record_seal(master_key)),
        blocks=blocks,
        authorization=AuthorizationServer(
            identifier=settings.issuer_url,
            store=open_authorizations(database, master_key),
            tokens=BundleTokens(master_key.envelope("issuance/bundle-tokens")),
            trust=ProviderTrust(
                registrar,
                TrustFeed(settings, outbound, clock),
                publishes=settings.trust_list_url == f"{settings.issuer_url}/trust/list",
            ),
            issuance=issuance,
            finding=FindingDesk(PersonsLicences(database, record_seal(master_key)), issuance.types),
            registered=AuthorityStore(database),
        ),
    )


def open_authorizations(database: Database[dict[str, Any]], master_key: MasterKey) -> AuthorizationStore:
    """The authorisations over a database."""
    return AuthorizationStore(database, master_key.envelope("authorizations"), master_key.lookup_key())


def open_catalogue(database: Database[dict[str, Any]]) -> LiveCatalogue:
    """The catalogue over a database: what ships, and what was made here."""
    return LiveCatalogue(load_catalogue(), PublishedTypes(database))


def open_licence_store(
    database: Database[dict[str, Any]], master_key: MasterKey, catalogue: Catalogue, clock: Clock
) -> LicenceStore:
    """The licence library over a database."""
    seal = record_seal(master_key)

    def review(licence: Licence) -> date | None:
        return next_review(licence, catalogue.by_vct(licence.vct), local_day(clock.now()))

    return LicenceStore(database, seal, review)


def record_seal(master_key: MasterKey) -> RecordSeal:
    """The keys under which licences lie in the store."""
    return RecordSeal(master_key.envelope("licence-record"), master_key.lookup_key())


def open_chain(database: Database[dict[str, Any]], master_key: MasterKey) -> ChainStore:
    """The chains of events over a database."""
    return ChainStore(database, master_key.envelope("licence-blocks"))


def open_search_log(database: Database[dict[str, Any]], master_key: MasterKey) -> SearchLog:
    """The search log over a database."""
    return SearchLog(database, master_key.envelope("search-log"), master_key.lookup_key())


def open_discrepancies(database: Database[dict[str, Any]], master_key: MasterKey) -> DiscrepancyStore:
    """The discrepancies over a database."""
    return DiscrepancyStore(database, master_key.envelope("discrepancy"))


def current_node() -> IssuerNode:
    """The node of the application that answers the current request."""
    return cast("IssuerNode", current_app.extensions["elicence.issuer"])
