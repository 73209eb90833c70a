"""A benchmark harness for one-shot classification: what a plugin's author needs, in one place."""

from harness.errors import DataError, MethodError, OneShotError, UsageError
from harness.learning.embedding import Embedder, from_embedding
from harness.learning.from_sklearn import from_sklearn
from harness.learning.training import Learner, Training
from harness.plugins.hookspecs import hookimpl
from harness.protocol.dataset import Dataset, DatasetSpec, Runs, Split
from harness.protocol.episodes import Draw, Episodes
from harness.protocol.images import Images
from harness.protocol.method import Method, MethodSpec, NoSettings
from harness.protocol.randomness import Words
from harness.protocol.task import Task, TaskSpec
from harness.storage.dataset_cache import cached

__all__ = [
    "DataError",
    "Dataset",
    "DatasetSpec",
    "Draw",
    "Embedder",
    "Episodes",
    "Images",
    "Learner",
    "Method",
    "MethodError",
    "MethodSpec",
    "NoSettings",
    "OneShotError",
    "Runs",
    "Split",
    "Task",
    "TaskSpec",
    "Training",
    "UsageError",
    "Words",
    "cached",
    "from_embedding",
    "from_sklearn",
    "hookimpl",
]
