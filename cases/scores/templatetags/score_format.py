"""How scores look on a page: percentages, durations, the tint of a heat-map cell."""

from django import template
from django.utils import timezone

from cases.quizzes.models import Assignment

register = template.Library()

LOW = "217, 119, 6"
HIGH = "13, 148, 136"
MIDDLE = 0.6
"""Below this a cell is amber, above it teal; further away is stronger."""


@register.filter
def percent(value: float | None) -> str:
    """0.734 as "73 %"; a dash where there is nothing."""
    return "–" if value is None else f"{value * 100:.0f}\N{NO-BREAK SPACE}%"


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds as "48 s" or "3 min 05 s"; a dash where there is nothing."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


@register.filter
def heat(value: float | None) -> str:
    """A style attribute's text for a score of 0 to 1. Faint enough that text stays readable in both themes."""
    if value is None:
        return ""
    hue = HIGH if value >= MIDDLE else LOW
    distance = (value - MIDDLE) / (1 - MIDDLE) if value >= MIDDLE else (MIDDLE - value) / MIDDLE
    return f"background-color: rgba({hue}, {0.08 + 0.34 * distance:.2f})"


@register.filter
def width(value: float | None) -> str:
    """A bar's width for a share of 0 to 1."""
    return f"width: {(value or 0) * 100:.0f}%"


@register.filter
def window(assignment: Assignment) -> str:
    """Whether an assignment is "upcoming", "open" or "closed"."""
    if assignment.is_open:
        return "open"
    return "upcoming" if timezone.now() < assignment.opens_at else "closed"
