"""``elicence up``: a whole node on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from service.demo.people import CITIZENS, POSTS, STAFF
from service.node_record import remembered_port_base
from service.processes.bound import end, start_bound
from service.settings import DEFAULT_DATA, DEFAULT_PORT_BASE
from service.supervisor.node import run_node
from service.supervisor.plan import SERVICES, TITLES, NodePlan
from service.supervisor.progress import Progress


@click.command()
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help=f"Data directory.  [default: ELICENCE_DATA or {DEFAULT_DATA}]",
)
@click.option(
    "--port-base",
    type=click.IntRange(1023, 65531),
    default=None,
    help="Issuer, wallet, verifier and identity provider listen on this port + 1, 2, 3, 4."
    f"  [default: as the data directory was begun, else {DEFAULT_PORT_BASE}]",
)
@click.option("--empty", is_flag=True, help="Start a new node without demo data.")
@click.option("--journey", is_flag=True, help="Walk the demo's journey once when everything is ready.")
def up(data: Path | None, port_base: int | None, *, empty: bool, journey: bool) -> None:
    """Start a node on this machine: store, three services, and the demo's identity provider. Ctrl-C ends it.

    在本机启动完整节点：存储、三个服务和示例身份提供方。按 Ctrl-C 结束。
    """
    chosen = (data or Path(os.environ.get("ELICENCE_DATA") or DEFAULT_DATA)).expanduser().absolute()
    plan = NodePlan(chosen, port_base or remembered_port_base(chosen) or DEFAULT_PORT_BASE)
    progress = Progress()
    progress.say(f"elicence  {chosen}")

    def when_ready(shared: Mapping[str, str]) -> None:
        _print_addresses(plan, progress)
        if journey:
            _walk_journey(plan, shared)
        progress.say("按 Ctrl-C 结束 · Ctrl-C ends the node")
        sys.stdout.flush()

    run_node(plan, with_demo_data=not empty, progress=progress, when_ready=when_ready)
    progress.say("已结束 · ended")


def _print_addresses(plan: NodePlan, progress: Progress) -> None:
    progress.say(f"\n已就绪 · ready in {progress.seconds:.1f} s\n")
    for part in (*SERVICES, "identity"):
        title = TITLES[part]
        progress.say(f"  {plan.url(part)}   {title.zh} · {title.en}")
    progress.say("\n示例登录（点选姓名，无需密码）· demo sign-ins (choose the name, no password)\n")
    for one in (*CITIZENS, *STAFF):
        post = POSTS[one.post]
        progress.say(f"  {one.subject:<18}{one.name} {one.latin_name} · {post.zh} {post.en}")
    progress.say("")
    sys.stdout.flush()


def _walk_journey(plan: NodePlan, shared: Mapping[str, str]) -> None:
    command = [sys.executable, "-m", "service.command_line", "demo"]
    command += ["--port-base", str(plan.port_base), "--data", str(plan.data)]
    process: subprocess.Popen[bytes] = start_bound(command, environment=shared, log=sys.stdout.fileno())
    try:
        status = process.wait()
    finally:
        end(process, patience_seconds=2)
    if status != 0:
        click.secho("示例旅程没有走通，原因见上。· The journey failed; see above.", fg="red", err=True)
