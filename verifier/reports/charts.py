"""Pictures as SVG within the page: no script, no style within elements, no origin but ours.

Words stay in HTML, where they keep their size on a phone; each picture stands beside the numbers that it shows.
Colours come from classes (``reports.css``); what a colour says is said by a pattern or a word as well.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from verifier.reports.figures import LINE_2018, LINE_2019, Day

_WIDTH, _HEIGHT = 720, 180

_PATTERNS = Markup(
    "<defs>"
    '<pattern id="{0}-supplement" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="chart__ground-supplement" width="8" height="8"/><rect class="chart__ink-supplement" width="4" height="8"/>'
    "</pattern>"
    '<pattern id="{0}-refused" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<rect class="chart__ground-refused" width="6" height="6"/><circle class="chart__ink-refused" cx="3" cy="3" r="1.6"/>'
    "</pattern></defs>"
)


def share_bar(share: float | None, grade: str, *, lines: bool = False) -> Markup:
    """A bar for a share from 0 to 1, as wide as its cell; the number stands beside it, so readers of screens skip it.

    Args:
        share: a value below 0 is drawn as 0; ``None`` leaves the bar empty.
        grade: good, fair, poor, none or plain.
        lines: whether the two lines of R13 are drawn.
    """
    width = 0.0 if share is None else max(0.0, min(share, 1.0)) * 100
    marks = "".join(
        f'<line class="bar__line" x1="{at * 100:g}" x2="{at * 100:g}" y1="0" y2="18"/>'
        for at in ((LINE_2018, LINE_2019) if lines else ())
    )
    return Markup(
        '<svg class="bar bar--{}" viewBox="0 0 100 18" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="bar__ground" y="4" width="100" height="10"/><rect class="bar__value" y="4" width="{}" height="10"/>{}</svg>'
    ).format(grade, f"{width:.2f}", Markup(marks))  # noqa: S704  # numbers of our own


def day_columns(days: Sequence[Day], *, title: str, description: str, name: str = "days") -> Markup:
    """Columns of decisions by day: accepted below, then supplements, then refusals.

    Args:
        days: in order, at least one.
        title: name of the picture for those who do not see it.
        description: what it shows, in one sentence.
        name: unique in the page, for the patterns.
    """
    top = max((day.all for day in days), default=0) or 1
    step = _WIDTH / len(days)
    width = max(step * 0.8, 0.5)
    parts = []
    for position, day in enumerate(days):
        base = float(_HEIGHT)
        left = position * step + (step - width) / 2
        for kind, number in (
            ("accepted", day.accepted),
            ("supplement", day.supplement),
            ("refused", day.refused),
        ):
            if not number:
                continue
            height = number / top * _HEIGHT
            base -= height
            fill = "" if kind == "accepted" else f' fill="url(#{escape(name)}-{kind})"'
            parts.append(
                f'<rect class="chart__{kind}" x="{left:.2f}" y="{base:.2f}" width="{width:.2f}" height="{height:.2f}"{fill}/>'
            )
    return Markup(
        '<svg class="chart" viewBox="0 -2 {w} {h}" role="img" aria-labelledby="{n}-title {n}-description">'
        '<title id="{n}-title">{t}</title><desc id="{n}-description">{d}</desc>{p}'
        '<line class="chart__axis" x1="0" x2="{w}" y1="{b}" y2="{b}"/>{c}</svg>'
    ).format(
        w=_WIDTH,
        h=_HEIGHT + 4,
        n=name,
        t=title,
        d=description,
        p=_PATTERNS.format(name),
        b=_HEIGHT,
        c=Markup("".join(parts)),  # noqa: S704  # numbers of our own
    )


def swatch(kind: str, name: str = "days") -> Markup:
    """What a kind of column looks like, for the legend."""
    fill = Markup("") if kind == "accepted" else Markup(' fill="url(#{}-{})"').format(name, kind)
    return Markup(
        '<svg class="swatch" viewBox="0 0 16 16" aria-hidden="true"><rect class="chart__{}" width="16" height="16"{}/></svg>'
    ).format(kind, fill)


def shade(share: float | None) -> str:
    """Which of five shades a share has in the matrix; the number stands in the cell."""
    if share is None:
        return "none"
    return str(min(4, int(share * 5)) + 1)
