"""What goes wrong with background work: for whoever asks about a job, and inside a worker."""

from __future__ import annotations

from standards.errors import ElicenceError
from standards.text import Text


class JobError(ElicenceError):
    """Root of the errors of background work."""

    code = "job"


class JobNotFoundError(JobError):
    """There is no such job, or it belongs to somebody else."""

    code = "job-not-found"

    def __init__(self) -> None:
        super().__init__("没有此后台任务。", "There is no such job.")


class JobEndedError(JobError):
    """A job that has ended cannot be cancelled."""

    code = "job-ended"

    def __init__(self) -> None:
        super().__init__("该任务已结束，不能取消。", "The job has ended; it cannot be cancelled.")


class JobNotRetryableError(JobError):
    """Only a job that failed or was cancelled can be run again."""

    code = "job-not-retryable"

    def __init__(self) -> None:
        super().__init__(
            "只有失败或已取消的任务可以继续运行。", "Only a failed or cancelled job can be taken up again."
        )


class UnknownJobKindError(JobError):
    """No installed package brings this kind of job."""

    code = "unknown-job-kind"

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"没有名为 {kind} 的任务种类。",
            f"There is no kind of job called {kind}.",
            next_step=Text(
                "请检查 elicence.job_kinds 入口点，并重新安装。",
                "Look at the entry points elicence.job_kinds, and install again.",
            ),
        )


class JobTooLargeError(JobError):
    """Parameters, cursor or result of a job are no small JSON: rows and files belong elsewhere."""

    code = "job-too-large"


class JobStoppedError(JobError):
    """Root of the reasons to stop a job's run at once. The run lets it pass; what comes next is decided elsewhere."""

    code = "job-stopped"


class LeaseLostError(JobStoppedError):
    """Another worker has the job, or may have it: nothing more may be done here."""

    code = "job-lease-lost"

    def __init__(self) -> None:
        super().__init__("该任务已由另一个工作进程接手。", "Another worker has taken this job over.")


class JobCancelledError(JobStoppedError):
    """Somebody cancelled the job. What is done stays done."""

    code = "job-cancelled"

    def __init__(self) -> None:
        super().__init__("该任务已被取消。", "The job was cancelled.")


class WorkerStoppingError(JobStoppedError):
    """The worker ends; the job goes on from its cursor in the next one."""

    code = "worker-stopping"

    def __init__(self) -> None:
        super().__init__(
            "工作进程正在结束，任务稍后继续。", "The worker is ending; the job goes on in the next."
        )


class KeepsKillingWorkersError(JobError):
    """The workers that took the job up were killed again and again, before it took a step."""

    code = "job-keeps-killing-workers"

    def __init__(self, times: int) -> None:
        super().__init__(
            f"工作进程连续 {times} 次在同一处中断，任务已停止。",
            f"Workers ended {times} times in a row at the same place; the job was stopped.",
        )


class BrokerUnusableError(JobError):
    """The broker answers, and refuses us: a wrong password, a missing right, or no broker at all."""

    code = "broker-unusable"

    def __init__(self) -> None:
        super().__init__(
            "消息服务应答但不可用，工作进程已结束；原因见日志。",
            "The broker answers but cannot be used, so the worker ended; the log has the reason.",
            where="ELICENCE_BROKER_URL",
            next_step=Text(
                "请检查地址、密码和权限；不设置该变量时，由存储服务传递消息，需有其 _messages 数据库的权限。",
                "Look at address, password and rights. Without the variable the store carries the messages, and its "
                "user needs rights to the database that ends in _messages.",
            ),
        )
