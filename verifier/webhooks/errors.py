"""Why an endpoint or a delivery is not what was asked for."""

from __future__ import annotations

from standards.errors import ElicenceError, InvalidInputError


class InvalidWebhookError(InvalidInputError):
    """Not an address that is posted to, or not events that exist."""

    code = "invalid-webhook"


class UnknownWebhookError(ElicenceError):
    """There is no such endpoint or delivery, or it belongs to another department."""

    code = "unknown-webhook"


class TooManyWebhooksError(ElicenceError):
    """The department has as many endpoints as it may have."""

    code = "too-many-webhooks"


class WebhookInactiveError(ElicenceError):
    """The endpoint is paused or gone, so nothing is sent to it."""

    code = "webhook-inactive"
