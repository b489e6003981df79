"""Many recordings at once: a plan in, a folder of results out, here or on a cluster."""
