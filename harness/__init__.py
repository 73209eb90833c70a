"""A benchmark harness for one-shot classification: what a plugin's author needs, in one place.

Each name is imported when it is first used, so that starting ``oneshot`` stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # for type checkers and editors; a test holds it equal to the table below
    from harness.errors import DataError as DataError
    from harness.errors import MethodError as MethodError
    from harness.errors import OneShotError as OneShotError
    from harness.errors import UsageError as UsageError
    from harness.errors import did_you_mean as did_you_mean
    from harness.learning.embedding import Embedder as Embedder
    from harness.learning.embedding import EmbeddingMethod as EmbeddingMethod
    from harness.learning.embedding import from_embedding as from_embedding
    from harness.learning.from_sklearn import from_sklearn as from_sklearn
    from harness.learning.similarity import Floats as Floats
    from harness.learning.similarity import Similarity as Similarity
    from harness.learning.training import Learner as Learner
    from harness.learning.training import Training as Training
    from harness.plugins.hookspecs import hookimpl as hookimpl
    from harness.protocol.dataset import Dataset as Dataset
    from harness.protocol.dataset import DatasetSpec as DatasetSpec
    from harness.protocol.dataset import Nouns as Nouns
    from harness.protocol.dataset import Runs as Runs
    from harness.protocol.dataset import Split as Split
    from harness.protocol.episodes import Draw as Draw
    from harness.protocol.episodes import Episodes as Episodes
    from harness.protocol.images import Images as Images
    from harness.protocol.method import Method as Method
    from harness.protocol.method import MethodSpec as MethodSpec
    from harness.protocol.method import NoSettings as NoSettings
    from harness.protocol.randomness import Words as Words
    from harness.protocol.task import Task as Task
    from harness.protocol.task import TaskSpec as TaskSpec
    from harness.storage.dataset_cache import cached as cached
    from harness.storage.dataset_cache import downloads_folder as downloads_folder
    from harness.storage.dataset_cache import store as store

_MODULES = {
    "DataError": "harness.errors",
    "MethodError": "harness.errors",
    "OneShotError": "harness.errors",
    "UsageError": "harness.errors",
    "did_you_mean": "harness.errors",
    "Embedder": "harness.learning.embedding",
    "EmbeddingMethod": "harness.learning.embedding",
    "from_embedding": "harness.learning.embedding",
    "from_sklearn": "harness.learning.from_sklearn",
    "Floats": "harness.learning.similarity",
    "Similarity": "harness.learning.similarity",
    "Learner": "harness.learning.training",
    "Training": "harness.learning.training",
    "hookimpl": "harness.plugins.hookspecs",
    "Dataset": "harness.protocol.dataset",
    "DatasetSpec": "harness.protocol.dataset",
    "Nouns": "harness.protocol.dataset",
    "Runs": "harness.protocol.dataset",
    "Split": "harness.protocol.dataset",
    "Draw": "harness.protocol.episodes",
    "Episodes": "harness.protocol.episodes",
    "Images": "harness.protocol.images",
    "Method": "harness.protocol.method",
    "MethodSpec": "harness.protocol.method",
    "NoSettings": "harness.protocol.method",
    "Words": "harness.protocol.randomness",
    "Task": "harness.protocol.task",
    "TaskSpec": "harness.protocol.task",
    "cached": "harness.storage.dataset_cache",
    "downloads_folder": "harness.storage.dataset_cache",
    "store": "harness.storage.dataset_cache",
}
__all__ = sorted(_MODULES)


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    value = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value  # found without this function from now on
    return value


def __dir__() -> list[str]:
    return __all__
