"""Use cases: an administrator makes a place for a terminal, and a device takes it."""

from __future__ import annotations

from datetime import datetime

from standards.jose import PublicJwk
from verifier.terminals.device_session import ENROLMENT_TYP, verify_device_proof
from verifier.terminals.enrolment_code import digest_of, new_enrolment_code, parse_enrolment_code
from verifier.terminals.errors import EnrolmentCodeError
from verifier.terminals.store import TerminalStore, new_terminal_id
from verifier.terminals.terminal import Terminal, TerminalEntry, TerminalKind, check_label


def register_terminal(
    *,
    name: str,
    kind: TerminalKind,
    place: str,
    department: str,
    terminals: TerminalStore,
    by: str,
    at: datetime,
) -> tuple[TerminalEntry, str]:
    """Make a place, with the code by which one device takes it (one durable write).

    Args:
        name: as on the terminal's plate.
        kind: for a clerk or for citizens.
        place: where it stands.
        department: USCC of the department that answers for it.
        terminals: where it is kept.
        by: id of the member of staff, or ``command``.
        at: now; the code may be typed in for :data:`~verifier.terminals.terminal.ENROLMENT_LIFETIME`.

    Raises:
        InvalidTerminalError: name or place cannot be used.
    """
    terminal = Terminal(
        new_terminal_id(), check_label(name, "name"), kind, department, check_label(place, "place")
    )
    code = new_enrolment_code()
    return terminals.register(terminal, digest_of(code), by=by, at=at), code


def renew_code(entry: TerminalEntry, *, terminals: TerminalStore, by: str, at: datetime) -> str:
    """A further code for a place: for a code that was too old, another device, or one that was barred."""
    code = new_enrolment_code()
    terminals.new_code(entry.terminal.id, digest_of(code), by=by, at=at)
    return code


def enrol_device(
    *, code: str, key: PublicJwk, proof: str, audience: str, terminals: TerminalStore, at: datetime
) -> TerminalEntry:
    """A device takes its place (one durable write).

    Args:
        code: as typed or scanned.
        key: the device's public key.
        proof: signed by it: ``aud`` this window, ``nonce`` the code; so nobody enrols a key that is not his.
        audience: this window's origin.
        terminals: where it is kept.
        at: now.

    Raises:
        EnrolmentCodeError: wrong, used, or too old.
        TerminalProofError: the key was not proved.
    """
    plain = parse_enrolment_code(code)
    verify_device_proof(proof, key, typ=ENROLMENT_TYP, audience=audience, nonce=plain)
    entry = terminals.enrol(digest_of(plain), key, at)
    if entry is None:
        raise EnrolmentCodeError
    return entry
