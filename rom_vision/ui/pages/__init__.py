"""The pages of the app, thin; each has one function ``page``."""
