"""What the use cases of issuing stand on, built once for a node; everything that is cached lives here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo.database import Database

from issuer.issuance.access_tokens import AccessTokens
from issuer.issuance.configurations import OfferedTypes
from issuer.issuance.credential_issuer import CredentialIssuer, CredentialIssuers
from issuer.issuance.credential_templates import CredentialTemplates
from issuer.issuance.handles import Handles
from issuer.issuance.refresh_rules import RefreshRules
from issuer.issuance.refresh_store import RefreshStore
from issuer.issuance.store import OfferStore
from issuer.issuance.uses import SingleUses
from issuer.library.standing import status_value
from issuer.library.store import LicenceStore
from issuer.registrar.authority import authority_key_id
from issuer.registrar.store import AuthorityStore
from issuer.status.allocate_entries import EntryAllocator
from issuer.status.change import CurrentStatus, StatusChanges
from issuer.status.publish_list import StatusListPublisher
from issuer.status.store import StatusStore
from keys.certificates import load_certificate
from keys.lookup import LookupKey
from keys.master_key import MasterKey
from keys.signer import Signer
from keys.software_store import SoftwareKeyStore
from service.settings import Settings
from standards.licence_types import Catalogue


@dataclass(frozen=True)
class IssuanceDesk:
    """Everything that issuing needs.

    Attributes:
        settings: of the node.
        licences: the library.
        issuers: the authorities of the node as credential issuers.
        types: the licence types as credential configurations.
        templates: prepared parts of credentials.
        offers: offers and what became of them.
        families: refresh tokens, and what became of them.
        uses: what can happen once.
        handles: makes and reads codes.
        access_tokens: makes and reads access tokens.
        nonce_keys: MAC keys of nonces, the current one first.
        lookup: keyed hashes of holder numbers.
        entries: gives copies their status entries.
        changes: carries a licence's status to its copies; what the library reports to.
        status_lists: publishes the lists.
    """

    settings: Settings
    licences: LicenceStore
    issuers: CredentialIssuers
    types: OfferedTypes
    templates: CredentialTemplates
    offers: OfferStore
    families: RefreshStore
    uses: SingleUses
    handles: Handles
    access_tokens: AccessTokens
    nonce_keys: tuple[bytes, ...]
    lookup: LookupKey
    entries: EntryAllocator
    changes: StatusChanges
    status_lists: StatusListPublisher


def open_issuance(
    *,
    settings: Settings,
    database: Database[dict[str, Any]],
    master_key: MasterKey,
    keys: SoftwareKeyStore,
    catalogue: Catalogue,
    licences: LicenceStore,
) -> IssuanceDesk:
    """The desk of a node; creates the indexes of its collections when they are missing."""
    authorities = AuthorityStore(database)
    offers, status = OfferStore(database), StatusStore(database)
    offers.ensure_indexes()
    status.ensure_indexes()

    def status_of(identifier: str, at: datetime) -> CurrentStatus | None:
        licence = licences.find(identifier)
        if licence is None:
            return None
        value = status_value(licence, catalogue.by_vct(licence.vct), at)
        return CurrentStatus(value, licence.revision)

    changes = StatusChanges(status, status_of)
    return IssuanceDesk(
        settings=settings,
        licences=licences,
        issuers=CredentialIssuers(_loader(settings, authorities, keys, RefreshRules(database))),
        types=OfferedTypes(catalogue),
        templates=CredentialTemplates(),
        offers=offers,
        families=RefreshStore(database),
        uses=SingleUses(database),
        handles=Handles(master_key.derived("issuance/handles")),
        access_tokens=AccessTokens(master_key.envelope("issuance/access-tokens")),
        nonce_keys=master_key.derived("issuance/nonces"),
        lookup=master_key.lookup_key(),
        entries=EntryAllocator(status),
        changes=changes,
        status_lists=StatusListPublisher(
            status, changes, issuer_url=settings.issuer_url, signer_of=_signer_finder(keys)
        ),
    )


def _loader(
    settings: Settings, authorities: AuthorityStore, keys: SoftwareKeyStore, rules: RefreshRules
) -> Callable[[str | None], CredentialIssuer | None]:
    def load(uscc: str | None) -> CredentialIssuer | None:
        if uscc is None:
            # The authority whose identifier is the node's own address answers at the root.
            found = [one for one in authorities.all() if one.issuer_identifier == settings.issuer_url]
            authority = found[0] if found else None
        else:
            authority = authorities.find(uscc)
        if authority is None or authority.key_id not in keys:
            return None
        signer = keys.signer(authority.key_id)
        if not signer.certificate_chain:
            return None
        return CredentialIssuer(
            uscc=authority.uscc,
            name=authority.name,
            identifier=authority.issuer_identifier,
            type_codes=frozenset(authority.licence_types),
            signer=signer,
            certified_until=load_certificate(signer.certificate_chain[0]).not_valid_after_utc,
            unrefreshed=rules.forbidden(authority.uscc),
        )

    return load


def _signer_finder(keys: SoftwareKeyStore) -> Callable[[str], Signer]:
    def find(uscc: str) -> Signer:
        # By its name alone: a withdrawn authority goes on publishing the status of what it issued.
        return keys.signer(authority_key_id(uscc))

    return find
