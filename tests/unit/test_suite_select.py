"""Choosing tests by an expression over their names."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrovm.errors import OptionError
from retrovm.suite.select import Selection

NAME = 'roms/sbc6502/suite.toml: the "line editor" echoes'


@pytest.mark.parametrize(
    ("expression", "selected"),
    [
        ("", True),
        ("   ", True),
        ("echo", True),
        ("ECHO", True),
        ("banner", False),
        ("not banner", True),
        ("echo and banner", False),
        ("echo or banner", True),
        ("banner or banner and echo", False),
        ("echo or echo and banner", True),
        ("(echo or banner) and banner", False),
        ("not not echo", True),
        ("not (banner or echo)", False),
        ('"suite.toml: the"', True),
        ("'line editor'", True),
        ("'line  editor'", False),
        ('"the ?line editor?"', True),
        ("'s.ite'", False),
        ("echo and not banner", True),
        ('"and"', False),
    ],
)
def test_an_expression_selects_names(expression: str, selected: bool) -> None:
    assert Selection(expression).matches(NAME) is selected


@pytest.mark.parametrize(
    "expression",
    ["and", "echo and", "or echo", "not", "(echo", "echo)", "()", '"echo', "echo banner", "echo not banner"],
)
def test_what_is_no_expression_is_an_error_before_anything_runs(expression: str) -> None:
    with pytest.raises(OptionError, match="expected words, and, or, not"):
        Selection(expression)


@given(
    st.one_of(
        st.text(), st.lists(st.sampled_from(["a", "and", "or", "not", "(", ")", '"x y"', "'"])).map(" ".join)
    )
)
def test_any_text_is_an_expression_or_an_option_error(text: str) -> None:
    with suppress(OptionError):
        assert isinstance(Selection(text).matches("a"), bool)
