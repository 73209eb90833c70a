"""A method in a process of its own, which does one piece of work for each line that it is sent.

So TensorFlow and PyTorch never meet, and pytest-benchmark can time either from outside. The
argument is the method; the first answer says how many steps there are to be learnt: 0 for a method
without ``fit``, 1 where a fit is all of a piece. Then each of these lines is answered once it is
done; ``score`` comes after the last ``step``.

    reference   the reference workload, once
    step        the next step of training
    score       20-way episodes over a pool that was never seen, so that every image is embedded
"""

from __future__ import annotations

import os
import sys
from dataclasses import fields, replace
from typing import Any

from harness import MethodSpec, Task, Training
from harness.learning.embedding import EmbeddingMethod
from harness.learning.training import Progress
from harness.plugins.datasets import load_dataset
from harness.plugins.dealing import dealt
from harness.plugins.registry import Plugins
from harness.protocol.settings import MethodChoice, configure
from harness.running.reference import Workload

STEPS = 6
EPISODES = 10


def main(name: str) -> None:
    """Build the method, then do as the lines say."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # frameworks print
    plugins, workload = Plugins(), Workload()
    method, n_steps = built(plugins.method(name))
    dataset = load_dataset("sketch", plugins)
    task = Task(family="across", n_way=20, n_shot=1)
    episodes = dealt(dataset, task, EPISODES, plugins).episodes

    def answer(text: str = "done") -> None:
        answers.write(f"{text}\n")
        answers.flush()

    def until_step() -> None:
        """Do what is asked, until that is a step, or nothing more."""
        for line in sys.stdin:
            match line.strip():
                case "step":
                    return
                case "reference":
                    workload.run()
                case "score":
                    method.score(replace(episodes, pool=episodes.pool.take(slice(None))))
            answer()
        sys.exit()

    def stepped(progress: Progress) -> None:
        if progress.step < n_steps:  # the last step ends with the fit, below
            answer()
            until_step()

    answer(str(n_steps))
    if n_steps:
        until_step()
        method.fit(dataset.background, Training(seed=0, notify=stepped))
        answer()
    until_step()


def built(spec: MethodSpec) -> tuple[Any, int]:
    """Return the method, set to few steps where it learns step by step, and how many it takes."""
    by_step = "steps" in {field.name for field in fields(spec.settings)}
    pairs = (("steps", str(STEPS)),) if by_step else ()
    method = spec.build(configure(MethodChoice(name=spec.name, pairs=pairs), spec))
    learner = method.embedder if isinstance(method, EmbeddingMethod) else method
    return method, STEPS if by_step else int(hasattr(learner, "fit"))


if __name__ == "__main__":
    main(sys.argv[1])
