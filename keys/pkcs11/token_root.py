"""A root key inside a token: derives by HMAC and wraps by AES-GCM there; the keys never leave it."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidTag

from keys.envelope import KEY_ID_BYTES, SealingKey, key_id_of
from keys.errors import KeyModuleUnavailableError, MasterKeyError
from keys.pkcs11.address import TokenAddress
from standards.text import Text

if TYPE_CHECKING:
    from types import ModuleType

_TAG_BITS: Final = 128
_WRAPS, _DERIVES = "wrap", "derive"
_INFO: Final = b"elicence/1/"


class _OpenToken:
    """Sessions with one token. A process that was forked opens its own: PKCS#11 sessions are not inherited."""

    def __init__(self, address: TokenAddress) -> None:
        self.address = address
        self._lock = threading.Lock()
        self._process = 0
        self._session: Any = None
        self._keys: dict[str, Any] = {}

    def key(self, kind: str) -> Any:
        """The handle of one key of the pair, in this process."""
        with self._lock:
            if self._process != os.getpid():
                self._session, self._keys = open_session(self.address, writable=False), {}
                self._process = os.getpid()
            if kind not in self._keys:
                self._keys[kind] = _find_key(self._session, self.address, kind)
            return self._keys[kind]

    def use(self, kind: str, do: Callable[[Any], bytes]) -> bytes:
        """What ``do`` makes with a key of the pair.

        Raises:
            KeyModuleUnavailableError: the module does not answer as before; the next use opens it anew.
        """
        api = _api()
        try:
            return bytes(do(self.key(kind)))
        except (api.PKCS11Error, MasterKeyError) as cause:
            with self._lock:
                self._process = 0
            raise KeyModuleUnavailableError from cause


class TokenRoot:
    """Implements ``keys.root_key.RootKey`` over the pair of keys at one address. Safe for threads and after a fork."""

    def __init__(self, address: TokenAddress) -> None:
        """Open the token and see that both keys are there; raises ``MasterKeyError`` with what to do."""
        self._token = _OpenToken(address)
        for kind in (_WRAPS, _DERIVES):
            self._token.key(kind)
        self._derived: dict[str, bytes] = {}
        self.derive("root key id")

    def __repr__(self) -> str:
        return f"TokenRoot({self.key_id!r})"

    def __reduce__(self) -> str:
        raise TypeError("A root key is not pickled.")

    @cached_property
    def key_id(self) -> str:
        return key_id_of(self.derive("root key id")).hex()

    def derive(self, purpose: str) -> bytes:
        # Kept: services ask again for the keys of their purposes, and a module may be a network away.
        if purpose not in self._derived:
            message, how = _INFO + purpose.encode(), _api().Mechanism.SHA256_HMAC
            self._derived[purpose] = self._token.use(_DERIVES, lambda key: key.sign(message, mechanism=how))
        return self._derived[purpose]

    def custody_key(self, purpose: str) -> SealingKey:
        key_id = bytes.fromhex(self.key_id)[:KEY_ID_BYTES]
        return SealingKey(key_id, _TokenCipher(self._token, purpose))


class _TokenCipher:
    """AES-256-GCM (NIST SP 800-38D) inside the token, for one purpose. Implements ``keys.envelope.Cipher``."""

    def __init__(self, token: _OpenToken, purpose: str) -> None:
        self._token = token
        # One key wraps for all purposes: the purpose is authenticated, so nothing opens under another.
        self._purpose = purpose.encode() + b"\x00"

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        how, parameters = _api().Mechanism.AES_GCM, self._parameters(nonce, associated_data)
        return self._token.use(
            _WRAPS, lambda key: key.encrypt(data, mechanism=how, mechanism_param=parameters)
        )

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        api = _api()
        parameters = self._parameters(nonce, associated_data)

        def open_with(key: Any) -> bytes:
            try:
                return bytes(key.decrypt(data, mechanism=api.Mechanism.AES_GCM, mechanism_param=parameters))
            # Modules have different names for a tag that does not fit; that one is gone says itself elsewhere.
            except (
                api.EncryptedDataInvalid,
                api.EncryptedDataLenRange,
                api.GeneralError,
                api.FunctionFailed,
            ) as cause:
                raise InvalidTag from cause

        return self._token.use(_WRAPS, open_with)

    def _parameters(self, nonce: bytes, associated_data: bytes | None) -> Any:
        return _api().GCMParams(nonce, self._purpose + (associated_data or b""), _TAG_BITS)


def create_token_keys(address: TokenAddress) -> None:
    """Make both keys of ``address`` in its token, which never gives them out.

    Raises ``MasterKeyError`` when the token cannot be used, or holds keys of that label: none is overwritten.
    """
    api = _api()
    session = open_session(address, writable=True)
    hidden = {api.Attribute.EXTRACTABLE: False, api.Attribute.SENSITIVE: True}
    with _reporting(address):
        if any(_labelled(session, address, kind) for kind in (_WRAPS, _DERIVES)):
            raise MasterKeyError(
                f"令牌中已有名为 {address.label} 的密钥，不会被覆盖。",
                f"The token has keys named {address.label} already; they are not overwritten.",
                where=address.label,
            )
        session.generate_key(
            api.KeyType.AES,
            256,
            id=secrets.token_bytes(8),
            label=_label(address, _WRAPS),
            store=True,
            capabilities=api.MechanismFlag.ENCRYPT | api.MechanismFlag.DECRYPT,
            template=hidden,
        )
        session.generate_key(
            api.KeyType.GENERIC_SECRET,
            256,
            id=secrets.token_bytes(8),
            label=_label(address, _DERIVES),
            store=True,
            mechanism=api.Mechanism.GENERIC_SECRET_KEY_GEN,
            capabilities=api.MechanismFlag.SIGN | api.MechanismFlag.VERIFY,
            template=hidden,
        )


def open_session(address: TokenAddress, *, writable: bool) -> Any:
    """A session with the token, the user signed in; raises ``MasterKeyError`` with what to do."""
    api = _api()
    pin = address.read_pin()
    with _reporting(address):
        library = api.lib(str(address.module))
        token = library.get_token(token_label=address.token)
        try:
            return token.open(rw=writable, user_pin=pin)
        except api.UserAlreadyLoggedIn:
            # The user signs in once for all sessions of a process (PKCS#11 2.40, 2.6.8).
            return token.open(rw=writable)


def _labelled(session: Any, address: TokenAddress, kind: str) -> list[Any]:
    api = _api()
    wanted = {api.Attribute.CLASS: api.ObjectClass.SECRET_KEY, api.Attribute.LABEL: _label(address, kind)}
    return list(session.get_objects(wanted))


def _find_key(session: Any, address: TokenAddress, kind: str) -> Any:
    with _reporting(address):
        found = _labelled(session, address, kind)
    if len(found) != 1:
        raise MasterKeyError(
            f"令牌 {address.token} 中没有（或不止一个）密钥 {_label(address, kind)}。",
            f"The token {address.token} has no key {_label(address, kind)}, or more than one.",
            where=address.label,
            next_step=Text(
                "核对主密钥文件中的地址，或从模块的备份恢复该密钥。",
                "Check the address in the master key file, or restore the key from the module's backup.",
            ),
        )
    return found[0]


def _label(address: TokenAddress, kind: str) -> str:
    return f"{address.label}-{kind}"


class _reporting:  # noqa: N801 - reads as a statement
    """Errors of the module become ours, with what to do; the module's own words stay in the cause."""

    def __init__(self, address: TokenAddress) -> None:
        self._address = address

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        api = _api()
        if isinstance(
            error, (api.PinIncorrect, api.PinLocked, api.PinExpired, api.PinInvalid, api.PinLenRange)
        ):
            raise MasterKeyError(
                f"令牌 {self._address.token} 不接受 PIN。",
                f"The token {self._address.token} does not accept the PIN.",
                where=str(self._address.pin_file),
                next_step=Text(
                    "请核对 PIN；多次错误会锁定令牌。",
                    "Check the PIN; the token locks after several wrong ones.",
                ),
            ) from error
        if isinstance(error, (api.PKCS11Error, OSError)) or (
            isinstance(error, RuntimeError) and not isinstance(error, RecursionError)
        ):
            raise MasterKeyError(
                f"硬件密码模块无法使用：{self._address.module}，令牌 {self._address.token}（{type(error).__name__}）。",
                f"The hardware module cannot be used: {self._address.module}, token {self._address.token} "
                f"({type(error).__name__}).",
                where=self._address.token,
                next_step=Text(
                    "检查模块的库、令牌与网络；用 pkcs11-tool --list-slots 查看。",
                    "Check the module's library, token and network; pkcs11-tool --list-slots shows what is there.",
                ),
            ) from error


def _api() -> ModuleType:
    try:
        import pkcs11
    except ImportError as cause:
        raise MasterKeyError(
            "主密钥在硬件密码模块中，但没有安装 python-pkcs11。",
            "The master key is in a hardware module, but python-pkcs11 is not installed.",
            next_step=Text("执行 pip install 'elicence[hsm]'。", "Run pip install 'elicence[hsm]'."),
        ) from cause
    return pkcs11
