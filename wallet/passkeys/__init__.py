"""Passkeys (WebAuthn level 3): quick sign-in, and the proof once more before what is sensitive; the sessions of a person."""
