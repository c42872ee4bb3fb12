"""Messages know their parameters, so that Python and the command line each say what is to be written there."""

import pickle

import pytest

from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError, SeqAugWarning
from seqaug_sklearn.utils import InPython, Message, Parameter, UniqueNames, Ways, invalid_parameter, told

HERE = {"window": "--window", "missing": "--missing"}


def say(parameter):
    """A reader who has two options and one choice of them less."""
    if parameter.name not in HERE or (parameter.is_set and parameter.value == "keep"):
        return None
    return HERE[parameter.name] + (f" {parameter.value}" if parameter.is_set else "")


WAYS = Ways(
    Message("keep them with ", Parameter("missing", "keep")),
    Message("choose with ", Parameter("samples", ...)),
    Message("drop them with ", Parameter("missing", "drop")),
)


@pytest.mark.parametrize(
    ("message", "in_python", "for_reader"),
    [
        (Message("plain {text}"), "plain {text}", "plain {text}"),
        (Message(Parameter("window"), " must be 1"), "window must be 1", "--window must be 1"),
        (Message(Parameter("window", 4), " is low"), "window=4 is low", "--window 4 is low"),
        (Message("pass ", Parameter("window", ...)), "pass window=", "pass --window"),
        (Message("got ", Parameter("window", "4'")), 'got window="4\'"', "got --window 4'"),
        (Message("pass ", Parameter("samples", ["a"])), "pass samples=['a']", "pass samples=['a']"),
        (Message("a ", Message(Parameter("window"), "!")), "a window!", "a --window!"),
        (
            Message("gaps: ", WAYS),
            "gaps: keep them with missing='keep', choose with samples=, or drop them with missing='drop'",
            "gaps: drop them with --missing drop",
        ),
        # where no way is open all are told
        (Message(Ways(Message(Parameter("samples", ...)), "x")), "samples=, or x", "x"),
        (Message(Ways(Message(Parameter("samples", ...)))), "samples=", "samples="),
    ],
)
def test_each_reader_is_told_in_own_words(message, in_python, for_reader):
    assert str(message) == in_python
    assert message.told(say) == for_reader
    for error in (DataFormatError(message), SeqAugWarning(message), ValueError(message)):
        assert str(error) == in_python
        assert told(error, say) == for_reader


def test_parameters_are_listed_in_order():
    message = Message(Parameter("window", 4), WAYS, Message(Parameter("k")))
    assert [parameter.name for parameter in message.parameters] == ["window", "missing", "samples", "missing", "k"]


def test_an_error_says_which_parameter_it_is_about():
    error = invalid_parameter(Parameter("window", 4), "is low, with ", Parameter("k"))
    assert (str(error), error.parameter) == ("window=4 is low, with k", "window")
    assert isinstance(error, InvalidParameterError)
    assert isinstance(error, ValueError)
    assert DataFormatError("line 3 is odd").parameter is None
    assert DataFormatError().parameter is None


def test_errors_cross_processes_with_their_parameters():
    error = pickle.loads(pickle.dumps(invalid_parameter("window", "is low; ", WAYS)))
    assert error.parameter == "window"
    assert told(error, say) == "--window is low; drop them with --missing drop"


def test_what_is_no_message_is_told_as_it_is():
    assert told(ValueError("window=4"), say) == "window=4"
    assert told("window=4", say) == "window=4"
    assert told(ValueError(), say) == ""


def test_repeats_are_numbered_and_stay_unique():
    names = ["a", "a_2", "a", "a", "b", "a_2", "a_2_2", "a"]
    unique = UniqueNames()
    made = [unique.name(name) for name in names]
    assert made[:3] == ["a", "a_2", "a_3"]
    assert len(set(made)) == len(names)
    assert all(new.startswith(old) for new, old in zip(made, names, strict=True))


def test_what_only_python_sees_is_left_out_for_others():
    message = Message("no measurement ", InPython("(Unknown label type) "), "here")
    assert message == "no measurement (Unknown label type) here"
    assert message.told(lambda parameter: None) == "no measurement here"
