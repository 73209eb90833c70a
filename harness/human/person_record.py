"""The record of a finished round, in the same form as a method's."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import numpy as np

from harness.human.round import Round
from harness.protocol.outcome import Outcomes
from harness.records.record import Cost, Record
from harness.running.machine import environment

FRAMEWORK = "person"
_HERE = Path(__file__).parent
PAGE = (
    _HERE / "trials.html",
    _HERE / "pages.css",
    _HERE / "trials.js",
    _HERE.parent / "report" / "theme.css",
    _HERE.parent / "report" / "pictures" / "sprite.py",
)
"""The files that make the page a person saw: the counterpart of a method's code."""


def person_record(played: Round) -> Record:
    """Return the record of a finished round.

    With several queries beside the same candidates it is ``transductive``: a person remembers
    earlier queries and rules candidates out. ``peak_memory`` of a person is 0.
    """
    assert played.is_over
    episodes, key = played.trials.dealt.episodes, played.trials.dealt.key
    chosen = np.array([each.answer for each in played.answers]).reshape(episodes.query.shape)
    return Record(
        identity=played.identity,
        seeded=True,  # a repetition would give other answers
        transductive=episodes.n_query > 1,
        framework=FRAMEWORK,
        configuration=dict(played.identity.settings),
        source=_source(),
        n_way=episodes.n_way,
        n_shot=episodes.n_shot,
        manifest=key.manifest,
        # a person chooses one candidate, so none are tied
        outcomes=Outcomes(answer=chosen, tied=np.ones_like(chosen), right=chosen == key.truth),
        cluster=key.cluster,
        clusters=key.clusters,
        cost=Cost(
            fit_seconds=0.0,
            score_seconds=sum(each.seconds for each in played.answers),
            embedded=None,
            peak_memory=0,
            parameters=None,
        ),
        environment=environment(),
    )


def _source() -> str:
    digests = [sha256(path.read_bytes()).hexdigest() for path in PAGE]
    return sha256(" ".join(digests).encode()).hexdigest()
