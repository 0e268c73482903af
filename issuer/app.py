"""The application factory of the issuer service."""

from __future__ import annotations

import os
from typing import Final

from flask import Flask

from issuer.authorization import openapi as authorization_openapi
from issuer.authorization import protocol_views as authorization_protocol_views
from issuer.authorization import views as authorization_views
from issuer.batches import openapi as batches_openapi
from issuer.batches import views as batch_views
from issuer.batches.store import BatchStore
from issuer.catalogue import management_views as catalogue_management
from issuer.catalogue import openapi as catalogue_openapi
from issuer.catalogue import views as catalogue_views
from issuer.catalogue.store import CatalogueStore
from issuer.chain.store import ChainStore
from issuer.complaints import desk_views as complaint_views
from issuer.console.installation import NAVIGATION, install_console
from issuer.discrepancies import DiscrepancyStore
from issuer.discrepancies import openapi as discrepancies_openapi
from issuer.discrepancies import views as discrepancy_views
from issuer.documents import openapi as documents_openapi
from issuer.documents import views as document_views
from issuer.documents.renewal.job import RenewalMeasures
from issuer.errors import ERRORS
from issuer.holders import openapi as holders_openapi
from issuer.holders import views as holder_views
from issuer.imports import desk as imports_desk
from issuer.imports import export_openapi, export_views
from issuer.imports import openapi as imports_openapi
from issuer.imports import views as imports_views
from issuer.issuance import openapi as issuance_openapi
from issuer.issuance import protocol_views as issuance_protocol_views
from issuer.issuance import public_views as issuance_public_views
from issuer.issuance import views as issuance_views
from issuer.issuance.made_offers_store import MadeOffers
from issuer.jobs import openapi as jobs_openapi
from issuer.jobs import views as jobs_views
from issuer.library import openapi as library_openapi
from issuer.library import views as library_views
from issuer.library.store import LicenceStore
from issuer.node import open_node
from issuer.operations import desk as operations_desk
from issuer.operations import openapi as operations_openapi
from issuer.operations import pages as operations_pages
from issuer.operations import views as operations_views
from issuer.registrar import openapi as registrar_openapi
from issuer.registrar import views as registrar_views
from issuer.registrar.store import RegistrarStore
from issuer.searching import openapi as searching_openapi
from issuer.searching import views as searching_views
from issuer.searching.store import SearchLog
from issuer.sources import openapi as sources_openapi
from issuer.sources import views as source_views
from issuer.sources.measures import SourceMeasures
from issuer.sources.store import SourceStore
from issuer.staff.store import StaffStore
from issuer.status import openapi as status_openapi
from issuer.status import views as status_views
from service.clock import Clock, SystemClock
from service.jobs import JobStore
from service.settings import Settings
from service.store import check_health
from service.web.application import create_web_app
from service.web.health import measures_of
from service.web.sign_in import install_sign_in

BLUEPRINTS: Final = (
    catalogue_views.blueprint,
    catalogue_management.blueprint,
    searching_views.blueprint,
    library_views.blueprint,
    imports_views.blueprint,
    export_views.blueprint,
    batch_views.blueprint,
    issuance_views.blueprint,
    issuance_protocol_views.blueprint,
    authorization_protocol_views.blueprint,
    authorization_views.blueprint,
    issuance_public_views.blueprint,
    status_views.blueprint,
    registrar_views.blueprint,
    jobs_views.blueprint,
    source_views.blueprint,
    operations_views.blueprint,
    operations_pages.blueprint,
    discrepancy_views.blueprint,
    complaint_views.blueprint,
    complaint_views.desk,
    document_views.blueprint,
    holder_views.blueprint,
    document_views.clock,
)
"""The views of the features."""

OPENAPI_FRAGMENTS: Final = (
    catalogue_openapi.OPENAPI,
    library_openapi.OPENAPI,
    searching_openapi.OPENAPI,
    registrar_openapi.OPENAPI,
    imports_openapi.OPENAPI,
    export_openapi.OPENAPI,
    batches_openapi.OPENAPI,
    issuance_openapi.OPENAPI,
    authorization_openapi.OPENAPI,
    status_openapi.OPENAPI,
    jobs_openapi.OPENAPI,
    sources_openapi.OPENAPI,
    operations_openapi.OPENAPI,
    discrepancies_openapi.OPENAPI,
    documents_openapi.OPENAPI,
    holders_openapi.OPENAPI,
)
"""What the features say of their paths."""


def ensure_indexes() -> None:
    """Make the indexes of every feature; repeating it changes nothing."""
    CatalogueStore.ensure_indexes()
    LicenceStore.ensure_indexes()
    ChainStore.ensure_indexes()
    SearchLog.ensure_indexes()
    RegistrarStore.ensure_indexes()
    StaffStore.ensure_indexes()
    imports_desk.ensure_indexes()
    BatchStore.ensure_indexes()
    operations_desk.ensure_indexes()
    SourceStore.ensure_indexes()
    DiscrepancyStore.ensure_indexes()


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> Flask:
    """The issuer's WSGI application.

    Args:
        settings: from the environment unless given.
        clock: the machine's unless given.
    """
    settings = settings or Settings.from_environment(os.environ)
    node = open_node(settings, clock or SystemClock())
    ensure_indexes()
    node.authorization.store.ensure_indexes()
    node.complaints.ensure_indexes()
    JobStore(node.database).ensure_indexes()
    MadeOffers(node.database).ensure_indexes()
    app = create_web_app(
        __name__,
        settings,
        service="issuer",
        errors=ERRORS,
        ready=lambda: check_health(node.database),
        openapi=OPENAPI_FRAGMENTS,
        navigation=NAVIGATION,
    )
    app.extensions["elicence.issuer"] = node
    install_sign_in(
        app,
        settings,
        service="issuer",
        database=node.database,
        master_key=node.master_key,
        clock=node.clock,
    )
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    install_console(app)
    measures_of(app).registry.register(RenewalMeasures(node.documents.store, node.clock))
    measures_of(app).registry.register(SourceMeasures(node.sources, node.discrepancies, node.clock))
    return app
