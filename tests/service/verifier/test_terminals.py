"""Terminals: enrolled with a code and a key, proved by challenges, moved and barred by the administrator."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from tests.support.terminal_device import Device, code_on
from tests.support.verifier_world import Clerk, VerifierWorld
from verifier.departments.department import Role
from verifier.departments.enrol_staff import enrol_staff
from verifier.terminals.terminal import TerminalKind, TerminalState


@pytest.fixture
def admin(world: VerifierWorld) -> Clerk:
    return world.sign_in("window-approver")


@pytest.fixture
def required(world: VerifierWorld) -> Iterator[None]:
    """The first department works at enrolled terminals only."""
    uscc = world.departments[0].uscc
    world.node.departments.require_terminals(uscc, True)
    yield
    world.node.departments.require_terminals(uscc, False)


def register(admin: Clerk, kind: str = "desk", name: str = "3 号窗口") -> str:
    page = admin.submit("/terminals", name=name, kind=kind, place="一楼大厅东侧")
    assert page.status_code == 200, page.text
    return code_on(page)


def enrolled(world: VerifierWorld, admin: Clerk, kind: str = "desk") -> Device:
    device = Device(world.app.test_client())
    answer = device.enrol(register(admin, kind))
    assert answer.status_code == 201, answer.text
    return device


def at_desk(world: VerifierWorld, device: Device, subject: str = "window-clerk") -> Clerk:
    """A member of staff signs in at a device."""
    clerk = world.sign_in(subject)
    cookie = clerk.client.get_cookie("elicence_verifier")
    assert cookie
    device.client.set_cookie("elicence_verifier", cookie.value, domain="localhost")
    device.csrf = clerk.csrf
    return Clerk(device.client, clerk.csrf)


def test_a_device_takes_its_place_by_a_code(world: VerifierWorld, admin: Clerk) -> None:
    device = enrolled(world, admin)
    entry = world.node.terminals.find(device.terminal)
    assert entry
    assert entry.state is TerminalState.ENROLLED
    assert (entry.terminal.name, entry.terminal.kind) == ("3 号窗口", TerminalKind.DESK)
    assert [event.what for event in entry.history] == ["registered", "enrolled"]
    assert "3 号窗口" in device.page("/terminal").text
    page = at_desk(world, device).page("/")
    assert "3 号窗口" in page.text
    assert "吴窗口" in page.text


@pytest.mark.parametrize("wrong", ["AAAAA-AAAAA", "", "ELT1:", "十" * 10, "A" * 60])
def test_a_wrong_code_enrols_nothing(world: VerifierWorld, wrong: str) -> None:
    answer = Device(world.app.test_client()).enrol(wrong)
    assert answer.status_code in {400, 403}
    assert "Set-Cookie" not in answer.headers


def test_a_code_serves_once_and_ten_minutes(world: VerifierWorld, admin: Clerk) -> None:
    code = register(admin)
    late = register(admin)
    assert Device(world.app.test_client()).enrol(code).status_code == 201
    again = Device(world.app.test_client()).enrol(code)
    assert (again.status_code, again.json["type"]) == (400, "urn:elicence:problem:enrolment-code")
    world.clock.advance(timedelta(minutes=10))
    assert Device(world.app.test_client()).enrol(late).status_code == 400


def test_a_code_is_read_as_people_and_scanners_give_it(world: VerifierWorld, admin: Clerk) -> None:
    """Lower case, without its hyphen, with the prefix of the picture."""
    code = register(admin)
    device = Device(world.app.test_client())
    plain = code.replace("-", "")
    assert device.enrol(f" elt1:{plain.lower()} ".strip(), proof=_proof_of(device, plain)).status_code == 201


def _proof_of(device: Device, plain: str) -> str:
    from verifier.terminals.device_session import ENROLMENT_TYP

    return device.proof(ENROLMENT_TYP, plain)


def test_a_session_ends_and_is_renewed_by_the_key(world: VerifierWorld, admin: Clerk) -> None:
    """After half an hour a page leads to the proof of the key and back; with it the device is the terminal again."""
    device = enrolled(world, admin)
    clerk = at_desk(world, device)
    world.clock.advance(timedelta(minutes=31))
    page = clerk.page("/records?page=2")
    assert page.status_code == 303
    assert page.location == "/terminal/resume?next=/records?page%3D2"
    assert 'data-next="/records?page=2"' in device.page(page.location).text
    assert device.prove().status_code == 200
    assert clerk.page("/records").status_code == 200


def test_a_return_path_stays_here(world: VerifierWorld) -> None:
    page = Device(world.app.test_client()).page("/terminal/resume?next=//evil.example/")
    assert 'data-next="/"' in page.text
    assert 'href="//evil' not in page.text


def test_a_department_may_demand_terminals(world: VerifierWorld, admin: Clerk, required: None) -> None:
    """Any browser: refused with the way out. A terminal of the department: as always. Managing terminals: from anywhere."""
    clerk = world.sign_in("window-clerk")
    answer = clerk.page("/")
    assert answer.status_code == 403
    assert "只允许在已登记的终端" in answer.text
    assert admin.page("/records").status_code == 403
    device = enrolled(world, admin)
    assert at_desk(world, device).page("/").status_code == 200


def test_who_works_at_a_terminal_works_for_its_department(world: VerifierWorld, admin: Clerk) -> None:
    """The clerk has posts in two departments and chose the second: at a terminal of the first she works for the first."""
    device = enrolled(world, admin)
    clerk = at_desk(world, device)
    device.client.set_cookie("elicence_verifier_department", world.departments[1].uscc, domain="localhost")
    page = clerk.page("/")
    assert world.departments[0].name.zh in page.text
    assert world.departments[1].name.zh not in page.text


def test_names_that_hide_something_are_refused(world: VerifierWorld, admin: Clerk) -> None:
    for name in ("", "   ", "x" * 41, "窗口\u202e3", "a\x00b"):
        answer = admin.submit("/terminals", name=name, kind="desk", place="大厅")
        assert answer.status_code == 400, name
    answer = admin.submit("/terminals", name="<script>alert(1)</script>", kind="desk", place="大厅")
    assert "<script>alert" not in answer.text
    assert "大厅" in answer.text


def test_renaming_moving_and_history(world: VerifierWorld, admin: Clerk) -> None:
    device = enrolled(world, admin)
    path = f"/terminals/{device.terminal}"
    assert admin.submit(f"{path}/rename", name="5 号窗口", place="二楼").status_code == 303
    assert admin.submit(f"{path}/rename", name="", place="二楼").status_code == 400
    assert admin.submit(f"{path}/move", department=world.departments[1].uscc).status_code == 403
    page = admin.page("/terminals").text
    assert "5 号窗口" in page
    who = _administrator_of_both(world)
    assert who.submit(f"{path}/move", department=world.departments[1].uscc).status_code == 303
    moved = world.node.terminals.find(device.terminal)
    assert moved
    assert moved.terminal.department == world.departments[1].uscc
    assert [event.what for event in moved.history] == ["registered", "enrolled", "renamed", "moved"]
    assert admin.submit(f"{path}/bar", reason="不是本部门的了").status_code == 404


def _administrator_of_both(world: VerifierWorld) -> Clerk:
    from service.demo.people import person

    who = person("window-approver")
    for department, roles in (
        (world.departments[0], {Role.APPROVAL, Role.ADMINISTRATOR}),
        (world.departments[1], {Role.ADMINISTRATOR}),
    ):
        enrol_staff(
            department=department.uscc,
            code_type=who.code_type,
            number=who.number,
            name=who.name,
            roles=roles,
            departments=world.node.departments,
            staff=world.node.staff,
            at=world.clock.now(),
        )
    return world.sign_in("window-approver")


def test_only_administrators_manage_terminals(world: VerifierWorld, admin: Clerk) -> None:
    device = enrolled(world, admin)
    clerk = world.sign_in("window-clerk")
    assert clerk.page("/terminals").status_code == 403
    for action in ("bar", "code", "rename", "move"):
        answer = clerk.submit(f"/terminals/{device.terminal}/{action}", reason="x", name="x", place="x")
        assert answer.status_code == 403
    assert clerk.submit("/terminals/required", required="yes").status_code == 403
    assert "终端" not in clerk.page("/").text.split("</header>")[0]


def test_another_device_takes_the_place(world: VerifierWorld, admin: Clerk) -> None:
    """With a further code a second device is the terminal; the first has nothing any more, whatever its cookie says."""
    first = enrolled(world, admin)
    code = code_on(admin.submit(f"/terminals/{first.terminal}/code"))
    assert "3 号窗口" in first.page("/terminal").text
    second = Device(world.app.test_client())
    assert second.enrol(code).status_code == 201
    assert second.terminal == first.terminal
    assert "3 号窗口" not in first.page("/terminal").text
    assert first.prove().status_code == 403
    assert second.prove().status_code == 200


def test_the_commands(world: VerifierWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    from verifier.terminals import commands

    monkeypatch.setattr(commands, "open_node", lambda *_: world.node)
    monkeypatch.setattr(commands, "SystemClock", lambda: world.clock)
    uscc = world.departments[1].uscc

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(commands.terminals, list(arguments), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    added = run("add", "--department", uscc, "--name", "自助 2 号", "--kind", "kiosk", "--place", "西门")
    terminal, code = added.split()[:2]
    device = Device(world.app.test_client())
    assert device.enrol(code).json["kind"] == "kiosk"
    run("rename", terminal, "--name", "自助 3 号", "--place", "东门")
    assert "自助 3 号, 东门" in run("list", "--department", uscc)
    run("bar", terminal, "--reason", "维修")
    assert "barred" in run("list", "--department", uscc)
    assert device.page("/kiosk").status_code == 403
    code = run("code", terminal).split()[1]
    assert device.enrol(code).status_code == 201
    run("move", terminal, "--department", world.departments[0].uscc)
    run("require", "--department", uscc, "--yes")
    assert world.node.departments.find(uscc, world.clock.now()).terminals_required
    run("require", "--department", uscc, "--no")


def test_the_wallets_paths_know_no_terminal(world: VerifierWorld, admin: Clerk) -> None:
    """A wallet's own requests carry no cookie that counts: an ended session sends none of them elsewhere."""
    device = enrolled(world, admin)
    world.clock.advance(timedelta(hours=1))
    answer = device.client.get("/openid4vp/requests/none", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert urlsplit(answer.headers.get("Location", "")).path == ""
