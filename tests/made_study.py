"""A store with a study in it: people whose hips are known, what the program made of them, what a goniometer read."""

import numpy as np
from made_results import refused_document, rotation_document

from rom_vision.sessions import NewResult
from rom_vision.sessions.studies import NewReadings, add_readings, add_study

READ_SD, PROGRAM_SD, BIAS = 1.5, 2.0, 1.0


def made_study(store, *, people=12, name="Hips", sides=("left",), readings=2, seed=5, half_width=4.0):
    """Fill a store with a study; return the true values by person and side."""
    chance = np.random.default_rng(seed)
    add_study(store, name)
    truth = {}
    for number in range(people):
        who = f"Volunteer {number + 1}"
        store.add_person(who)
        true = {side: float(chance.uniform(20, 45)) for side in sides}
        made = [
            NewResult(
                rotation_document(
                    tuple(true[side] + BIAS + chance.normal(0, PROGRAM_SD) + chance.normal(0, 0.5, 3)),
                    side=side,
                    half_width=half_width,
                )
            )
            for side in sides
        ]
        if number == 0:
            made.append(NewResult(refused_document("right" if "left" in sides else "left")))
        kept = store.session(store.save_session(who, made)).results
        for result in kept:
            side = result.document.side
            values = tuple(float(v) for v in true[side] + chance.normal(0, READ_SD, readings)) if side in true else ()
            add_readings(store, name, [NewReadings(result.id, values, rater="Eva", blind=number % 2 == 0)])
        truth[who] = true
    return truth
