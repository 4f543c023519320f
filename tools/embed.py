#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes .beam files as C arrays: `static const uint8_t NAME_beam[] = {...};` for each, and a list of all.

    embed.py OUT.inc FILE.beam...
"""
import os
import sys


def main():
    out, files = sys.argv[1], sys.argv[2:]
    names = [os.path.basename(f)[:-len(".beam")] for f in files]
    with open(out, "w") as o:
        for name, path in zip(names, files):
            data = open(path, "rb").read()
            o.write("static const uint8_t %s_beam[] = {\n" % name)
            for at in range(0, len(data), 16):
                o.write("    " + ", ".join("0x%02x" % b for b in data[at:at + 16]) + ",\n")
            o.write("};\n")
        o.write("static const OwnModule own_modules[] = {\n")
        for name in names:
            o.write('    {"%s", %s_beam, sizeof %s_beam},\n' % (name, name, name))
        o.write("};\n")


if __name__ == "__main__":
    main()
