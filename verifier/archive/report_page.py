"""``report.html``: a verification report that a person reads in fifty years: one file, nothing to fetch, no script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jinja2 import Environment

from verifier.departments.department import Department

_TEMPLATE: Final = """<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><title>核验报告 {{ facts.id }}</title><style>
body { font: 16px/1.6 serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
td, th { border: 1px solid; padding: .3rem .5rem; text-align: left; vertical-align: top }
</style></head><body>
<h1>核验报告 <span lang="en">Verification report</span></h1>
<table>
<tr><th scope="row">部门 Department</th><td>{{ department.name.zh }} {{ department.name.en }} ({{ department.uscc }})</td></tr>
<tr><th scope="row">事项 Service item</th><td>{% if facts.service_item_name %}{{ facts.service_item_name.zh }} {{ facts.service_item_name.en }}{% else %}—{% endif %}</td></tr>
<tr><th scope="row">决定 Decision</th><td>{{ facts.decision }}{% if facts.reason_text %}: {{ facts.reason_text.zh }} {{ facts.reason_text.en }}{% endif %}</td></tr>
<tr><th scope="row">时间 Time</th><td>{{ facts.decided_at }}</td></tr>
<tr><th scope="row">记录 Record</th><td>{{ facts.sequence }} · {{ facts.id }}<br>SHA-256 {{ facts.hash }}</td></tr>
<tr><th scope="row">结论 Verdict</th><td>{% if facts.report %}{{ facts.report.indication }}{% else %}未出示 nothing was shown{% endif %}</td></tr>
</table>
{% if facts.report %}<h2>各步核验 <span lang="en">Steps</span></h2>
<table><thead><tr><th scope="col">步 Step</th><th scope="col">结果 Outcome</th><th scope="col">说明 Finding</th></tr></thead><tbody>
{% for finding in facts.report.findings %}<tr><td>{{ finding.step }}</td><td>{{ finding.outcome }}</td><td>{{ finding.message.zh }}<br><span lang="en">{{ finding.message.en }}</span></td></tr>
{% endfor %}</tbody></table>{% endif %}
<p>此页供阅读；证明效力在同目录的 record.json 及归档包签名。
<span lang="en">This page is for reading; record.json beside it and the package's signature are the proof.</span></p>
</body></html>
"""

_PAGE: Final = Environment(autoescape=True).from_string(_TEMPLATE)


def report_page(facts: Mapping[str, Any], department: Department) -> str:
    """The page of one record, its open part alone: what was shown is in the record."""
    return _PAGE.render(facts=facts, department=department)
