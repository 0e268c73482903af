"""Every single-document write must name its shard key, and every unique index must begin with it.

On one machine nobody notices a write that a sharded cluster could not route. So all tests run with this listener on
every connection to the store; what it finds fails the test in which it happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pymongo import monitoring

SHARD_KEYS: Mapping[str, tuple[str, ...]] = {
    **{f"issuer.catalogue_{part}": ("_id",) for part in ("types", "withdrawals", "documents")},
    "issuer.authorizations": ("_id",),
    "wallet.passkeys": ("_id",),
    "wallet.passkey_challenges": ("_id",),
    "issuer.batches": ("_id",),
    "issuer.discrepancies": ("_id",),
    "issuer.document_originals": ("_id",),
    "issuer.document_layouts": ("_id",),
    "issuer.document_copies": ("_id",),
    "issuer.exports": ("_id",),
    "issuer.import_mappings": ("_id",),
    "issuer.import_refusals": ("_id",),
    "issuer.import_secrets": ("_id",),
    "issuer.imports": ("_id",),
    "issuer.issuance_offers": ("_id",),
    "issuer.issuance_refresh_rules": ("_id",),
    "issuer.licence_blocks": ("authority", "sequence"),
    "issuer.licence_idempotency": ("_id",),
    "issuer.licence_sequences": ("_id",),
    "issuer.licences": ("authority", "_id"),
    "issuer.relying_party_certificates": ("_id",),
    "issuer.revoked_certificates": ("_id",),
    "issuer.search_log": ("authority", "at"),
    "issuer.source_confirmations": ("_id",),
    "issuer.sources": ("_id",),
    "issuer.staff": ("_id",),
    "issuer.status_changes": ("_id",),
    "issuer.issued_copies": ("_id",),
    "issuer.status_lists": ("_id",),
    "issuer.status_publications": ("_id",),
    "issuer.transfer_files": ("_id",),
    "issuer.bulk_operations": ("_id",),
    "issuer.bulk_operation_licences": ("_id",),
    "issuer.bulk_operation_steps": ("authority", "at"),
    "issuer.trust_publishers": ("_id",),
    "issuer.trust_registrations": ("_id",),
    "verifier.offline_bundles": ("_id",),
    "verifier.offline_parts": ("_id",),
    "verifier.offline_state": ("_id",),
    "verifier.window_records": ("chain", "sequence"),
    "verifier.acceptance_records": ("department", "sequence"),
    "verifier.departments": ("_id",),
    "verifier.presentations": ("_id",),
    "verifier.record_evidence": ("_id",),
    "verifier.record_seals": ("department", "last"),
    "verifier.report_cursors": ("_id",),
    "verifier.report_rows": ("department", "sequence"),
    "verifier.staff": ("lookup",),
    "verifier.webhook_cursors": ("_id",),
    "verifier.webhook_deliveries": ("endpoint", "event"),
    "verifier.webhook_endpoints": ("department",),
    "verifier.terminals": ("_id",),
    "wallet.account_lookups": ("_id",),
    "wallet.accounts": ("_id",),
    "wallet.compact_copies": ("account_id",),
    "wallet.holdings": ("account_id",),
    "wallet.sheets": ("_id",),
    "wallet.show_code_delegations": ("_id",),
    "wallet.show_code_uses": ("_id",),
    "wallet.offers": ("account_id",),
    **{f"{service}.provider_links": ("_id",) for service in ("issuer", "wallet", "verifier")},
    "wallet.searches": ("account_id",),
    "wallet.requests": ("account_id",),
    "wallet.acting_choices": ("_id",),
    "wallet.rights": ("subject_account",),
    **{f"{service}.complaints": ("department",) for service in ("issuer", "verifier")},
    "wallet.filed_complaints": ("account_id",),
    **{f"{service}.complaints": ("department",) for service in ("issuer", "verifier")},
    "wallet.use_log": ("account_id",),
    "wallet.provider_status_lists": ("_id",),
    "verifier.scanned_codes": ("_id",),
    "verifier.cases": ("_id",),
    "wallet.provider_status_entries": ("_id",),
    "wallet.use_log_heads": ("_id",),
    **{f"{service}.sign_in_sessions": ("_id",) for service in ("issuer", "wallet", "verifier")},
    **{f"{service}.jobs": ("_id",) for service in ("issuer", "wallet", "verifier")},
    **{f"{service}.periodic_work": ("_id",) for service in ("issuer", "wallet", "verifier")},
    **{f"{service}.health": ("_id",) for service in ("issuer", "wallet", "verifier")},
}
"""``service.collection`` → shard key, as the collection's docstring states it."""


class ShardKeyListener(monitoring.CommandListener):
    """Reads the commands to databases of test nodes (``{prefix}_{service}``) and keeps what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        prefix, _, service = event.database_name.rpartition("_")
        if not prefix.startswith("test_") or service not in ("issuer", "wallet", "verifier"):
            return
        check = _CHECKS.get(event.command_name)
        if check is None:
            return
        name = f"{service}.{event.command[event.command_name]}"
        key = SHARD_KEYS.get(name)
        if key is None:
            self.problems.append(f"{name} has no shard key in tests/support/shard_keys.py")
        else:
            self.problems.extend(
                f"{event.command_name} of {name}: {problem}" for problem in check(event.command, key)
            )

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        return

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        return

    def take(self) -> list[str]:
        """What was found since the last call."""
        found, self.problems = self.problems, []
        return found


def _lacking(condition: Mapping[str, Any], key: tuple[str, ...]) -> list[str]:
    lacking = [name for name in key if name not in condition or _is_range(condition[name])]
    return [f"the filter {sorted(condition)} lacks {lacking}"] if lacking else []


def _is_range(value: Any) -> bool:
    return isinstance(value, Mapping) and any(str(name).startswith("$") and name != "$eq" for name in value)


def _updates(command: Mapping[str, Any], key: tuple[str, ...]) -> list[str]:
    return [
        problem for one in command["updates"] if not one.get("multi") for problem in _lacking(one["q"], key)
    ]


def _deletes(command: Mapping[str, Any], key: tuple[str, ...]) -> list[str]:
    return [problem for one in command["deletes"] if one["limit"] == 1 for problem in _lacking(one["q"], key)]


def _find_and_modify(command: Mapping[str, Any], key: tuple[str, ...]) -> list[str]:
    return _lacking(command.get("query", {}), key)


def _create_indexes(command: Mapping[str, Any], key: tuple[str, ...]) -> list[str]:
    return [
        f"the unique index {dict(one['key'])} does not begin with {key}"
        for one in command["indexes"]
        if one.get("unique") and next(iter(one["key"])) != key[0]
    ]


_CHECKS = {
    "update": _updates,
    "delete": _deletes,
    "findAndModify": _find_and_modify,
    "createIndexes": _create_indexes,
}
