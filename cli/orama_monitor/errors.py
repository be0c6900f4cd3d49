"""What stops a run, said to a person: one line that names the place and the remedy."""


class MonitorError(Exception):
    """The work could not be done. The text is one line for the user and never holds a secret."""
