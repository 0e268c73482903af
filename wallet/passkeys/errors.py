"""What can go wrong with a passkey."""

from __future__ import annotations

from standards.errors import ElicenceError, InvalidInputError
from standards.text import Text


class PasskeyRefusedError(InvalidInputError):
    """What the browser sent is not the proof that was asked for."""

    code = "passkey-refused"

    def __init__(self) -> None:
        super().__init__(
            "通行密钥未通过验证。",
            "The passkey was not accepted.",
            next_step=Text(
                "请再试一次，或用实名认证登录。", "Try again, or sign in with the identity provider."
            ),
        )


class PasskeyUnknownError(ElicenceError):
    """The passkey belongs to no account of this wallet."""

    code = "passkey-unknown"

    def __init__(self) -> None:
        super().__init__(
            "本钱包没有登记这个通行密钥，可能已被移除。",
            "This wallet does not know the passkey; it may have been removed.",
            next_step=Text("请用实名认证登录。", "Sign in with the identity provider."),
        )


class PasskeyTooOldError(ElicenceError):
    """The identity provider has not vouched for the person for too long."""

    code = "passkey-too-old"

    def __init__(self) -> None:
        super().__init__(
            "距上次实名认证登录已久，通行密钥暂不能用。",
            "The last sign-in with the identity provider is too long ago for the passkey to be used.",
            next_step=Text(
                "请用实名认证登录一次，通行密钥随即恢复。",
                "Sign in with the identity provider once; then it works again.",
            ),
        )


class PasskeyNotFoundError(ElicenceError):
    """No such passkey, or another person's."""

    code = "passkey-not-found"

    def __init__(self) -> None:
        super().__init__("没有这个通行密钥。", "There is no such passkey.")


class TooManyPasskeysError(ElicenceError):
    """More passkeys than anybody needs."""

    code = "too-many-passkeys"

    def __init__(self) -> None:
        super().__init__(
            "通行密钥已达上限。",
            "There are as many passkeys as one account may have.",
            next_step=Text("请先移除不用的。", "Remove one that is not used."),
        )


class AssuranceTooLowError(ElicenceError):
    """The sign-in says too little about who the person is for what is sensitive."""

    code = "assurance-too-low"

    def __init__(self) -> None:
        super().__init__(
            "此操作需要更高等级的实名认证。",
            "This needs a stronger proof of who you are than your sign-in gave.",
            next_step=Text(
                "请退出后用更高等级的身份认证方式登录。",
                "Sign out, and sign in with a provider or method of a higher level.",
            ),
        )


class StepUpRequiredError(ElicenceError):
    """The person must prove once more who they are; ``return_path`` is where they were."""

    code = "step-up-required"

    def __init__(self, return_path: str) -> None:
        super().__init__(
            "此操作较为敏感，请再次确认是您本人。",
            "This is sensitive: prove once more that it is you.",
            next_step=Text("用通行密钥或重新登录确认。", "Use your passkey, or sign in again."),
        )
        self.return_path = return_path
