"""How the services reach MongoDB: every acknowledged write is on the disks of a majority before we go on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mongoengine
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import ConfigurationError, InvalidURI, OperationFailure, PyMongoError

from service.errors import SettingsError, StoreUnavailableError, StoreUnsuitableError
from service.settings import ServiceName, Settings
from standards.text import Text

DATABASE_OPTIONS: Mapping[str, Any] = {
    "w": "majority",  # w=1 loses acknowledged writes when a primary dies
    "journal": True,
    "wTimeoutMS": 10_000,  # a majority that takes longer is gone; the request fails and can be repeated
    "retryWrites": True,
    "retryReads": True,
    "readConcernLevel": "majority",  # never decide on what could be rolled back
    "readPreference": "primary",
    "serverSelectionTimeoutMS": 10_000,  # an election takes up to about 10 s (electionTimeoutMillis)
    "connectTimeoutMS": 5_000,
    "socketTimeoutMS": 60_000,  # bulk work stays below; without it a silent peer holds a thread for ever
    "maxPoolSize": 100,
    "tz_aware": True,
    "uuidRepresentation": "standard",
    "appname": "elicence",
}
"""Options given to every client. They stand in the code, not in the address, so that no address can weaken them."""


def connect(settings: Settings, service: ServiceName) -> Database[dict[str, Any]]:
    """Connect a service to its database and register it as the mongoengine alias of the same name.

    Args:
        settings: with :attr:`~service.settings.Settings.store_uri`.
        service: the database and the alias.

    Raises:
        SettingsError: no address, or one that cannot be read.
        StoreUnavailableError: nothing answers there.
        StoreUnsuitableError: a single server without a replica set answers there.
    """
    if not settings.store_uri:
        raise SettingsError(
            "没有存储服务的地址。",
            "There is no address of a store.",
            where="ELICENCE_STORE_URI",
            next_step=Text(
                "请设置环境变量 ELICENCE_STORE_URI，或用 elicence up 启动内置存储。",
                "Set ELICENCE_STORE_URI, or start the embedded store with `elicence up`.",
            ),
        )
    disconnect(service)
    try:
        client: MongoClient[dict[str, Any]] = mongoengine.connect(
            db=settings.database_name(service), alias=service, host=settings.store_uri, **DATABASE_OPTIONS
        )
    except (ConfigurationError, InvalidURI, ValueError) as error:
        # The driver's words can repeat the address and with it the password; ours do not.
        raise SettingsError(
            "环境变量 ELICENCE_STORE_URI 不是有效的 MongoDB 地址。",
            "The environment variable ELICENCE_STORE_URI is not a valid MongoDB address.",
            where="ELICENCE_STORE_URI",
        ) from error
    try:
        _refuse_single_server(client)
    except Exception:
        disconnect(service)
        raise
    return client[settings.database_name(service)]


def disconnect(service: ServiceName) -> None:
    """Close the connection of a service; nothing happens when there is none."""
    mongoengine.disconnect(alias=service)


def _refuse_single_server(client: MongoClient[dict[str, Any]]) -> None:
    try:
        hello = client.admin.command("hello")
    except OperationFailure as error:
        raise StoreUnavailableError(
            "存储服务拒绝了登录。",
            "The store refuses our sign-in.",
            where="ELICENCE_STORE_URI",
            next_step=Text("请检查地址中的用户名和密码。", "Check the user and the password in the address."),
        ) from error
    except PyMongoError as error:
        raise StoreUnavailableError(
            "存储服务没有应答。",
            "The store does not answer.",
            where="ELICENCE_STORE_URI",
            next_step=Text("请确认它已启动且网络可达。", "Check that it runs and can be reached."),
        ) from error
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise StoreUnsuitableError(
            "存储服务是单机，不是复制集或分片集群。",
            "The store is a single server, neither a replica set nor a sharded cluster.",
            where="ELICENCE_STORE_URI",
            next_step=Text(
                "请把它配置为复制集（一个成员也可以），否则已确认的写入可能丢失。",
                "Make it a replica set (one member will do); otherwise acknowledged writes can be lost.",
            ),
        )
