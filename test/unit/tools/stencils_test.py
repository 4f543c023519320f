#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tools/make_stencils.py: code laid out anew does the same, and what must not be copied is refused."""
import os
import random
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../..")
sys.path.insert(0, os.path.join(ROOT, "tools"))
import elf  # noqa: E402
import layout  # noqa: E402
import make_stencils  # noqa: E402
import x86  # noqa: E402

NEXT, SLOW = ("JUMP_NEXT", 0), ("JUMP_SLOW", 0)
SYMBOLS = {NEXT: "j_next", SLOW: "j_interp", ("JUMP", 2): "j_2", ("JUMP", 7): "j_7"}


def relocation(offset, type_, name, addend=0, section=0):
    return elf.Relocation(offset, type_, elf.Symbol(name, 0, section, 0, 0), addend)


class Code:
    """Bytes with relocations, put together by hand."""

    def __init__(self):
        self.bytes, self.rows = bytearray(), []

    def add(self, text):
        self.bytes += bytes.fromhex(text)
        return self

    def hole(self, type_, name, addend=0):
        self.rows.append(relocation(len(self.bytes), type_, name, addend))
        self.bytes += bytes(8 if type_ == elf.R_64 else 4)
        return self

    def jump(self, name, opcode="e9"):
        return self.add(opcode).hole(elf.R_PLT32, name, -4)

    def make(self, operands=""):
        operands = make_stencils.parse_operands(operands) if operands else None
        return make_stencils.make(bytes(self.bytes), self.rows, operands)


class Form:
    """The old or the new form of a stencil, as something to walk through."""

    def __init__(self, code, ways, holes, end=None):
        self.code, self.ways, self.holes, self.end = code, ways, holes, end

    def step(self, at):
        """What happens at an offset: ("out", way), ("fork", condition, taken, else), or
        ("insn", its bytes and holes, where it goes on)."""
        for _ in range(1000):
            if isinstance(at, tuple):
                return ("out", at)
            if at == self.end:
                return ("out", NEXT)
            insn = x86.decode(self.code, at)
            behind = at + insn.length
            if insn.kind == "jmp":
                at = self.ways.get(at, insn.target)
            elif insn.kind == "nop":
                at = behind
            elif insn.kind == "jcc":
                return ("fork", insn.cond, self.ways.get(at, insn.target), behind)
            else:
                what = self.code[at:behind], sorted((o - at, *h) for o, h in self.holes.items()
                                                    if at <= o < behind)
                return ("insn", what, None if insn.kind in ("ret", "ijmp", "trap") else behind)
        return ("loop",)


def old_form(code, rows):
    exits, inner = make_stencils.sort_relocations(make_stencils.decode_all(code), rows)
    return Form(code, exits, {i.offset + at: tuple(rest) for i, at, *rest in inner})


def new_form(hot, cold, holes):
    # A byte between the parts, so that the end of one is not the begin of the other.
    code, ways, rest, jumps, at = hot + b"\xcc" + cold, {}, {}, {}, 0
    while at < len(code):
        insn = x86.decode(code, at)
        if insn.kind in ("jmp", "jcc"):
            jumps[at + insn.length - 4] = at
        at += insn.length
    for offset, kind, number, addend in holes:
        offset += offset >= len(hot)
        if offset in jumps:
            way = (kind, number)
            if kind in ("HOT", "COLD"):
                way = addend + 4 + (len(hot) + 1 if kind == "COLD" else 0)
            ways[jumps[offset]] = way
        else:
            rest[offset] = (kind, number, addend)
    return Form(code, ways, rest, len(hot))


def difference(old, new):
    """Walks through both at once; where they do not do the same, or None."""
    todo, seen = [(0, 0)], set()
    while todo:
        pair = todo.pop()
        if pair in seen:
            continue
        seen.add(pair)
        a, b = old.step(pair[0]), new.step(pair[1])
        if a[0] == "fork" and old.step(a[2]) == old.step(a[3]):
            a = old.step(a[2])  # no fork at all: it may be gone
        if b[0] == "fork" and new.step(b[2]) == new.step(b[3]):
            b = new.step(b[2])
        if a[0] == b[0] == "fork":
            if a[1] != b[1]:
                b = ("fork", b[1] ^ 1, b[3], b[2])
            if a[1] != b[1]:
                return pair, a, b
            todo += [(a[2], b[2]), (a[3], b[3])]
        elif a[:2] != b[:2]:
            return pair, a, b
        elif a[0] == "insn" and a[2] is not None:
            todo.append((a[2], b[2]))
    return None


def random_program(rng):
    """Blocks of a few instructions with forks and jumps, to each other and out."""
    code, fixes, starts = Code(), [], []
    count = rng.randint(1, 9)

    def jump(opcode, not_to=None):
        if rng.random() < 0.45:
            target = rng.choice([n for n in SYMBOLS.values() if n != not_to])
            code.jump(target, opcode)
        else:
            target = rng.choice([n for n in range(count + 1) if n != not_to])
            code.add(opcode)
            fixes.append((len(code.bytes), target))
            code.add("00 00 00 00")
        return target

    for n in range(count + 1):
        starts.append(len(code.bytes))
        for _ in range(rng.choice((0, 1, 1, 2, 30))):
            code.add("b8 %08x" % rng.getrandbits(32))  # mov eax, something: tells where we are
        if rng.random() < 0.2:
            code.add("0f 1f 40 00")
        if rng.random() < 0.3:
            code.add("49 81 c0").hole(elf.R_32S, "r_%d" % n, n)
        if rng.random() < 0.6:
            code.add("83 c0 %02x" % n)
        if n < count and rng.random() < 0.7:
            taken = jump("0f %02x" % rng.randint(0x80, 0x8f), n + 1)
            if rng.random() < 0.5:
                jump("e9", taken)
        elif rng.random() < 0.1:
            code.add("c3")
        else:
            jump("e9")
    for at, target in fixes:
        code.bytes[at:at + 4] = (starts[target] - at - 4).to_bytes(4, "little", signed=True)
    return code


class Layout(unittest.TestCase):
    def test_random_programs_do_the_same_when_laid_out_anew(self):
        rng, cold_ones, short = random.Random(4), 0, 0
        for _ in range(3000):
            code = random_program(rng)
            hot, cold, _, holes, _ = code.make()
            old = old_form(bytes(code.bytes), code.rows)
            self.assertIsNone(difference(old, new_form(hot, cold, holes)),
                              (code.bytes.hex(" "), code.rows))
            cold_ones += bool(cold)
            short += len(hot) + len(cold) < len(code.bytes)
        self.assertGreater(cold_ones, 500)
        self.assertGreater(short, 2000)

    def test_a_changed_condition_is_seen_by_the_comparison(self):
        code = Code().add("48 85 c0").jump("j_2", "0f 84").add("c3")
        hot, cold, _, holes, _ = code.make()
        old = old_form(bytes(code.bytes), code.rows)
        self.assertIsNone(difference(old, new_form(hot, cold, holes)))
        self.assertIsNotNone(difference(old, new_form(hot.replace(b"\x0f\x84", b"\x0f\x88"), cold, holes)))

    def test_jump_to_next_at_the_end_is_dropped(self):
        hot, cold, _, holes, _ = Code().add("48 89 f0").jump("j_next").make()
        self.assertEqual((hot, cold, holes), (bytes.fromhex("48 89 f0"), b"", ()))

    def test_nothing_but_next_is_empty(self):
        self.assertEqual(Code().jump("j_next").make(), (b"", b"", True, (), ()))

    def test_on_tells_whether_the_end_is_reached(self):
        self.assertFalse(Code().add("48 89 f0").jump("j_2").make()[2])
        # L: test rax, rax; je next; dec rax; jmp L: reached by a jump only
        hot, _, on, holes, _ = Code().add("48 85 c0").jump("j_next", "0f 84").add("48 ff c8 eb f2").make()
        self.assertEqual((hot, on, holes), (bytes.fromhex("48 85 c0 74 05 48 ff c8 eb f6"), True, ()))

    def test_fork_to_next_is_turned_round(self):
        hot, _, _, holes, _ = Code().jump("j_next", "0f 8c").jump("j_2").make()
        self.assertEqual((hot, holes), (bytes.fromhex("0f 8d 00 00 00 00"), ((2, "JUMP", 2, -4),)))

    def test_slow_block_behind_becomes_cold(self):
        code = Code().add("48 85 c0 75 08 48 89 f0").jump("j_next").add("48 89 c6").jump("j_2")
        hot, cold, _, holes, _ = code.make()
        self.assertEqual(hot, bytes.fromhex("48 85 c0 0f 85 00 00 00 00 48 89 f0"))
        self.assertEqual(cold, bytes.fromhex("48 89 c6 e9 00 00 00 00"))
        self.assertEqual(holes, ((5, "COLD", 0, -4), (len(hot) + 4, "JUMP", 2, -4)))

    def test_mere_jump_behind_is_jumped_over(self):
        hot, cold, _, holes, _ = Code().add("48 85 c0 75 05").jump("j_next").jump("j_2").make()
        self.assertEqual((hot, cold), (bytes.fromhex("48 85 c0 0f 85 00 00 00 00"), b""))
        self.assertEqual(holes, ((5, "JUMP", 2, -4),))


class Registers(unittest.TestCase):
    def refused(self, code, operands, why):
        with self.assertRaisesRegex(layout.Rejected, why):
            code.make(operands)

    def test_all_places_of_a_register_are_patched(self):
        # mov rax, [r8 + r9*8 + 16]; or rax, r14; bswap r11
        code = Code().add("4b 8b 44 c8 10 4c 09 f0 49 0f cb").jump("j_next")
        self.assertEqual(code.make("4,5,6!,7")[4], ((3, 0, 4), (3, 3, 5), (7, 3, 7), (10, 0, 6)))

    def test_patches_move_with_their_instruction(self):
        # jne L; mov rax, r8; jmp next; L: mov rax, r9; jmp j_2
        code = Code().add("75 08 4c 89 c0").jump("j_next").add("4c 89 c8").jump("j_2")
        hot, _, _, _, patches = code.make("4,5")
        self.assertEqual(patches, ((8, 3, 4), (len(hot) + 2, 3, 5)))

    def test_xmm8_is_no_operand(self):
        self.assertEqual(Code().add("f2 45 0f 58 c0").jump("j_next").make("-")[4], ())  # addsd xmm8, xmm8

    def test_another_of_the_five_is_used_where_no_operand_is_any_more(self):
        # mov rax, r8; push r11; mov r11, rax; pop r11
        code = Code().add("4c 89 c0 41 53 49 89 c3 41 5b").jump("j_next")
        self.assertEqual(code.make("4")[4], ((2, 3, 4),))
        self.assertEqual(code.make("-")[4], ())
        # push r11; mov r11, [r8]; or r11, [r8]; pop r11
        code = Code().add("41 53 4d 8b 18 4d 0b 18 41 5b").jump("j_next")
        self.refused(code, "4", "uses an operand after")
        # push r9; xor r9d, r9d; pop r9; mov r8, rax: the operand may be r9, but that is given back
        code = Code().add("41 51 45 31 c9 41 59 49 89 c0").jump("j_next")
        self.refused(code, "4!", "uses an operand after")
        # xchg r8, r11
        self.refused(Code().add("4d 87 d8").jump("j_next"), "4!", "at once")
        # mov r8, rax; push r9
        self.refused(Code().add("49 89 c0 41 51").jump("j_next"), "4!", "uses r9 after")

    def test_written_source_is_refused(self):
        self.refused(Code().add("49 ff c0").jump("j_next"), "4", "writes r8")

    def test_source_read_behind_a_write_is_refused(self):
        # mov r9, rax; mov rax, r8
        self.refused(Code().add("49 89 c1 4c 89 c0").jump("j_next"), "4,5!", "reads r8 after")
        Code().add("4c 89 c0 49 89 c1").jump("j_next").make("4,5!")

    def test_source_read_behind_a_write_on_a_way_round_is_refused(self):
        # L: mov rax, r8; mov r9, rax; jne L
        self.refused(Code().add("4c 89 c0 49 89 c1 75 f8").jump("j_next"), "4,5!", "reads r8 after")

    def test_write_on_another_way_is_taken(self):
        # jne L; mov r9, rax; jmp next; L: mov rax, r8; jmp j_2
        Code().add("75 08 49 89 c1").jump("j_next").add("4c 89 c0").jump("j_2").make("4,5!")

    def test_slow_path_behind_a_write_is_refused(self):
        self.refused(Code().add("49 89 c0").jump("j_interp", "0f 85").jump("j_next"), "4!", "slow path")

    def test_call_is_refused(self):
        self.refused(Code().add("e8").hole(elf.R_PLT32, "f", -4).jump("j_next"), "-", "calls f")
        self.refused(Code().add("ff d0").jump("j_next"), "-", "calls")
        self.refused(Code().jump("f"), "-", "goes to f")
        self.assertEqual(Code().jump("slow_yield").make("-")[3], ((1, "FUNCTION", "slow_yield", -4),))
        self.assertEqual(Code().jump("f").make()[3], ((1, "FUNCTION", "f", -4),))


class Refusals(unittest.TestCase):
    def refused(self, code, why):
        with self.assertRaisesRegex(layout.Rejected, why):
            code.make()

    def test_running_off_the_end(self):
        self.refused(Code().add("48 89 f0"), "runs off")
        self.refused(Code().jump("j_2", "0f 84"), "runs off")

    def test_unknown_instruction(self):
        self.refused(Code().add("c5 f8 28 c1").jump("j_next"), "instruction c5")

    def test_section_of_the_object(self):
        code = Code().add("48 c7 c0 00 00 00 00").jump("j_next")
        code.rows.insert(0, relocation(3, elf.R_32S, ".rodata", 0, 4))
        self.refused(code, "refers to .rodata")

    def test_relative_data(self):
        self.refused(Code().add("48 8b 05").hole(elf.R_PC32, "errno_place", -4).jump("j_next"), "no jump")
        self.refused(Code().add("48 8b 05 00 00 00 00").jump("j_next"), "relative")

    def test_relocation_of_the_wrong_size(self):
        self.refused(Code().add("48 b8").hole(elf.R_64, "r_3").jump("j_next"), "relocation type 1")

    def test_jump_into_an_instruction(self):
        self.refused(Code().add("75 01 48 89 f0").jump("j_next"), "middle")


HEADER = """
#include <stdint.h>
typedef uint64_t Term;
#define ARGS void *p, Term *x, Term r14, Term r15, Term *E, Term *htop, long reds, void *I, Term a, \\
    Term b, Term c
#define PASS p, x, r14, r15, E, htop, reds, I, a, b, c
#define FORM(name) __attribute__((preserve_none)) void name(ARGS)
#define GO(name) __attribute__((musttail)) return name(PASS)
FORM(j_next); FORM(j_interp); FORM(j_2);
extern char r_4[], m_5[];
long outside(long);
"""
SOURCE = {
    "reg": HEADER + """
FORM(reg_add) {
    long s;
    if (((a | b) & 15) != 0 || __builtin_add_overflow((long)a, (long)b, &s)) GO(j_interp);
    __asm__ volatile("" : "+r"(s) : "r"(a), "r"(b));
    c = (Term)s;
    GO(j_next);
}
FORM(reg_calls) { *x = (Term)outside((long)*x); GO(j_next); }
FORM(reg_words) { *(Term *)((char *)x + (uintptr_t)r_4) = a; htop += 2; x[(uintptr_t)m_5] = 3; GO(j_next); }
""", "mem": HEADER + """
FORM(mem_calls) { *x = (Term)outside((long)*x); if (*x != 7) GO(j_2); GO(j_next); }
"""}
META = "reg add 4,5,6!\nmem calls\nreg calls -\nreg words 4\nreg missing -\n"
USER = """
#include <stddef.h>
#include "engine/jit/stencil.h"
#include "out.inc"
_Static_assert(sizeof stencils / sizeof stencils[0] == 5, "each line of META");
const void *const use[] = {stencil_bytes, stencil_holes, stencil_patches, stencil_functions};
"""


class Whole(unittest.TestCase):
    def test_compiled_stencils_become_tables(self):
        flags = ["-O2", "-march=x86-64-v2", "-mcmodel=small", "-fno-pic", "-fno-pie", "-fno-jump-tables",
                 "-ffunction-sections", "-fno-asynchronous-unwind-tables"]
        with tempfile.TemporaryDirectory() as folder:
            def at(name):
                return os.path.join(folder, name)
            for form, text in SOURCE.items():
                subprocess.run(["clang-19", "-x", "c", "-", *flags, "-c", "-o", at(form + ".o")], input=text,
                               text=True, check=True)
            with open(at("meta"), "w") as file:
                file.write(META)
            output = subprocess.run(
                [sys.executable, os.path.join(ROOT, "tools/make_stencils.py"), "--why", at("meta"),
                 at("out.inc"), at("reg.o"), at("mem.o")], capture_output=True, text=True, check=True).stdout
            self.assertIn("register form 2, not 2; memory form 1, not 0", output)
            self.assertIn("reg calls: calls outside", output)
            self.assertIn("reg missing: is not in the object", output)
            with open(at("out.inc")) as file:
                tables = file.read()
            for wanted in ("{0}, // reg calls", "{0}, // reg missing", "stencil_function_outside,",
                           "STENCIL_FUNCTION, 0, -4", "STENCIL_SMALL_S, 4, 0", "STENCIL_JUMP, 2, -4"):
                self.assertIn(wanted, tables)
            self.assertRegex(tables, r"STENCIL_WORDS_[US], 5, 0")
            subprocess.run(["clang-19", "-x", "c", "-", "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
                            "-Wno-unused-const-variable", "-I" + os.path.join(ROOT, "src"), "-I" + folder],
                           input=USER, text=True, check=True)


class Frames(unittest.TestCase):
    """How far down the stack pointer is, by offset in the new form."""

    def frames(self, code):
        found = []
        hot, cold, *_ = make_stencils.make(bytes(code.bytes), code.rows, None, found)
        return found, len(hot), len(cold)

    def test_none(self):
        self.assertEqual(self.frames(Code().add("48 89 f0").jump("j_next"))[0], [])

    def test_pushed_for_a_call(self):
        code = Code().add("50").jump("f", "e8").add("58").jump("j_next")
        self.assertEqual(self.frames(code)[0], [(1, 8)])  # and then the hot part ends

    def test_room_for_locals(self):
        code = Code().add("48 83 ec 28 41 57").jump("f", "e8").add("41 5f 48 81 c4 28 00 00 00 90")
        code.add("48 89 f0").jump("j_next")
        self.assertEqual(self.frames(code)[0], [(4, 40), (6, 48), (13, 40), (20, 0)])

    def test_given_back_without_flags(self):
        code = Code().add("48 83 ec 08").jump("f", "e8").add("48 8d 64 24 08 48 89 f0").jump("j_next")
        self.assertEqual(self.frames(code)[0], [(4, 8), (14, 0)])

    def test_cold_part_goes_on_as_deep(self):
        # push rax; call f; test eax, eax; jne cold; pop rax; jmp next; cold: pop rax; jmp slow
        code = Code().add("50").jump("f", "e8").add("85 c0 75 06 58").jump("j_next")
        code.add("58").jump("j_interp")
        rows, hot, cold = self.frames(code)
        self.assertEqual(rows, [(1, 8), (hot, 8), (hot + 1, 0)])
        self.assertEqual(cold, 6)

    def test_left_with_the_stack_pointer_elsewhere(self):
        with self.assertRaises(layout.Rejected):
            self.frames(Code().add("50").jump("j_next"))

    def test_differs_by_the_way(self):
        with self.assertRaises(layout.Rejected):
            self.frames(Code().add("85 c0 75 01 50 48 89 f0").jump("j_next"))


if __name__ == "__main__":
    unittest.main()
