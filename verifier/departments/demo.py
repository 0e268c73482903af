"""The departments of the demo, as data. All are fictional; the first is a joint window that receives for the others.

A joint window takes in the applications of several departments (R8), so that one desk can show every service item.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

from standards.json_reader import Reader, parse_json
from standards.text import Text
from verifier.departments.department import Department, Role, new_department


@dataclass(frozen=True, slots=True)
class DemoPost:
    """A demo person's post: ``sub`` at the demo's identity provider, and the roles."""

    subject: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class DemoDepartment:
    """A department and who works there."""

    department: Department
    posts: tuple[DemoPost, ...]


def load_demo_departments() -> tuple[DemoDepartment, ...]:
    """The demo's departments, the principal one first; raises ``InvalidInputError`` for a broken data file."""
    data = resources.files(__package__).joinpath("data", "demo.json").read_bytes()
    return tuple(_demo_department(Reader(entry)) for entry in parse_json(data))


def _demo_department(reader: Reader) -> DemoDepartment:
    name = reader.object("name")
    department = new_department(
        reader.text("uscc"),
        Text(name.text("zh"), name.text("en")),
        reader.text("division"),
        reader.texts("service_items"),
    )
    posts = tuple(
        DemoPost(post.text("subject"), frozenset(Role(role) for role in post.texts("roles")))
        for post in reader.objects("staff", min_items=1)
    )
    return DemoDepartment(department, posts)
