"""One job run in this process, over the real store: steps, ends, resuming, and who may work on it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from time import monotonic, sleep
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from service.clock import SystemClock
from service.jobs import (
    JobCancelledError,
    JobContext,
    JobEndedError,
    JobKind,
    JobNotFoundError,
    JobNotRetryableError,
    JobState,
    JobStore,
    JobTooLargeError,
    LeaseLostError,
    UnknownJobKindError,
    enqueue,
    run_in_foreground,
    run_job,
)
from service.jobs.work_store import WorkStore
from standards.errors import InvalidInputError
from standards.text import Text

NOW = SystemClock().now()
OWNER = "11330100MB99X10161"
SHORT = timedelta(seconds=0.6)


def kinds(run: Callable[[JobContext], Any]) -> dict[str, JobKind]:
    return {"issuer.counting": JobKind("issuer.counting", run, Text("数数", "Counting"))}


def new_job(node: Any, **options: Any) -> Any:
    return JobStore(node.database).create(
        "issuer.counting", options.pop("owner", OWNER), {"upto": 5}, by="test", at=NOW, **options
    )


def count_up(context: JobContext) -> dict[str, int]:
    for number in range(context.job.cursor or 0, context.job.parameters["upto"]):
        context.advance(number + 1, done=1, errors=number % 2)
    return {"counted": context.job.done}


def test_a_job_runs_step_by_step_to_its_result(node: Any) -> None:
    told: list[tuple[int, Any]] = []
    job = run_job(
        node,
        new_job(node, total=5).id,
        kinds=kinds(count_up),
        told=lambda job: told.append((job.done, job.cursor)),
    )
    assert (job.state, job.done, job.errors, job.result) == (JobState.DONE, 5, 2, {"counted": 5})
    assert told == [(number, number) for number in range(1, 6)]
    assert job.share_done == 1
    assert job.finished_at is not None


def test_an_ended_job_is_answered_and_not_run_again(node: Any) -> None:
    ran: list[str] = []
    job = new_job(node)
    for _ in range(2):
        run_job(node, job.id, kinds=kinds(lambda context: ran.append(context.job.id)))
    assert ran == [job.id]


def test_an_error_of_ours_fails_the_job_with_its_words_and_retry_goes_on_from_the_cursor(node: Any) -> None:
    def breaks_at_three(context: JobContext) -> None:
        context.advance(3, done=3)
        raise InvalidInputError("第三行错误", "row three is wrong")

    store, job = JobStore(node.database), new_job(node)
    failed = run_job(node, job.id, kinds=kinds(breaks_at_three))
    assert (failed.state, failed.message) == (JobState.FAILED, Text("第三行错误", "row three is wrong"))
    store.retry(OWNER, job.id, NOW)
    done = run_job(node, job.id, kinds=kinds(count_up))
    assert (done.state, done.done, done.attempt, done.message) == (JobState.DONE, 5, 2, None)


def test_a_fault_of_ours_fails_the_job_without_its_words(node: Any) -> None:
    """Input: an exception that quotes a person's number. Verdict: failed, and the message does not hold it."""

    def breaks(context: JobContext) -> None:
        raise ValueError("990101199010100083")

    failed = run_job(node, new_job(node).id, kinds=kinds(breaks))
    assert failed.state is JobState.FAILED
    assert failed.message is not None
    assert "9901" not in failed.message.zh + failed.message.en


def test_a_store_that_goes_away_fails_nothing(node: Any) -> None:
    """Input: the driver reports in mid-run that the store is away. Verdict: the job rests, then ends elsewhere."""

    def meets_an_outage(context: JobContext) -> None:
        context.advance(2, done=2)
        raise AutoReconnect("connection closed")

    job = new_job(node)
    rests = run_job(node, job.id, kinds=kinds(meets_an_outage), lease=SHORT)
    assert rests.state is JobState.QUEUED
    assert run_job(node, job.id, kinds=kinds(count_up), lease=SHORT).done == 2, "it was not left alone"
    sleep(SHORT.total_seconds() + 0.1)
    assert run_job(node, job.id, kinds=kinds(count_up), lease=SHORT).done == 5


def test_two_workers_never_run_the_same_job(node: Any) -> None:
    """Input: eight threads take the same twenty jobs. Verdict: each job's steps are counted once."""
    jobs = [new_job(node).id for _ in range(20)]
    running: set[str] = set()
    guard = threading.Lock()
    overlapped: list[str] = []

    def counted(context: JobContext) -> None:
        with guard:
            if context.job.id in running:
                overlapped.append(context.job.id)
            running.add(context.job.id)
        count_up(context)
        with guard:
            running.discard(context.job.id)

    def work() -> None:
        for job_id in jobs:
            run_job(node, job_id, kinds=kinds(counted))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store = JobStore(node.database)
    assert overlapped == []
    assert {store.read(job_id).done for job_id in jobs} == {5}
    assert {store.read(job_id).attempt for job_id in jobs} == {1}


def test_a_long_step_keeps_its_lease(node: Any) -> None:
    """Input: one step that takes four times the lease. Verdict: nobody else gets the job meanwhile."""
    store, taken = WorkStore(node.database, lease=SHORT), []

    def slow(context: JobContext) -> None:
        for _ in range(8):
            sleep(SHORT.total_seconds() / 2)
            taken.append(store.take(context.job.id, "another", NOW))
        context.advance(5, done=5)

    job = run_job(node, new_job(node).id, kinds=kinds(slow), lease=SHORT)
    assert job.state is JobState.DONE
    assert taken == [None] * 8


def test_who_lost_the_lease_notes_nothing_any_more(node: Any) -> None:
    """Input: a worker stood still for longer than its lease, and another has the job. Verdict: its note is refused."""
    store, job = WorkStore(node.database, lease=SHORT), new_job(node)
    assert store.take(job.id, "first", NOW) is not None
    sleep(SHORT.total_seconds() + 0.1)
    assert store.take(job.id, "second", NOW) is not None
    with pytest.raises(LeaseLostError):
        store.note_step(job.id, "first", 5, done=5, errors=0, total=None, at=NOW)
    with pytest.raises(LeaseLostError):
        store.finish(job.id, "first", JobState.DONE, NOW)
    store.release(job.id, "first", rest=False)
    assert JobStore(node.database).read(job.id).state is JobState.RUNNING
    assert store.note_step(job.id, "second", 1, done=1, errors=0, total=None, at=NOW).done == 1


def test_a_lease_of_the_future_counts_as_lapsed(node: Any) -> None:
    """Input: the store's clock was set back by a day after the worker died. Verdict: the job is not lost for a day."""
    store, job = WorkStore(node.database), new_job(node)
    assert store.take(job.id, "dead", NOW) is not None
    node.database["jobs"].update_one(
        {"_id": job.id}, {"$set": {"renewed_at": SystemClock().now() + timedelta(days=1)}}
    )
    assert job.id in store.due(["issuer.counting"])
    assert store.take(job.id, "living", NOW) is not None


def test_cancelling_what_waits_and_what_runs(node: Any) -> None:
    store = JobStore(node.database)
    waiting = new_job(node)
    assert store.cancel(OWNER, waiting.id, NOW).state is JobState.CANCELLED
    assert store.cancel(OWNER, waiting.id, NOW).state is JobState.CANCELLED

    def is_cancelled_at_two(context: JobContext) -> None:
        context.advance(2, done=2)
        store.cancel(OWNER, context.job.id, NOW)
        with pytest.raises(JobCancelledError):
            context.advance(3, done=1)
        context.check()

    cancelled = run_job(node, new_job(node).id, kinds=kinds(is_cancelled_at_two))
    assert (cancelled.state, cancelled.done) == (JobState.CANCELLED, 3)
    with pytest.raises(JobNotFoundError):
        store.cancel("another authority", cancelled.id, NOW)


def test_a_job_that_ended_can_be_neither_cancelled_nor_retried(node: Any) -> None:
    store, job = JobStore(node.database), new_job(node)
    run_job(node, job.id, kinds=kinds(count_up))
    with pytest.raises(JobEndedError):
        store.cancel(OWNER, job.id, NOW)
    with pytest.raises(JobNotRetryableError):
        store.retry(OWNER, job.id, NOW)
    with pytest.raises(JobNotFoundError):
        store.retry("another authority", job.id, NOW)


def test_a_worker_that_stops_gives_the_job_back_at_once(node: Any) -> None:
    job = new_job(node)
    stopped = run_job(node, job.id, kinds=kinds(count_up), is_stopping=lambda: True)
    assert stopped.state is JobState.QUEUED
    assert run_job(node, job.id, kinds=kinds(count_up)).done == 5


def test_a_job_that_keeps_killing_workers_waits_for_a_person(node: Any) -> None:
    """Input: five workers took the job and were never heard of again. Verdict: the sixth refuses; retry is possible."""
    brief = timedelta(milliseconds=30)
    store, job = JobStore(node.database), new_job(node)
    for number in range(5):
        assert WorkStore(node.database, lease=brief).take(job.id, f"killed {number}", NOW) is not None
        sleep(0.05)
    failed = run_job(node, job.id, kinds=kinds(count_up), lease=brief)
    assert failed.state is JobState.FAILED
    assert failed.done == 0
    store.retry(OWNER, job.id, NOW)
    assert run_job(node, job.id, kinds=kinds(count_up)).state is JobState.DONE


def test_the_same_key_answers_the_same_job_of_the_same_owner(node: Any) -> None:
    first = new_job(node, key="file 1")
    assert new_job(node, key="file 1").id == first.id
    assert new_job(node, key="file 2").id != first.id
    assert new_job(node, key="file 1", owner="another").id != first.id


def test_jobs_are_listed_newest_first_in_pages(node: Any) -> None:
    store = JobStore(node.database)
    made = [
        store.create("issuer.counting", "lister", {}, by="test", at=NOW + timedelta(seconds=number // 2)).id
        for number in range(7)
    ]
    first = store.list("lister", limit=4)
    second = store.list("lister", limit=4, before=first[-1].id)
    listed = [job.id for job in (*first, *second)]
    assert sorted(listed) == sorted(made)
    assert [job.created_at for job in (*first, *second)] == sorted(
        (job.created_at for job in (*first, *second)), reverse=True
    )
    assert store.list("lister", kind="issuer.other") == ()


def test_the_next_job_is_of_an_owner_for_whom_nothing_runs(node: Any) -> None:
    store = JobStore(node.database)
    busy = [store.create("issuer.fair", "busy", {}, by="test", at=NOW).id for _ in range(3)]
    quiet = store.create("issuer.fair", "quiet", {}, by="test", at=NOW + timedelta(seconds=9)).id
    work = WorkStore(node.database)
    assert work.take(busy[0], "worker", NOW) is not None
    assert work.due(["issuer.fair"]) == (quiet, *busy[1:])


@pytest.mark.parametrize("parameters", [{"at": NOW}, {"long": "x" * 300_000}, {1j: 2}])
def test_what_is_no_small_json_is_refused(node: Any, parameters: Any) -> None:
    with pytest.raises(JobTooLargeError):
        JobStore(node.database).create("issuer.counting", OWNER, parameters, by="test", at=NOW)


def test_names_and_values_of_parameters_are_never_the_stores_commands(node: Any) -> None:
    odd = {"$set": {"a.b": "$$NOW"}, "": [None, 1 << 60]}
    store = JobStore(node.database)
    job = store.create("issuer.counting", OWNER, odd, by="test", at=NOW)

    def note(context: JobContext) -> Any:
        context.advance(odd, done=1)
        return odd

    ended = run_job(node, job.id, kinds=kinds(note))
    assert (ended.parameters, ended.cursor, ended.result) == (odd, odd, odd)


def test_a_kind_that_nobody_installed_is_refused_when_asked_for(node: Any) -> None:
    with pytest.raises(UnknownJobKindError):
        enqueue(node, "issuer.nothing", OWNER, {}, by="test", at=NOW)


def test_a_command_runs_its_job_in_the_foreground_and_takes_up_what_broke_off(node: Any) -> None:
    def once(context: JobContext) -> None:
        context.advance(1, done=1)
        raise InvalidInputError("断", "broken off")

    def run(work: Any) -> Any:
        return run_in_foreground(
            node, "issuer.counting", OWNER, {"upto": 5}, by="cli", at=NOW, key="foreground", kinds=kinds(work)
        )

    assert run(once).state is JobState.FAILED
    assert (run(count_up).state, run(count_up).done) == (JobState.DONE, 5)


def test_a_command_follows_the_job_that_a_worker_has(node: Any) -> None:
    job, began = new_job(node, key="followed"), monotonic()

    def in_a_worker() -> None:
        def slowly(context: JobContext) -> Any:
            sleep(1)
            return count_up(context)

        run_job(node, job.id, kinds=kinds(slowly))

    worker = threading.Thread(target=in_a_worker)
    worker.start()
    sleep(0.2)
    told: list[Any] = []
    ended = run_in_foreground(
        node,
        "issuer.counting",
        OWNER,
        {"upto": 5},
        by="cli",
        at=NOW,
        key="followed",
        kinds=kinds(count_up),
        told=told.append,
    )
    worker.join()
    assert (ended.state, ended.attempt, ended.done) == (JobState.DONE, 1, 5)
    assert told
    assert monotonic() - began < 10
