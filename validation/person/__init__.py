"""The synthetic person: body, clothes, postures, motion, pictures."""
