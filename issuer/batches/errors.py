"""What goes wrong with a batch; why a single licence got no offer stands in the batch's file of refusals."""

from __future__ import annotations

from standards.errors import ElicenceError, InvalidInputError
from standards.text import Text


class InvalidBatchError(InvalidInputError):
    """A request that says nothing usable about which licences, or for how long."""

    code = "invalid-batch"


class BatchNotFoundError(ElicenceError):
    """There is no such batch, or it is another authority's."""

    code = "batch-not-found"

    def __init__(self) -> None:
        super().__init__("没有此批次。", "There is no such batch.")


class BatchResultNotFoundError(ElicenceError):
    """The result is somebody else's, or it ended with its offers."""

    code = "batch-result-not-found"

    def __init__(self) -> None:
        super().__init__(
            "没有此批次的结果文件，或其中的领取链接已过期。",
            "There is no such result, or its offers have expired.",
            next_step=Text(
                "结果只发给发起批次的系统或人员；过期后请重新发起。",
                "Only whoever began a batch gets its result; begin another one when it has expired.",
            ),
        )


class BatchNotReadyError(ElicenceError):
    """Not all of its offers are made."""

    code = "batch-not-ready"

    def __init__(self) -> None:
        super().__init__(
            "批次尚未完成。",
            "The batch is not complete.",
            next_step=Text("请等任务完成后再取结果。", "Fetch the result when its job is done."),
        )


class BatchExpiredError(ElicenceError):
    """The end of its offers came before all of them were made."""

    code = "batch-expired"

    def __init__(self) -> None:
        super().__init__(
            "批次的领取期限已过，未完成的部分不再生成。",
            "The offers of the batch have ended; the rest of them is not made.",
            next_step=Text("请重新发起批次。", "Begin another batch."),
        )


class BatchConflictError(ElicenceError):
    """Under this idempotency key another batch was asked for."""

    code = "batch-conflict"

    def __init__(self) -> None:
        super().__init__(
            "同一 Idempotency-Key 已用于另一批次请求。",
            "The Idempotency-Key was used for another batch.",
            where="Idempotency-Key",
        )
