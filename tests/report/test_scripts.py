import pytest

from rom_vision.report.scripts import shaped, visual_order


@pytest.mark.parametrize(
    ("logical", "drawn"),
    [
        ("Ana (34)", "Ana (34)"),
        ("אבג", "גבא"),
        ("אב גד", "דג בא"),
        ("אב (גד)", "(דג) בא"),
        ("אב 12", "12 בא"),
        ("אב 12 גד", "דג 12 בא"),
        ("Ana אב", "Ana בא"),
        ("Ana אב 12 גד x", "Ana דג 12 בא x"),
        ("אב Ana", "Ana בא"),
        ("שָׁלוֹם", "םוֹלשָׁ"),  # the marks stay with their letters
    ],
)
def test_order_of_drawing(logical, drawn):
    assert visual_order(logical) == drawn


@pytest.mark.parametrize(
    ("letters", "forms"),
    [
        ("ب", "\ufe8f"),
        ("بب", "\ufe91\ufe90"),
        ("ببب", "\ufe91\ufe92\ufe90"),
        ("دا", "\ufea9\ufe8d"),  # neither joins to its left
        ("با", "\ufe91\ufe8e"),
        ("لا", "\ufefb"),
        ("بلا", "\ufe91\ufefc"),
        ("بَب", "\ufe91َ\ufe90"),  # a vowel sign between does not part them
        ("پ", "\ufb56"),
        ("ب ب", "\ufe8f \ufe8f"),
        ("Ana", "Ana"),
    ],
)
def test_arabic_letters_take_the_form_their_neighbours_ask_for(letters, forms):
    assert shaped(letters) == forms
