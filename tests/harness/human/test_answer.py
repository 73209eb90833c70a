from __future__ import annotations

import pytest

from harness.human.answer import Answer, InvalidAnswer, parse_answer


def test_an_answer_survives_writing_and_parsing() -> None:
    answer = Answer(trial=3, answer=7, seconds=1.25)
    assert parse_answer(answer.to_json().encode()) == answer


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b"[" * 100_000, b'{"trial": 0'])
def test_text_that_is_not_json_is_a_value_error(text: bytes) -> None:
    with pytest.raises(ValueError):
        parse_answer(text)


@pytest.mark.parametrize(
    "text",
    [
        b"[]",
        b"null",
        b"{}",
        b'{"trial": 0, "answer": 0}',
        b'{"trial": 0, "answer": 0, "seconds": 1, "right": true}',
        b'{"trial": -1, "answer": 0, "seconds": 1}',
        b'{"trial": true, "answer": 0, "seconds": 1}',
        b'{"trial": 0.0, "answer": 0, "seconds": 1}',
        b'{"trial": 0, "answer": "0", "seconds": 1}',
        b'{"trial": 0, "answer": 0, "seconds": -0.1}',
        b'{"trial": 0, "answer": 0, "seconds": NaN}',
        b'{"trial": 0, "answer": 0, "seconds": Infinity}',
        b'{"trial": 0, "answer": 0, "seconds": 1e999}',
        b'{"trial": 0, "answer": 0, "seconds": "1"}',
        b'{"trial": 0, "answer": 0, "seconds": false}',
    ],
)
def test_other_json_is_no_answer(text: bytes) -> None:
    with pytest.raises(InvalidAnswer):
        parse_answer(text)


def test_no_number_is_too_large_to_be_refused() -> None:
    with pytest.raises((InvalidAnswer, ValueError)):
        parse_answer(b'{"trial": 0, "answer": 0, "seconds": ' + b"9" * 400 + b"}")
