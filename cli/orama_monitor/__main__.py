"""Where the command starts: `orama`, and `python -m orama_monitor`."""

from __future__ import annotations

import gc
import signal

GARBAGE = 50_000  # objects between two looks for garbage: with Python's 700, reading a report takes twice as long


def main() -> None:
    """Run the command line. Ctrl-C while it is still being loaded ends it without a word."""
    heard = signal.getsignal(signal.SIGINT) is not signal.SIG_IGN  # as it is in the background
    if heard:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.set_threshold(GARBAGE)
    from orama_monitor import app

    if heard:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    app.main()


if __name__ == "__main__":
    main()
