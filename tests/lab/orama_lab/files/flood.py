"""Fills the journal: so many entries, a short line and a large field each, in the name of this process's unit."""

import os
import socket
import struct
import sys

ENTRIES, SIZE = int(sys.argv[1]), int(sys.argv[2])

with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
    journal.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * SIZE)
    journal.connect("/run/systemd/journal/socket")
    for number in range(ENTRIES):
        dump = os.urandom(SIZE)  # journald would make less of anything else
        line = b"MESSAGE=request %d: %s" % (number, b"took a while " * 20)
        journal.send(line + b"\nDUMP\n" + struct.pack("<Q", SIZE) + dump + b"\n")
