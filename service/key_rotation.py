"""The end of a change of the master key: only when nothing needs the key before any more."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path

from pymongo.errors import OperationFailure

from keys import rotation
from service.clock import Clock
from service.errors import RotationUnfinishedError
from service.settings import ServiceName, Settings
from service.store.sealed_rows import RowsUnderKey
from standards.text import Text


def finish_rotation(settings: Settings, services: Sequence[ServiceName], clock: Clock) -> Path:
    """Seal the signing keys anew, look at every row of ``services``, and set the key before aside; answers its path.

    Raises:
        RotationUnfinishedError: rows still need the key before, or a store does not let us look.
        MasterKeyError: no rotation is under way.
    """
    rotation.require_rotation(settings.master_key_file)
    left = [line for service in services for line in _left(settings, service, clock)]
    if left:
        raise RotationUnfinishedError(
            f"仍有数据需要上一个主密钥：{'，'.join(line.zh for line in left)}。",
            f"Rows still need the master key before: {', '.join(line.en for line in left)}.",
            where=str(settings.master_key_file),
            next_step=Text(
                "执行 elicence issuer|wallet|verifier reseal；领取与 Idempotency-Key 只需等待。",
                "Run elicence issuer|wallet|verifier reseal; offers and idempotency keys only need waiting.",
            ),
        )
    rotation.rewrap(settings.master_key_file, [settings.keys_directory])
    return rotation.finish(settings.master_key_file, [settings.keys_directory])


def _left(settings: Settings, service: ServiceName, clock: Clock) -> list[Text]:
    try:
        counted = [(part.name, part.older()) for part in _sealed_rows(settings, service, clock)]
    except OperationFailure as error:
        raise RotationUnfinishedError(
            f"存储服务不允许查看 {service} 的数据库。",
            f"The store does not let us look at the database of {service}.",
            where="ELICENCE_STORE_URI",
            next_step=Text(
                "本节点只运行部分服务时，用 --service 指明；否则请使用可读取全部数据库的用户。",
                "If the node runs only some services, name them with --service; otherwise use a user that reads all.",
            ),
        ) from error
    return [
        Text(f"{service} {name.zh} {older} 项", f"{service} {name.en} {older}")
        for name, older in counted
        if older
    ]


def _sealed_rows(settings: Settings, service: ServiceName, clock: Clock) -> Sequence[RowsUnderKey]:
    (point,) = entry_points(group="elicence.sealed_rows", name=service)
    parts: Sequence[RowsUnderKey] = point.load()(settings, clock)
    return parts
