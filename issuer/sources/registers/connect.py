"""Connects the registers that the operator named."""

from __future__ import annotations

from typing import Any

from pymongo.database import Database

from issuer.library.store.holders import LicenceHolders
from issuer.registrar.store import AuthorityStore
from issuer.sources.registers.holder_registers import HolderRegister, HolderRegisters
from issuer.sources.registers.library_register import (
    BUSINESS_LICENCE,
    RESIDENT_IDENTITY_CARD,
    LibraryRegister,
)
from issuer.sources.registers.remote_register import RemoteRegister
from keys.lookup import LookupKey
from service.outbound import Outbound
from service.settings import OWN_LIBRARY, Settings
from standards.codes.holder_code import CITIZEN_NUMBER, USCC


def connect_registers(
    settings: Settings, database: Database[dict[str, Any]], lookup: LookupKey, outbound: Outbound
) -> HolderRegisters:
    """The population register for citizen numbers and the legal-entity register for USCCs, each as the settings say;
    none unless they say so. Nothing is asked yet.
    """
    holders, authorities = LicenceHolders(database, lookup), AuthorityStore(database)

    def issuing(type_code: str) -> list[str]:
        return [authority.uscc for authority in authorities.all() if type_code in authority.licence_types]

    def connected(where: str, type_code: str) -> HolderRegister:
        if where == OWN_LIBRARY:
            return LibraryRegister(holders, type_code, lambda: issuing(type_code))
        return RemoteRegister(outbound, where, settings.register_token_file)

    named = (
        (CITIZEN_NUMBER, settings.population_register, RESIDENT_IDENTITY_CARD),
        (USCC, settings.entity_register, BUSINESS_LICENCE),
    )
    return HolderRegisters(
        {code_type: connected(where, type_code) for code_type, where, type_code in named if where}
    )
