"""What to do, who should not, and how to film."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from rom_vision.meaning.advice import load_advice
from rom_vision.ui.parts.frame import go, plain
from rom_vision.ui.parts.people import set_person
from rom_vision.ui.parts.samples import add_sample_person, has_sample_person
from rom_vision.ui.parts.space import current_space
from rom_vision.ui.parts.today import show_today
from rom_vision.ui.parts.tongue import t

__all__ = ["VIEWS", "page", "show_view", "who_should_not"]

_PICTURES = Path(__file__).parents[1] / "pictures"


@dataclass(frozen=True)
class _View:
    """How to film one test. The steps follow the user scripts for measuring hip rotation (Krause 2015; our own)."""

    name: str
    alt: str
    steps: tuple[str, ...]


VIEWS = {
    "seated": _View(
        "Hip rotation, sitting",
        "The camera stands at knee height straight in front of the sitting person, two to two and a half metres away",
        (
            "Sit on a table edge or a high chair so that the feet swing free; a small towel under the knee keeps the "
            "thigh level. Shorts or tight leggings, no shoes.",
            "Camera 2 to 2.5 m straight in front, lens at **knee height**, level. Shoulders, hips, knees and feet all "
            "in the picture.",
            "Knees a fist apart, thighs pointing at the camera, sit tall. Hold still for two seconds.",
            "Swing **one foot outwards** slowly; the knee stays where it is, both buttocks stay down. Stop at the firm "
            "end, hold two seconds, return. One for practice, then **three times**.",
        ),
    ),
    "supine": _View(
        "Hip rotation, lying",
        "The camera looks down on the lying person from above",
        (
            "Lie on your back, the tested hip and knee at a right angle, shin level; the other leg straight.",
            "Camera **above you**, looking down along the thigh (a boom, or a second person), or **behind your head**, "
            "about 1.3 m high. From the foot end the rotation cannot be measured.",
            "Both sides of the pelvis stay down. Move the foot **outwards** slowly, hold two seconds, return; "
            "**three times**.",
        ),
    ),
    "squat_front": _View(
        "Squat, from the front",
        "The camera stands at hip height three metres in front of the standing person",
        (
            "Camera about 3 m straight in front, at hip height, upright picture. The whole body, feet included, in "
            "the picture all the time.",
            "Stand still for two seconds, then **three slow squats**. From the front one sees knees falling in or out, "
            "a shift to one side, turned-out feet.",
        ),
    ),
    "squat_side": _View(
        "Squat, from the side",
        "The camera stands at hip height three metres beside the standing person",
        (
            "As from the front, with the camera exactly to one side.",
            "From the side one sees depth, the lean of the trunk and rising heels; from the front one does not.",
        ),
    ),
    "straight_leg_raise": _View(
        "Straight leg raise",
        "The camera stands beside the lying person, on the side of the leg that is raised, no higher than a table",
        (
            "Lie flat on your back on a firm mat, both legs straight; shorts or tight leggings.",
            "Camera 2 to 3 m beside you, **on the side of the tested leg**, level, no higher than a table. From head "
            "to feet in the picture, with room above for the raised leg.",
            "Lie still for two seconds. Raise the straight leg slowly; the other one stays on the floor. Stop at the "
            "firm end or where the knee wants to bend, hold two seconds, lower it; **three times**.",
            "For the other leg turn round, so that it is the one near the camera.",
        ),
    ),
    "toe_touch": _View(
        "Toe touch",
        "The camera stands at hip height three metres beside the person who bends forward",
        (
            "Camera about 3 m straight **beside** you, at hip height, level. From head to feet in the picture.",
            "Stand upright for two seconds, feet together, no shoes, arms hanging.",
            "Bend forward slowly with **straight knees** and reach for the floor with both hands. Hold two seconds, "
            "come up; **three times**. Warm up the same way each time.",
            "Say how tall you are: it gives the scale. Without it the distance is told in per cent of the leg.",
        ),
    ),
}


def page() -> None:
    """Show the page."""
    st.title(t("How far do your hips turn?"))
    st.markdown(
        t(
            "One camera measures the internal rotation of your hips, screens a squat, and tells you whether a change "
            "is real. Every number comes with its interval. Nothing leaves this machine."
        )
    )
    show_today()
    first, second, third = st.columns(3)
    with first:
        _way("Test yourself", "Sit in front of the camera; it tells you what to do. No hands needed.", "selftest")
    with second:
        _way("Upload a video", "Filmed with a phone, of yourself or of somebody else. Or try a sample.", "upload")
    with third:
        _way("See your progress", "Left against right, session against session, noise told from change.", "progress")
    _look_around()
    _who_should_not()
    st.header(t("How to film"))
    view = st.segmented_control(
        t("Test"), VIEWS, default="seated", format_func=lambda v: t(VIEWS[v].name), key="start-view", required=True
    )
    left, right = st.columns([1.25, 1], gap="large")
    with left:
        show_view(view)
    with right:
        st.markdown("\n".join(f"{n}. {t(step)}" for n, step in enumerate(VIEWS[view].steps, 1)))
    st.caption(plain(t(load_advice().no_diagnosis)))


def show_view(view: str) -> None:
    """Show where the camera stands: one of `VIEWS`."""
    picture = _PICTURES / f"{view}.webp"
    if picture.is_file():
        st.image(str(picture), width="stretch", alt=t(VIEWS[view].alt))


def _look_around() -> None:
    """One click to a person with sessions, so that a newcomer sees every page alive."""
    if not has_sample_person():
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(t("Just looking? No camera and no video are needed:"), width="content")
        if st.button(t("Show me a sample person"), icon=":material/science:"):
            store = current_space().store()
            name = add_sample_person(store)
            set_person(store, name)
            go("result", session=str(store.sessions(name)[0].id))


def _way(title: str, text: str, page_name: str) -> None:
    with st.container(border=True, height="stretch"):
        st.header(t(title))
        st.write(t(text))
        if st.button(t(title), type="primary" if page_name != "progress" else "secondary", width="stretch"):
            go(page_name)  # type: ignore[arg-type]


def who_should_not(test: str = "") -> None:
    """Show who should ask first, before a test or before any, and when to stop."""
    book = load_advice()
    with st.expander(t("**Who should not do this test, and when to stop**"), icon=":material/shield:"):
        st.markdown(t("If one of these is true for you, read what it says first."))
        for question in book.questions_for(test) if test else book.safety_questions:
            st.markdown(f"- **{plain(t(question.question))}** {plain(t(question.action))}")
        st.markdown(t("**During the test**"))
        st.markdown("\n".join(f"- {plain(t(rule))}" for rule in book.stop_rules))
        st.caption(plain(t("Sources: {sources}.", sources=t(book.safety_source))))


def _who_should_not() -> None:
    st.markdown(
        t(
            "**Before you start.** After an operation or an injury of the hip, with strong pain, numbness or a disease "
            "of the bone, ask your physiotherapist or doctor first. Stop at a sharp pain, or at a pinch in the groin."
        )
    )
    who_should_not()
