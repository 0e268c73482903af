"""Before what is sensitive: the person proved not long ago who they are, or does so now."""

from __future__ import annotations

from typing import Final

from service.web.sign_in import Person
from service.web.sign_in.assurance import Assurance
from service.web.sign_in.guard import current_desk, current_session
from wallet.node import current_node
from wallet.passkeys.errors import AssuranceTooLowError, StepUpRequiredError
from wallet.passkeys.passkey import STEP_UP_LASTS

REQUIRED_LEVEL: Final = Assurance.SUBSTANTIAL
"""Of the sign-in behind what is sensitive: fields of grade 4, grants, moving a wallet."""


def require_step_up(return_path: str) -> None:
    """See that the signed-in person proved within :data:`STEP_UP_LASTS` who they are, at the sign-in or since, and was
    identified well enough.

    Args:
        return_path: page to come back to; what was typed there is typed again.

    Raises:
        AssuranceTooLowError: the identity provider does not vouch strongly enough.
        StepUpRequiredError: not proved lately: a page leads to ``/step-up`` and back, the API answers 403.
    """
    session, now = current_session(), current_node().clock.now()
    if not _is_identified(session.person):
        raise AssuranceTooLowError
    if now >= session.proved_at() + STEP_UP_LASTS:
        raise StepUpRequiredError(return_path)


def _is_identified(person: Person) -> bool:
    """Whether the level suffices. A provider none of whose words the operator has put on the scale is trusted as it is."""
    listed = next((one for one in current_desk().providers if one.settings.issuer == person.provider), None)
    return listed is None or not listed.assurance or person.level >= REQUIRED_LEVEL
