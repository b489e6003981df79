"""Programs that learn the numbers which the package keeps in its data files, from people who serve for nothing else."""
