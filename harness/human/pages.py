"""The three pages, each self-contained: the trials, the summary, and a round without a record."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe

import numpy as np

from harness.human.same_trials import MethodOnTrials
from harness.human.session import Session
from harness.human.summary import RoundSummary, WrongAnswer
from harness.protocol.images import Images
from harness.protocol.settings import MethodChoice
from harness.records.repetitions import seeds_label
from harness.report.pictures.sprite import Sprite, sprite
from harness.report.quantities import duration
from harness.report.templating import template_environment
from harness.statistics.accuracy import LEVEL

_HERE = Path(__file__).parent
_THEME = _HERE.parent / "report" / "theme.css"


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page, and the content security policy that lets its own style and script run."""

    html: str
    policy: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A row of the comparison in the summary.

    Attributes:
        label: who answered.
        note: what the figure is based on, in small print.
        percent: the accuracy.
        kind: ``you``, ``method``, ``published`` or ``chance``.
    """

    label: str
    note: str
    percent: float
    kind: str


def trials_page(session: Session) -> Page:
    """Return the page that shows the trials."""
    played, practice = session.round, session.setup.practice
    return _page(
        "trials.html",
        script=(_HERE / "trials.js").read_text(encoding="utf-8"),
        n_way=played.trials.n_way,
        n_shot=played.trials.n_shot,
        n_trials=len(played.trials),
        n_answered=len(played.answers),
        n_practice=0 if practice is None else len(practice),
        task=played.identity.task,
        dataset=played.identity.dataset.name,
        synthetic=played.identity.dataset.synthetic,
        name=played.identity.settings["name"],
        nouns=session.setup.nouns,
    )


def summary_page(session: Session) -> Page:
    """Return the summary page, which needs the server no longer."""
    found = session.end()
    return _page(
        "summary.html",
        summary=found,
        duration=duration,
        level=f"{100 * LEVEL:g}",
        bars=_bars(found),
        sheet=_sheet(session, found.wrong_answers) if found.wrong_answers else None,
        record=session.record_path,
        results=shlex.quote(str(session.setup.results)),
        nouns=session.setup.nouns,
    )


def unrecorded_page(session: Session, reason: str, *, is_last: bool) -> Page:
    """Return the page that replaces the summary if the record cannot be written.

    Args:
        session: a session whose round is over.
        reason: why there is no record.
        is_last: whether the server stops after this page; if not, a reload may help.
    """
    n_trials = len(session.round.trials)
    return _page("unrecorded.html", reason=reason, n_trials=n_trials, is_last=is_last)


def _bars(found: RoundSummary) -> list[Bar]:
    """Return the rows of the comparison, best first."""
    bars = [
        Bar(
            label=_label(each.variant.method, each.transductive),
            note=_note(each),
            percent=each.percent,
            kind="method",
        )
        for each in found.others.methods
    ]
    bars += [
        Bar(
            label=f"{each.method}, published",
            note="of the whole task",
            percent=each.accuracy,
            kind="published",
        )
        for each in found.published
    ]
    own = _label(found.method, found.transductive)
    bars.append(Bar(label="you", note=own, percent=found.accuracy.mean, kind="you"))
    bars.append(Bar(label="guessing", note="", percent=found.chance, kind="chance"))
    return sorted(bars, key=lambda bar: (-bar.percent, bar.kind != "you"))


def _note(each: MethodOnTrials) -> str:
    """Return the number of seeds, and the code version if there are several of the method."""
    if each.one_of_several:
        return f"{seeds_label(each.seeds)}; code {each.variant.source[:8]}"
    return f"mean of {len(each.seeds)} seeds" if len(each.seeds) > 1 else ""


def _label(method: MethodChoice, transductive: bool) -> str:
    return f"{method} (transductive)" if transductive else str(method)


def _sheet(session: Session, wrong_answers: tuple[WrongAnswer, ...]) -> Sprite:
    """Return the images of wrong trials: the query, the answer and the truth of each."""
    trials, packed = session.round.trials, []
    for wrong in wrong_answers:
        shown = trials.images(wrong.trial)
        rows = [0, 1 + wrong.answer * trials.n_shot, 1 + wrong.truth * trials.n_shot]
        packed.append(shown.packed[rows])
    return sprite(Images(np.concatenate(packed), shown.height, shown.width))


def _page(template: str, **values: object) -> Page:
    nonce = token_urlsafe(16)  # new for each page, so that no injected script can know it
    style = _THEME.read_text(encoding="utf-8") + (_HERE / "pages.css").read_text(encoding="utf-8")
    filled = template_environment(_HERE).get_template(template)
    html = filled.render(style=style, nonce=nonce, **values)
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
        "img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    return Page(html=html, policy=policy)
