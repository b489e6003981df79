"""A test that people ask for and that cannot be trusted is refused with its reason, before anything is looked at."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import rom_vision
from rom_vision.batch.plan import Request, read_plan
from rom_vision.cli.root import app
from rom_vision.errors import BadInputError
from rom_vision.protocols.registry import NOT_OFFERED, find_protocol, protocol

RESULTS = Path(__file__).parents[2] / "validation" / "results"


@pytest.mark.parametrize("name", NOT_OFFERED)
def test_it_is_refused_with_its_reason_wherever_a_test_is_named(name, tmp_path):
    clip = tmp_path / "a.mp4"
    clip.touch()
    assert find_protocol(name) is None
    for asked in (name, name.replace("_", "-")):
        with pytest.raises(BadInputError) as fault:
            protocol(asked)
        assert str(fault.value) == NOT_OFFERED[name]
        with pytest.raises(BadInputError, match="instead"):
            read_plan(tmp_path, None, Request(asked, {}), None)
    with pytest.raises(BadInputError, match="instead"):
        rom_vision.measure(clip, name)


@pytest.mark.parametrize("name", NOT_OFFERED)
def test_the_command_line_takes_the_name_and_says_why_but_does_not_list_it(name, tmp_path):
    dashed, clip = name.replace("_", "-"), tmp_path / "a.mp4"
    clip.touch()
    for words in (["measure", clip], ["batch", tmp_path, "--out", tmp_path / "out"]):
        result = CliRunner().invoke(app, [*map(str, words), "--test", dashed])
        assert isinstance(result.exception, BadInputError), result.output
        assert NOT_OFFERED[name].rstrip(".") in str(result.exception)
        assert dashed not in CliRunner().invoke(app, [words[0], "--help"]).output
    assert not (tmp_path / "out").exists()


def test_the_reason_is_what_the_study_found():
    """Prone: no place of the camera finds the leg nearly always and its line within the 3 degrees a value may err."""
    table = json.loads((RESULTS / "prone_places.json").read_text(encoding="utf-8"))["table"]
    assert {row["place"] for row in table} == {"foot_end", "head_end", "overhead"}
    for row in table:
        if row["place"] == "overhead":
            assert row["shin_error_deg"] > 3.0
        else:
            assert row["leg_right"] < 0.9, row["place"]
