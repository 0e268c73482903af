"""Registers of holders: does a person or legal entity with this number exist? Off unless the operator connects one.

The population register answers for citizen numbers, the legal-entity register for unified social credit codes; each is
this node's own library or another department's service (``ELICENCE_POPULATION_REGISTER``, ``ELICENCE_ENTITY_REGISTER``).
"""

from issuer.sources.registers.errors import RegisterUnavailableError
from issuer.sources.registers.holder_registers import HolderRegister, HolderRegisters

__all__ = ["HolderRegister", "HolderRegisters", "RegisterUnavailableError"]
