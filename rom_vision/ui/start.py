"""What to do, who should not, and how to film."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from rom_vision.meaning.advice import load_advice
from rom_vision.ui.frame import go

__all__ = ["page"]

_PICTURES = Path(__file__).with_name("pictures")


@dataclass(frozen=True)
class _View:
    """How to film one test. The steps follow the user scripts for measuring hip rotation (Krause 2015; our own)."""

    name: str
    picture: str
    alt: str
    steps: tuple[str, ...]


_VIEWS = (
    _View(
        "Hip rotation, sitting",
        "seated",
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
    _View(
        "Hip rotation, lying",
        "supine",
        "The camera looks down on the lying person from above",
        (
            "Lie on your back, the tested hip and knee at a right angle, shin level; the other leg straight.",
            "Camera **above you**, looking down along the thigh (a boom, or a second person), or **behind your head**, "
            "about 1.3 m high. From the foot end the rotation cannot be measured.",
            "Both sides of the pelvis stay down. Move the foot **outwards** slowly, hold two seconds, return; "
            "**three times**.",
        ),
    ),
    _View(
        "Squat, from the front",
        "squat_front",
        "The camera stands at hip height three metres in front of the standing person",
        (
            "Camera about 3 m straight in front, at hip height, upright picture. The whole body, feet included, in "
            "the picture all the time.",
            "Stand still for two seconds, then **three slow squats**. From the front one sees knees falling in or out, "
            "a shift to one side, turned-out feet.",
        ),
    ),
    _View(
        "Squat, from the side",
        "squat_side",
        "The camera stands at hip height three metres beside the standing person",
        (
            "As from the front, with the camera exactly to one side.",
            "From the side one sees depth, the lean of the trunk and rising heels; from the front one does not.",
        ),
    ),
)


def page() -> None:
    """Show the page."""
    st.title("How far do your hips turn?")
    st.markdown(
        "One camera measures the internal rotation of your hips, screens a squat, and tells you whether a change is "
        "real. Every number comes with its interval. Nothing leaves this machine."
    )
    first, second, third = st.columns(3)
    with first:
        _way("Test yourself", "Sit in front of the camera; it tells you what to do. No hands needed.", "selftest")
    with second:
        _way("Upload a video", "Filmed with a phone, of yourself or of somebody else. Or try a sample.", "upload")
    with third:
        _way("See your progress", "Left against right, session against session, noise told from change.", "progress")
    _who_should_not()
    st.subheader("How to film")
    views = {view.name: view for view in _VIEWS}
    view = views[st.segmented_control("Test", list(views), default=_VIEWS[0].name, key="start-view", required=True)]
    picture = _PICTURES / f"{view.picture}.webp"
    left, right = st.columns([1.25, 1], gap="large")
    with left:
        if picture.is_file():
            st.image(str(picture), width="stretch", alt=view.alt)
    with right:
        st.markdown("\n".join(f"{n}. {step}" for n, step in enumerate(view.steps, 1)))
    st.caption(load_advice().no_diagnosis)


def _way(title: str, text: str, page_name: str) -> None:
    with st.container(border=True, height="stretch"):
        st.subheader(title)
        st.write(text)
        if st.button(title, type="primary" if page_name != "progress" else "secondary", width="stretch"):
            go(page_name)  # type: ignore[arg-type]


def _who_should_not() -> None:
    book = load_advice()
    with st.expander("**Before you start: who should not do this test, and when to stop**", icon=":material/shield:"):
        st.markdown("If one of these is true for you, read what it says first.")
        for question in book.safety_questions:
            st.markdown(f"- **{question.question}** {question.action}")
        st.markdown("**During the test**")
        st.markdown("\n".join(f"- {rule}" for rule in book.stop_rules))
        st.caption(f"Sources: {book.safety_source}.")
