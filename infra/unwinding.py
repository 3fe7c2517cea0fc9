#!/usr/bin/env python3
"""Empties what a program carries for unwinding, for functions: a panic ends them, so nothing is ever unwound.

    unwinding.py PROGRAM

The compiler writes these tables all the same (they come with the standard library's own code when everything is
optimized as one), and they are a tenth of what is uploaded. Emptied they say that there is nothing to unwind; they keep
their place, so that nothing else moves. 64-bit ELF, whatever the processor.
"""

import struct
import sys

EMPTIED = {b".eh_frame", b".eh_frame_hdr"}


def main(path):
    with open(path, "r+b") as program:
        head = program.read(64)
        if head[:6] != b"\x7fELF\x02\x01":
            sys.exit(f"{path} is no 64-bit ELF program")
        (start,) = struct.unpack_from("<Q", head, 40)
        size, count, names = struct.unpack_from("<HHH", head, 58)
        program.seek(start)
        table = program.read(size * count)
        # name, type, flags, address, offset, size
        sections = [struct.unpack_from("<IIQQQQ", table, size * index) for index in range(count)]
        program.seek(sections[names][4])
        text = program.read(sections[names][5])
        for name, _, _, _, offset, length in sections:
            if text[name : text.index(b"\0", name)] in EMPTIED:
                program.seek(offset)
                program.write(bytes(length))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
