"""Mandates: who may act for whom, in a form that anyone can check offline.

A grant is signed by the key of one copy of the subject's root licence (a legal entity's business licence, a person's
identity card, a child's birth certificate); it is withdrawn in the wallet provider's status list. No standard of the
field has this; the form is this project's own, over JWS (RFC 7515), RFC 9901 section 4.3 and Token Status List.
"""

from standards.mandate.acting import (
    ACTING_CLAIM,
    CAPACITIES,
    REPRESENTATIVE_CAPACITIES,
    Acting,
    Capacity,
    UnverifiedActing,
    acting_claim,
    acting_extra,
    parse_acting,
)
from standards.mandate.chain import refusal_of_chain, refusal_of_parent
from standards.mandate.errors import GrantSignatureError, MandateError
from standards.mandate.grant import GRANT_CAPACITIES, MAX_DURATION, Grant, GrantCapacity, grant_capacity
from standards.mandate.party import Party, parse_party
from standards.mandate.refusal import GrantRefusal
from standards.mandate.scope import MAX_USES, Scope, parse_scope
from standards.mandate.token import (
    TYPE,
    UnverifiedGrant,
    VerifiedGrant,
    build_grant,
    parse_grant,
    verify_grant,
)

__all__ = [
    "ACTING_CLAIM",
    "CAPACITIES",
    "GRANT_CAPACITIES",
    "MAX_DURATION",
    "MAX_USES",
    "REPRESENTATIVE_CAPACITIES",
    "TYPE",
    "Acting",
    "Capacity",
    "Grant",
    "GrantCapacity",
    "GrantRefusal",
    "GrantSignatureError",
    "MandateError",
    "Party",
    "Scope",
    "UnverifiedActing",
    "UnverifiedGrant",
    "VerifiedGrant",
    "acting_claim",
    "acting_extra",
    "build_grant",
    "grant_capacity",
    "parse_acting",
    "parse_grant",
    "parse_party",
    "parse_scope",
    "refusal_of_chain",
    "refusal_of_parent",
    "verify_grant",
]
