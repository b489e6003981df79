"""Test protocols: joint angles in, measurements or a reasoned refusal out."""
