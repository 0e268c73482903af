"""What must be set before a service goes into production. What the demo may assume, production must be told."""

from __future__ import annotations

from collections.abc import Mapping

from keys.master_key import MasterKey
from service.errors import SettingsError
from service.settings import ServiceName, Settings
from standards.text import Text


def settings_for_serving(environ: Mapping[str, str], service: ServiceName) -> Settings:
    """Settings for one service in production; the master key is opened once to see that it can be.

    Raises:
        SettingsError: a variable is missing or unusable.
        MasterKeyError: the master key file is missing, exposed to others, or damaged.
    """
    for variable, zh, en in _required(service, environ):
        if not environ.get(variable, "").strip():
            raise SettingsError(
                f"没有设置环境变量 {variable}。",
                f"The environment variable {variable} is not set.",
                where=variable,
                next_step=Text(f"{zh}。", f"{en}."),
            )
    settings = Settings.from_environment(environ)
    if not settings.store_uri:
        raise SettingsError(
            "没有设置环境变量 ELICENCE_STORE_URI。",
            "The environment variable ELICENCE_STORE_URI is not set.",
            where="ELICENCE_STORE_URI",
            next_step=Text(
                "请指明 MongoDB 复制集或分片集群的地址。", "Name a MongoDB replica set or sharded cluster."
            ),
        )
    if not settings.data.is_dir():
        raise SettingsError(
            f"节点的数据目录 {settings.data} 不存在。",
            f"The node's data directory {settings.data} does not exist.",
            where="ELICENCE_DATA",
            next_step=Text(
                "请建立该目录（权限 0700），并放入信任锚；签名密钥也保存在其中。",
                "Make it (mode 0700) and put the trust anchor in; the sealed signing keys are kept there too.",
            ),
        )
    MasterKey.load(settings.master_key_file)
    return settings


def _required(service: ServiceName, environ: Mapping[str, str]) -> list[tuple[str, str, str]]:
    required = [
        (
            "ELICENCE_MASTER_KEY_FILE",
            "请指明本节点的主密钥文件；只有全新的节点才用 elicence new-master-key 生成",
            "Name this node's master key file; make one with `elicence new-master-key FILE` only for a new node",
        ),
        (
            f"ELICENCE_{service.upper()}_URL",
            "请写明本服务对外的地址，例如 https://licences.example.gov.cn",
            "Write the public address of this service, for example https://licences.example.gov.cn",
        ),
    ]
    if service != "issuer" and not environ.get("ELICENCE_ISSUER_URL", "").strip():
        required.append(
            (
                "ELICENCE_TRUST_LIST_URL",
                "请指明国家信任列表的地址",
                "Write where the nation's trust list is fetched, or the issuer's address in ELICENCE_ISSUER_URL",
            )
        )
    return required
