#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes src/term/real_powers.c: the leading 128 bits of the powers of ten that conversions between
doubles and decimal text need.

    tools/powers.py > src/term/real_powers.c
"""
FIRST, LAST = -342, 324  # the least that a 19-digit text may need, the most that the least double needs

HEAD = """\
// SPDX-License-Identifier: Apache-2.0
// Made by tools/powers.py: for each power of ten its leading 128 bits, cut off, high word first.
#include "term/real_int.h"

const RealPower real_powers[REAL_POWER_LAST - REAL_POWER_FIRST + 1] = {
    // clang-format off"""


def leading(k):
    if k >= 0:
        n = 10 ** k
        shift = n.bit_length() - 128
        return n >> shift if shift >= 0 else n << -shift
    n = 10 ** -k
    return (1 << (n.bit_length() + 127)) // n


def main():
    print(HEAD)
    row = []
    for k in range(FIRST, LAST + 1):
        g = leading(k)
        assert g.bit_length() == 128
        row.append("{0x%016x, 0x%016x}," % (g >> 64, g & (1 << 64) - 1))
        if len(row) == 2 or k == LAST:
            print("    " + " ".join(row))
            row = []
    print("    // clang-format on\n};")


main()
