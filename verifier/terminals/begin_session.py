"""Use case: an enrolled device proves its key, and has a session for the next half hour."""

from __future__ import annotations

from datetime import datetime

from verifier.terminals.device_session import (
    SESSION_TYP,
    build_device_token,
    read_challenge,
    verify_device_proof,
)
from verifier.terminals.errors import TerminalBarredError, TerminalProofError
from verifier.terminals.store import TerminalStore
from verifier.terminals.terminal import TerminalState, parse_terminal_id


def begin_device_session(
    *,
    terminal_id: str,
    challenge: str,
    proof: str,
    audience: str,
    terminals: TerminalStore,
    key: bytes,
    at: datetime,
) -> str:
    """The cookie of a session (one durable write).

    Args:
        terminal_id: which terminal the device says it is.
        challenge: one of ours; it serves once.
        proof: signed by the device's key: ``aud`` this window, ``nonce`` the challenge.
        audience: this window's origin.
        terminals: where terminals are kept.
        key: under which challenges and sessions are marked.
        at: now.

    Raises:
        InvalidTerminalError: no terminal's id.
        TerminalProofError: unknown, another key, another challenge, or one that was answered before.
        TerminalBarredError: an administrator barred it.
    """
    issued_at = read_challenge(key, challenge, at)
    entry = terminals.find(parse_terminal_id(terminal_id))
    if entry is None or entry.key is None:
        raise TerminalProofError
    verify_device_proof(proof, entry.key, typ=SESSION_TYP, audience=audience, nonce=challenge)
    if entry.state is TerminalState.BARRED:
        raise TerminalBarredError
    if not terminals.take_challenge(entry, issued_at, at):
        raise TerminalProofError
    return build_device_token(key, entry, at)
