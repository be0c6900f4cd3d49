# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""For modules that are imported when they are first needed, which with us is in a thread."""

from __future__ import annotations

import threading

# Python up to 3.9.2 may hand a second thread a module that the first one is still importing: seen on Debian 11 in
# half of all collections.
IMPORTING = threading.RLock()
