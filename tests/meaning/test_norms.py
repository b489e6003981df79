from importlib.resources import files

import pytest

from rom_vision.meaning.norms import load_norms, place


def test_default_view_is_the_30_to_45_band_with_35_as_target():
    for position in ("seated", "supine"):
        band = load_norms().band(position)
        assert (band.band_deg, band.target_deg, band.low_below_deg, band.very_low_below_deg) == ((30, 45), 35, 25, 20)


def test_women_have_their_own_band_only_when_the_sex_is_known():
    norms = load_norms()
    assert norms.band("seated", "female").band_deg == (35, 50)
    assert norms.band("seated", "male") == norms.band("seated", None)


def test_positions_and_modes_are_never_pooled():
    for study in load_norms().studies_like("internal_rotation", "seated", "active"):
        assert study.position == "seated"
        assert study.mode in ("active", None)
    assert [s.source for s in load_norms().studies_like("internal_rotation", "supine", "passive")] == ["Mosler 2017"]
    assert load_norms().studies_like("internal_rotation", "supine", "passive", sex="female") == ()
    assert "Nashik" not in str(load_norms().studies_like("internal_rotation", "seated", "active", age_years=60))


def test_every_number_names_its_source():
    norms = load_norms()
    assert all(s.source and s.evidence in ("read", "recalled") for s in norms.studies)
    assert all(rule.source for rule in norms.rules.values())
    assert all(band.basis for band in norms.bands)


@pytest.mark.parametrize(
    ("value", "half", "zone", "colour"),
    [
        (35, 4, "in_band", "ok"),
        (28, 2, "lower_normal", "ok"),
        (28, 4, "lower_normal", "undecided"),  # 24 is low, 32 is not
        (22, 2, "low", "low"),
        (19, 4, "very_low", "low"),  # very low or low: low either way
        (14, 4, "very_low", "marked"),
        (44, 4, "in_band", "undecided"),
        (52, 5, "high", "high"),
        (33, 20, "in_band", "undecided"),
    ],
)
def test_colour_needs_the_whole_interval(value, half, zone, colour):
    placed = place(value, (value - half, value + half), load_norms().band("seated"))
    assert (placed.zone, placed.colour) == (zone, colour)


def test_colour_never_changes_while_a_boundary_lies_inside_the_interval():
    band = load_norms().band("seated")
    half = 2.4  # less than half the distance of two boundaries: never two of them in one interval
    values = [10 + i * 0.05 for i in range(1000)]
    colours = [place(v, (v - half, v + half), band).colour for v in values]
    for edge in (band.very_low_below_deg, band.low_below_deg, band.high_above_deg):
        inside = {c for v, c in zip(values, colours, strict=True) if abs(v - edge) < half - 0.01}
        assert len(inside) == 1, f"colour changes inside the interval of {edge}: {inside}"


def test_data_files_are_part_of_the_package():
    for name in ("norms.json", "advice.json"):
        assert (files("rom_vision.meaning") / name).is_file()


def test_a_position_that_this_version_does_not_know_has_no_band():
    assert load_norms().band("standing") is None
    assert load_norms().band(None) is None
