"""What the kit itself refuses."""

from __future__ import annotations

from typing import ClassVar

from standards.errors import ElicenceError
from standards.text import Text


class ForgedRequestError(ElicenceError):
    """A request that changes something came without proof that our own page sent it."""

    code: ClassVar[str] = "forged-request"

    def __init__(self) -> None:
        super().__init__(
            "无法确认此操作来自本页面。",
            "It is not certain that this action came from our own page.",
            next_step=Text("请刷新页面后再试一次。", "Reload the page and try again."),
        )


class SignInRequiredError(ElicenceError):
    """Nobody is signed in, or the session has ended."""

    code: ClassVar[str] = "sign-in-required"

    def __init__(self) -> None:
        super().__init__(
            "请先登录。",
            "Sign in first.",
            next_step=Text("从登录页面进入。", "Go through the sign-in page."),
        )


class PermissionMissingError(ElicenceError):
    """The signed-in person, or the calling system, may not do this."""

    code: ClassVar[str] = "permission-missing"


class NotFoundError(ElicenceError):
    """There is nothing at this address that the caller may see."""

    code: ClassVar[str] = "not-found"


class SignInError(ElicenceError):
    """The identity provider did not vouch for the person in a way that we accept."""

    code: ClassVar[str] = "sign-in-failed"


class SignInCancelledError(SignInError):
    """The person, or the provider, refused the sign-in."""

    code: ClassVar[str] = "sign-in-cancelled"


class ProviderUnreachableError(ElicenceError):
    """The identity provider does not answer, or answers nonsense; a retry can help."""

    code: ClassVar[str] = "identity-provider-unreachable"
