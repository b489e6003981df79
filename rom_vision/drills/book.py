"""The drills that can be done before the camera. Doses are the advice book's; thresholds say where they come from."""

from __future__ import annotations

from functools import lru_cache

from rom_vision.drills.drill import Aside, Cheat, GuidedDrill

__all__ = ["find_drill", "guided_drills", "name_of"]

_REJECT = "the limit of the test itself (clinical evidence, 6.2)"

_LOST = Cheat("lost", "not seen", "Not seen", "I could not see that one. Stay in the picture.")
_FRONT = "Camera 2 to 2.5 m straight in front, at knee height, level; shoulders to feet in the picture."


def _short(sentence: str) -> Cheat:
    return Cheat("short", "not held long enough", "Hold longer", sentence)


def _fast(sentence: str) -> Cheat:
    return Cheat("fast", "too fast", "Slower", sentence)


def _trunk(more_than: float, sentence: str, label: str = "Sit tall") -> Cheat:
    return Cheat("trunk", "trunk leaned", label, sentence, "trunk", more_than, either=True, source=_REJECT)


_SEATED_LIFT = GuidedDrill(
    code="seated_ir_lift",
    kind="lift",
    sides=("left", "right"),
    sign="rotation",
    out=12.0,
    back=6.0,
    hold_s=3.0,
    least_s=0.7,
    seconds=6.0,
    sets=2,
    count=8,
    most_sets=3,
    cheats=(
        Cheat("pelvis", "pelvis lifted", "Buttock down", "Keep both buttocks down.", "pelvis", 5.0, source=_REJECT),
        _trunk(10.0, "Stay upright, do not lean."),
        Cheat("knee", "knee wandered", "Knee still", "Leave the knee where it is.", "knee", 25.0, either=True),
        _fast("Slower: out and back without swinging."),
        _short("Hold it outside for three seconds."),
        _LOST,
    ),
    view="seated",
    place=_FRONT + " Sit so that the feet swing free, thighs pointing at the camera.",
    go="Swing the foot outwards",
    go_label="Foot out",
    unseen="How hard the muscles work, and a pelvis that tilts forward or back, one camera cannot see.",
    range_words="turned in",
)

_PASSIVE = GuidedDrill(
    code="supine_passive_rotation",
    kind="lift",
    sides=("left", "right"),
    sign="shank",
    out=8.0,
    back=4.0,
    hold_s=30.0,
    seconds=33.0,
    sets=1,
    count=2,
    most_sets=2,
    cheats=(
        _trunk(10.0, "Stay upright, do not lean over."),
        _short("Stay there for half a minute."),
        _LOST,
    ),
    view="seated",
    place=_FRONT + " Sit on a chair, feet flat on the floor and wider than the hips.",
    how="Sit on a chair, feet flat and wider than the hips. Let one knee sink inwards under its own weight, both "
    "buttocks down, and stay there. Nobody pushes the leg. On your back it is the same exercise; there one camera at "
    "home does not see the knee well enough.",
    go="Let the knee sink inwards",
    go_label="Knee in",
    unseen="How much of the stretch is felt where, whether somebody pushes, and a buttock that lifts a little, one "
    "camera cannot see.",
    range_words="sunk in",
)

_NINETY = GuidedDrill(
    code="ninety_ninety",
    kind="switch",
    sides=(),
    sign="knees",
    out=20.0,
    back=20.0,
    least_s=0.4,
    seconds=3.5,
    sets=2,
    count=8,
    most_sets=3,
    cheats=(_trunk(15.0, "Sit tall while the knees go over."), _fast("Slower: let the knees glide over."), _LOST),
    view="floor",
    place="Camera 2 to 2.5 m straight in front, half a metre high, level; sit on the floor facing it, head to feet in "
    "the picture.",
    go="Knees over to the other side",
    go_label="Knees over",
    unseen="Heels that lift, and a back that rounds or leans backwards, one camera from the front cannot see.",
    range_words="side to side",
)

_WALL = GuidedDrill(
    code="wall_leg_rotation",
    kind="switch",
    sides=(),
    sign="turn",
    out=10.0,
    back=10.0,
    switches=2,
    least_s=0.25,
    seconds=4.0,
    sets=2,
    count=15,
    most_sets=2,
    cheats=(
        _fast("Slower: in and out without swinging."),
        _LOST,
    ),
    view="legs_up",
    place="Camera 2 to 2.5 m from the wall, behind your head, about one metre high; hips close to the wall.",
    go="Turn both legs in and out",
    go_label="Turn in, out",
    unseen="Whether the turn comes from the hip or from the ankle alone, and knees that bend, one camera cannot tell.",
    range_words="in and out",
)

_CARS = GuidedDrill(
    code="hip_cars",
    kind="lift",
    sides=("left", "right"),
    sign="foot",
    out=15.0,
    back=7.0,
    also=("open", 75.0),
    least_s=3.0,
    seconds=7.0,
    sets=1,
    count=3,
    most_sets=3,
    cheats=(
        _trunk(10.0, "Stay upright, make the circle smaller.", "Stand tall"),
        _fast("Slower: one circle in six seconds or more."),
        Cheat("small", "knee not opened", "Open the knee", "Open the knee out to the side before it goes down."),
        _LOST,
    ),
    view="standing",
    place="Camera 2.5 to 3 m straight in front, at hip height, level; head to feet in the picture. Hold on to "
    "something beside you.",
    go="Lift the knee, open it, circle back",
    go_label="Circle",
    unseen="How far the leg goes behind you, a back that hollows and a pelvis that tips (in the picture hips seem to "
    "move with every lifted thigh) one camera from the front cannot see.",
    range_words="lifted",
    unit="%",
)

_SQUAT = GuidedDrill(
    code="box_squat",
    kind="lift",
    sides=(),
    sign="depth",
    out=20.0,
    back=8.0,
    least_s=3.0,
    seconds=7.0,
    sets=2,
    count=6,
    most_sets=3,
    cheats=(
        Cheat(
            "knee", "knees fell in", "Knees out", "Push the knees out over the feet.", "knees_in", 10.0,
            source="our own heuristic: knees over the feet go apart in the picture",
        ),
        Cheat(
            "shift", "weight shifted", "Both feet", "Put the same weight on both feet.", "shift", 20.0,
            either=True, source="10 % of the stance (clinical evidence, 9), and as much for a camera that stands aside",
            aside=Aside("trunk", 8.0, 2.0),
        ),
        Cheat(
            "trunk", "trunk leaned", "Stay upright", "Do not lean to one side.", "trunk", 14.0, either=True,
            source="10 degrees (clinical evidence, 9), and four for a camera that stands aside",
            aside=Aside("shift", 1.0),
        ),
        _fast("Slower: four seconds down, two up."),
        _LOST,
    ),
    view="standing",
    place="Camera about 3 m straight in front, at hip height, level; head to feet in the picture. The box stands "
    "behind you.",
    go="Down, slowly",
    go_label="Slowly down",
    unseen="Heels that rise, a trunk that leans forward and the exact depth, one camera from the front cannot see.",
    range_words="deep",
    unit="%",
)  # fmt: skip

_CLAM = GuidedDrill(
    code="clamshell",
    kind="lift",
    sides=("left", "right"),
    sign="opening",
    out=14.0,
    back=7.0,
    least_s=1.0,
    seconds=4.0,
    sets=2,
    count=12,
    most_sets=3,
    cheats=(
        Cheat("feet", "feet came apart", "Feet together", "Keep the feet together.", "feet", 15.0),
        _fast("Slower: two seconds up, two down."),
        _LOST,
    ),
    view="side_lying",
    place="Camera 2 to 2.5 m away, at the height you lie at, looking at the front of you; head to feet in the picture. "
    "The leg that works lies on top.",
    go="Open the upper knee",
    go_label="Knee up",
    unseen="A pelvis that rolls back, the usual cheat here, one camera from the front cannot see well enough: put a "
    "hand on it.",
    range_words="opened",
    unit="%",
)

_DRILLS = (_SEATED_LIFT, _PASSIVE, _NINETY, _WALL, _CARS, _SQUAT, _CLAM)


@lru_cache(maxsize=1)
def _by_code() -> dict[str, GuidedDrill]:
    return {drill.code: drill for drill in _DRILLS}


def guided_drills() -> tuple[GuidedDrill, ...]:
    """Return all of them."""
    return _DRILLS


def find_drill(code: str) -> GuidedDrill | None:
    """Return the drill of a code ('-' and '_' are the same); None where the camera does not guide it."""
    return _by_code().get(code.replace("-", "_"))


def name_of(code: str) -> str:
    """Return the name of a drill for people; the code of one that this version does not know."""
    drill = find_drill(code)
    return drill.name if drill else code
