"""Before what is sensitive: the person proved not long ago who they are, or does so now."""

from __future__ import annotations

from service.web.sign_in.guard import current_session
from wallet.node import current_node
from wallet.passkeys.errors import StepUpRequiredError
from wallet.passkeys.passkey import STEP_UP_LASTS


def require_step_up(return_path: str) -> None:
    """See that the signed-in person proved within :data:`STEP_UP_LASTS` who they are, at the sign-in or since.

    Args:
        return_path: page to come back to; what was typed there is typed again.

    Raises:
        StepUpRequiredError: not so: a page leads to ``/step-up`` and back, the API answers 403.
    """
    now = current_node().clock.now()
    if now >= current_session().proved_at() + STEP_UP_LASTS:
        raise StepUpRequiredError(return_path)
