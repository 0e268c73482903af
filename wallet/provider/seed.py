"""The wallet's part in filling a demo node: ask the registrar for a certificate, later install it. May be repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson

from keys.errors import SigningKeyError
from keys.master_key import MasterKey
from keys.software_store import SoftwareKeyStore
from standards.text import Text
from wallet.provider.enrol_provider import install_certificate, request_certificate

if TYPE_CHECKING:
    from service.demo.seeding import SeedContext

DEMO_NAME: Final = Text("浙江省电子证照钱包服务中心（示例）", "Zhejiang Licence Wallet Service (demo)")
DEMO_USCC: Final = "12330000MB990091XB"
DEMO_DIVISION: Final = "330000"


def write_request(context: SeedContext) -> None:
    """Write ``{uscc}.csr.pem`` and ``{uscc}.json`` for the registrar."""
    keys = _keys(context)
    request = request_certificate(
        keys,
        name_zh=DEMO_NAME.zh,
        uscc=DEMO_USCC,
        division=DEMO_DIVISION,
        wallet_url=context.settings.wallet_url,
    )
    description = {
        "uscc": DEMO_USCC,
        "name": DEMO_NAME.to_json(),
        "division": DEMO_DIVISION,
        "service_items": [],
        "role": "wallet_provider",
    }
    (context.exchange / f"{DEMO_USCC}.csr.pem").write_text(request)
    (context.exchange / f"{DEMO_USCC}.json").write_bytes(orjson.dumps(description))
    context.tell("the wallet asks to be certified as a wallet provider")


def install(context: SeedContext) -> None:
    """Install what the registrar left; raises ``SigningKeyError`` when it left nothing."""
    chain = context.exchange / f"{DEMO_USCC}.chain.pem"
    if not chain.exists():
        raise SigningKeyError(
            "登记机构没有为钱包服务签发证书。",
            "The registrar issued no certificate for the wallet service.",
            where=chain.name,
            next_step=Text("请重新运行示例数据步骤。", "Run the seeding again."),
        )
    subject = install_certificate(_keys(context), chain.read_bytes())
    context.tell(f"{subject.name} is a listed wallet provider")


def _keys(context: SeedContext) -> SoftwareKeyStore:
    settings = context.settings
    return SoftwareKeyStore(settings.keys_directory, MasterKey.load(settings.master_key_file))
