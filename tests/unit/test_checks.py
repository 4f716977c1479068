"""Every validator: what passes, what it becomes, and the whole message of what does not."""

import math
import re

import numpy as np
import pytest

from qec_leak import _checks


def refused(error, message, check, *args, **kwargs):
    with pytest.raises(error, match="^" + re.escape(message) + "$"):
        check(*args, **kwargs)


def test_numbers_are_converted_to_float():
    for value in (1, 1.0, np.float32(1), np.int64(1)):
        out = _checks.check_number("x", value)
        assert type(out) is float and out == 1.0


@pytest.mark.parametrize("value", [True, "20", None, 1j, [1.0], np.array([1.0])])
def test_what_is_not_a_number_is_a_type_error(value):
    message = f"`t1_ns` must be a number, but is {value!r}; write a plain number such as 0.25"
    refused(TypeError, message, _checks.check_positive, "t1_ns", value)


def test_nan_is_refused_everywhere():
    checks = (_checks.check_number, _checks.check_probability, _checks.check_positive, _checks.check_non_negative)
    for check in checks:
        with pytest.raises(ValueError, match="`x` must be a number, but is nan; replace the NaN"):
            check("x", math.nan)


def test_probability():
    assert _checks.check_probability("p", 0) == 0.0 and _checks.check_probability("p", 1) == 1.0
    assert _checks.check_probability("p", 0.75, maximum=0.75) == 0.75
    refused(ValueError, "`p` must be in [0, 1], but is -0.1; give a probability", _checks.check_probability, "p", -0.1)
    message = "`p` must be in [0, 0.75], but is 0.76; give a probability of at most 0.75"
    refused(ValueError, message, _checks.check_probability, "p", 0.76, maximum=0.75)


def test_positive_and_non_negative():
    assert _checks.check_positive("t", 1e-9) == 1e-9 and _checks.check_non_negative("t", 0) == 0.0
    assert _checks.check_positive("t", math.inf, allow_infinite=True) == math.inf
    refused(ValueError, "`t` must be positive, but is 0; give a number above 0", _checks.check_positive, "t", 0)
    refused(ValueError, "`t` must be finite, but is inf; give a finite number", _checks.check_positive, "t", math.inf)
    message = "`t` must be at least 0, but is -1; give 0 or a positive number"
    refused(ValueError, message, _checks.check_non_negative, "t", -1)
    with pytest.raises(ValueError, match="finite"):
        _checks.check_non_negative("t", math.inf)


def test_int():
    out = _checks.check_int("n", np.int32(3), minimum=3)
    assert type(out) is int and out == 3
    message = "`shots` must be at least 1, but is 0; give 1 or more"
    refused(ValueError, message, _checks.check_int, "shots", 0, minimum=1)
    for value in (True, 2.0, "2", None):
        message = f"`n` must be an integer, but is {value!r}; give a whole number"
        refused(TypeError, message, _checks.check_int, "n", value)


def test_choice_suggests_the_closest():
    assert _checks.check_choice("basis", "X", ("X", "Z")) == "X"
    message = "`strategy` must be one of 'NO_RESET', 'MLR', but is 'no_rest'; did you mean 'NO_RESET'?"
    refused(ValueError, message, _checks.check_choice, "strategy", "no_rest", ("NO_RESET", "MLR"))
    message = "`basis` must be one of 'X', 'Z', but is 'quux'; choose one of them"
    refused(ValueError, message, _checks.check_choice, "basis", "quux", ("X", "Z"))
    with pytest.raises(TypeError, match="`basis` must be one of 'X', 'Z', but is 3"):
        _checks.check_choice("basis", 3, ("X", "Z"))


def test_odd_distance():
    assert _checks.check_odd_distance("distance", 5) == 5
    rule = "`distance` must be an odd integer of at least 3, but is"
    for value, fix in ((4, "use 3 or 5"), (1, "use 3"), (2, "use 3"), (0, "use 3")):
        refused(ValueError, f"{rule} {value}; {fix}", _checks.check_odd_distance, "distance", value)
    with pytest.raises(TypeError):
        _checks.check_odd_distance("distance", 3.0)
