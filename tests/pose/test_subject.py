import numpy as np
import pytest
from stick_people import candidate, exchanged, seated

from rom_vision.errors import BadInputError
from rom_vision.pose.subject import PersonFollower, PointedAt, choose_subject, distinct_people, number_of

FPS = 30
SIZE = (1280, 720)


def follow(frames):
    follower = PersonFollower()
    for k, poses in enumerate(frames):
        follower.update(k, k / FPS, [candidate(p) for p in poses])
    return follower.people


def swinging(n=90, **where):
    return [seated(swing_deg=40 * np.sin(np.pi * k / n) ** 2, **where) for k in range(n)]


def still(n=90, **where):
    return [seated(**where)] * n


def test_identities_hold_when_the_order_of_the_poses_changes():
    rng = np.random.default_rng(0)
    frames = [list(p) for p in zip(swinging(x=300), still(x=600), still(x=900), strict=True)]
    for poses in frames:
        rng.shuffle(poses)
    people = follow(frames)
    assert len(people) == 3
    for person in people:
        assert len(person.frames) == 90
        assert np.ptp([p.image_px[0, 0] for p in person.poses]) < 5


def test_people_who_pass_each_other_keep_their_identities():
    left = [seated(x=x, scale=100) for x in np.linspace(250, 900, 90)]
    right = [seated(x=x, y=330, scale=130) for x in np.linspace(900, 250, 90)]
    people = follow(zip(left, right, strict=True))
    assert [len(p.frames) for p in people] == [90, 90]
    assert {round(p.size_px) for p in people[0].poses} != {round(p.size_px) for p in people[1].poses}
    assert np.ptp([p.size_px for p in people[0].poses]) < 1


def test_exchanged_labels_do_not_make_a_new_person():
    frames = [[seated()], [exchanged(seated())], [seated()]]
    assert len(follow(frames)) == 1


def test_a_bystander_found_instead_of_the_subject_leaves_a_gap_in_the_subject():
    subject = swinging(x=300)
    frames = [[p] if not 30 <= k < 60 else [seated(x=800)] for k, p in enumerate(subject)]
    people = follow(frames)
    assert people[0].frames == [*range(30), *range(60, 90)]
    assert people[1].frames == list(range(30, 60))
    assert "never seen together" in choose_subject(people, 90, SIZE).warnings[0]


def test_one_person_found_twice_counts_once():
    twice = [candidate(seated()), candidate(seated(x=308, y=296), visibility=0.5)]
    assert distinct_people(twice) == 1
    assert distinct_people([*twice, candidate(seated(x=700))]) == 2
    assert distinct_people([]) == 0


def test_the_one_who_moves_the_legs_is_measured_not_the_larger_or_the_more_central_one():
    people = follow(zip(swinging(x=250, scale=90), still(x=640, scale=130), strict=True))
    choice = choose_subject(people, 90, SIZE)
    assert choice.person is people[0]
    assert choice.sentence == "person 1 of 2, counted from left to right: moved the legs most"
    assert "2 people" in choice.warnings[0]
    assert "never seen together" not in choice.warnings[0]


def test_somebody_walking_through_is_not_the_subject():
    n = 300
    walk = [seated(x=x, swing_deg=40 * np.sin(k)) for k, x in enumerate(np.linspace(50, 1200, 45))]
    frames = [[p, *([walk[k - 100]] if 100 <= k < 145 else [])] for k, p in enumerate(swinging(n, x=600, y=330))]
    people = follow(frames)
    assert choose_subject(people, n, SIZE).person is people[0]


def test_arms_do_not_count_as_movement_of_the_test():
    waving = still(x=800)
    waving = [p.copy() for p in waving]
    for k, p in enumerate(waving):
        p[[13, 14, 15, 16]] += 60 * np.sin(k / 5)
    people = follow(zip(waving, swinging(x=300), strict=True))
    assert choose_subject(people, 90, SIZE).person is people[1]


def test_single_wrong_frames_are_no_movement():
    jumpy = [p.copy() for p in still(x=800)]
    for k in range(10, 90, 12):
        jumpy[k][27] += (90, -60)
    people = follow(zip(jumpy, swinging(x=300), strict=True))
    assert choose_subject(people, 90, SIZE).person is people[1]


def test_at_equal_movement_the_middle_and_lying_decide():
    people = follow(zip(still(x=150), still(x=640), strict=True))
    assert choose_subject(people, 90, SIZE).person is people[1]
    lying = [seated()[:, ::-1] + (200, 0)] * 90
    people = follow(zip(still(x=250), lying, strict=True))
    assert choose_subject(people, 90, SIZE, lying=True).person is people[1]


@pytest.mark.parametrize(("number", "x"), [(1, 250), (2, 640), (3, 1000)])
def test_the_user_chooses_from_left_to_right(number, x):
    people = follow(zip(still(x=640), still(x=1000), swinging(x=250), strict=True))
    choice = choose_subject(people, 90, SIZE, subject=number)
    assert choice.person.poses[0].image_px[[23, 24], 0].mean() == pytest.approx(x)
    assert choice.sentence.endswith("chosen by hand")
    assert not choice.warnings


def test_a_number_nobody_has_is_refused():
    with pytest.raises(BadInputError, match="no person 3"):
        choose_subject(follow(zip(still(x=300), still(x=800), strict=True)), 90, SIZE, subject=3)
    with pytest.raises(BadInputError, match="nobody"):
        choose_subject([], 90, SIZE, subject=1)


def test_nobody_and_a_flash_of_somebody_are_nobody():
    assert choose_subject([], 90, SIZE) is None
    assert choose_subject(follow([[seated()]] * 3 + [[]] * 87), 90, SIZE) is None


def test_alone_needs_no_warning():
    choice = choose_subject(follow([[p] for p in still()]), 90, SIZE)
    assert choice.sentence == "the only person in the picture"
    assert choice.warnings == ()


@pytest.mark.parametrize("at_s", [0.0, 1.4])
def test_whoever_was_pointed_at_is_measured_wherever_the_others_stand(at_s):
    """By number it would be another one: the one on the left is first seen on the right."""
    walks = [seated(x=x, scale=90) for x in np.linspace(1100, 150, 90)]
    people = follow(zip(walks, swinging(x=640, y=310, scale=130), strict=True))
    k = round(at_s * FPS)
    for poses in (walks, swinging(x=640, y=310, scale=130)):
        choice = choose_subject(people, 90, SIZE, subject=PointedAt(at_s, candidate(poses[k] + 4.0)))
        assert np.allclose(choice.person.poses[k].image_px, poses[k])
        assert number_of(choice.sentence)[1] == 2
        assert "chosen by hand" in choice.sentence
        assert choice.warnings == ()


def test_somebody_pointed_at_before_they_are_found_is_found_later():
    late = [[p] if k < 60 else [p, seated(x=900)] for k, p in enumerate(swinging(x=300))]
    people = follow(late)
    assert choose_subject(people, 90, SIZE, subject=PointedAt(0.2, candidate(seated(x=905)))).person is people[1]


def test_somebody_pointed_at_who_is_lost_is_not_replaced_by_another():
    people = follow([[p] for p in swinging(x=300)])
    with pytest.raises(BadInputError, match="not seen long enough"):
        choose_subject(people, 90, SIZE, subject=PointedAt(1.0, candidate(seated(x=900))))
    with pytest.raises(BadInputError, match="not seen long enough"):
        choose_subject([], 90, SIZE, subject=PointedAt(0.0, candidate(seated())))
