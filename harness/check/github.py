"""The findings of a check for GitHub: a summary of the job, and annotations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from harness.check.finding import EXIT_CODES, Checked, Finding, Mark, listed
from harness.report.markdown import grid, plain

MARKS = {
    Mark.PASSED: ":white_check_mark:",
    Mark.NEW: ":new:",
    Mark.NOT_JUDGED: ":grey_question:",
}
_ESCAPED = {"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"}


def summary(checked: Sequence[Checked]) -> str:
    """Return Markdown for ``$GITHUB_STEP_SUMMARY``."""
    lines = ["## oneshot check", ""]
    body = [
        (_sign(each.mark), plain(str(each.question)), plain(str(each.method)), *_cells(each))
        for each in checked
    ]
    lines += grid(
        ("", "Task", "Method", "Answers", "Training", "Scoring", "Memory"), body, "lllllll"
    )
    for each in checked:
        lines += _flips(each)
    return "\n".join(lines) + "\n"


def workflow_commands(checked: Iterable[Checked]) -> Iterator[str]:
    """Yield a workflow command for each finding that does not pass."""
    for each in checked:
        for finding in each.wrong:
            yield f"::error title={_property(each.title(finding))}::{_data(finding.text)}"


def _sign(mark: Mark) -> str:
    return MARKS.get(mark, ":x:")


def _cells(each: Checked) -> tuple[str, str, str, str]:
    found = {finding.aspect: finding for finding in each.findings}
    answers = found["answers"]
    return (
        plain(f"{answers.mark}: {answers.text}"),
        _cost(found.get("training")),
        _cost(found.get("scoring")),
        _cost(found.get("memory")),
    )


def _cost(finding: Finding | None) -> str:
    if finding is None:
        return ""
    if finding.ratio is None:
        return plain(finding.text)
    wrong = f" {_sign(finding.mark)}" if finding.mark in EXIT_CODES else ""
    return f"{finding.ratio:.2f} ×{wrong}"


def _flips(each: Checked) -> Iterator[str]:
    flips = [flip for finding in each.findings for flip in finding.flips]
    if not flips:
        return
    title = plain(f"{each.method} on {each.question}: changed trials")
    yield from ("", "<details>", f"<summary>{title}</summary>", "")
    yield from (f"- {plain(line)}" for line in listed(flips))
    yield from ("", "</details>")


def _data(text: str) -> str:
    return "".join(_ESCAPED[c] if c in "%\r\n" else c for c in text)


def _property(text: str) -> str:
    return "".join(_ESCAPED.get(c, c) for c in text)
