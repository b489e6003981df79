"""Make what the repository ships: sample videos, the sample person, the pictures of how to film."""
