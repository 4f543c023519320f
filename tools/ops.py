#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the instruction set (engine/ops/*.ops) and writes what is made from it.

    ops.py OUTDIR STENCILS FILE.ops...      STENCILS: names of instructions, with commas

OUTDIR/code/ops.h             numbers of the instructions (enum OpId)
OUTDIR/code/ops_table.inc     their operands, for the loader and the listing
OUTDIR/engine/interp_ops.inc  a function a variant, for the interpreter's head
OUTDIR/engine/stencil_ops.inc the same for the stencil head, of the instructions named
OUTDIR/engine/handlers.inc    the functions in the order of the variants

An instruction is stated as

    // Manual text.
    OP(name, KIND(operand), ...) {
        body
    }

and the kinds are listed in docs/internal/instructions.md. An instruction with sources
and destinations that differ in kind (X register, Y register, constant) becomes one variant
for each combination.
"""
import itertools
import os
import re
import sys

# kind -> (table letter, units); sources and destinations are looked at below.
PLAIN = {
    "U": ("u", 1),   # number
    "L": ("l", 1),   # label
    "F": ("f", 1),   # label or none
    "T": ("t", 2),   # constant term
    "P": ("p", 2),   # pointer
    "N": ("n", 2),   # 64-bit number
    "s": ("s", 2),   # any source, told apart at run time
    "d": ("d", 1),   # any destination, told apart at run time
    "V": ("v", 0),   # variable part: the last operand, written by the loader
}
UNITS_HEAD = 2  # the handler's address


class Operand:
    def __init__(self, text, where):
        m = re.fullmatch(r"([A-Za-z]+)\((\w+)\)", text.strip())
        if not m:
            sys.exit("%s: bad operand %r" % (where, text))
        self.kind, self.name = m.groups()
        if self.kind in PLAIN:
            self.letter, self.units = PLAIN[self.kind]
            self.choices = [""]
        elif re.fullmatch(r"S[xyc]*", self.kind):
            self.letter, self.choices = "S", list(self.kind[1:] or "xyc")
        elif re.fullmatch(r"D[xy]*", self.kind):
            self.letter, self.choices = "D", list(self.kind[1:] or "xy")
        else:
            sys.exit("%s: unknown operand kind %s" % (where, self.kind))

    def width(self, choice):
        if self.letter in "SD":
            return 2 if choice == "c" else 1
        return self.units

    def macros(self, choice, at):
        n = self.name
        if self.letter == "S":
            return ["#define GET_%s SRC_%s(%d)" % (n, choice.upper(), at)]
        if self.letter == "D":
            return ["#define SET_%s(v) DST_%s(%d, v)" % (n, choice.upper(), at),
                    "#define PLACE_%s PLACE_%s(%d)" % (n, choice.upper(), at)]
        if self.letter == "s":
            return ["#define GET_%s SRC_ANY(%d)" % (n, at),
                    "#define UNITS_%s UNITS_AT(%d)" % (n, at)]
        if self.letter == "d":
            return ["#define SET_%s(v) DST_ANY(%d, v)" % (n, at)]
        if self.letter in "fl":
            return ["#define LABEL_%s LABEL_AT(%d)" % (n, at),
                    "#define HAS_%s HAS_AT(%d)" % (n, at)]
        if self.letter == "u":
            return ["#define NUM_%s NUM_AT(%d)" % (n, at)]
        if self.letter in "tpn":
            return ["#define WORD_%s WORD_AT(%d)" % (n, at)]
        return ["#define UNITS_%s UNITS_AT(%d)" % (n, at)]


class Op:
    def __init__(self, name, operands, body, path, line, doc):
        self.name, self.operands, self.body = name, operands, body
        self.path, self.line, self.doc = path, line, doc

    def variants(self):
        for combo in itertools.product(*[o.choices for o in self.operands]):
            yield self.name + ("_" + "".join(combo) if "".join(combo) else ""), combo


def parse(path):
    ops, doc, lines = [], [], open(path).read().split("\n")
    i = 0
    while i < len(lines):
        line = lines[i]
        if line.startswith("//"):
            doc.append(line[2:].strip())
        elif line.startswith("OP("):
            head, start = line, i
            while "{" not in head:
                i += 1
                head += " " + lines[i].strip()
            m = re.fullmatch(r"OP\((\w+)((?:,\s*\w+\(\w+\))*)\)\s*\{", head.strip())
            if not m:
                sys.exit("%s:%d: bad OP line" % (path, start + 1))
            where = "%s:%d" % (path, start + 1)
            operands = [Operand(t, where) for t in m.group(2).split(",") if t.strip()]
            body_line, body = i + 2, []
            i += 1
            while lines[i] != "}":
                body.append(lines[i])
                i += 1
            ops.append(Op(m.group(1), operands, body, path, body_line, doc))
            doc = []
        elif line.strip() == "":
            doc = []
        i += 1
    return ops


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)


def ops_h(ops):
    out = ["// Made by tools/ops.py from engine/ops/*.ops.", "#pragma once", "", "enum OpId {"]
    out += ["    OP_%s," % op.name for op in ops]
    out += ["    OP_COUNT,", "};", "enum { OP_VARIANT_COUNT = %d };"
            % sum(len(list(op.variants())) for op in ops), ""]
    return "\n".join(out)


def table(ops):
    out, first = [], 0
    for op in ops:
        kinds = []
        for o in op.operands:
            mask = sum({"x": 1, "y": 2, "c": 4}.get(c, 0) for c in o.choices)
            kinds.append('{"%s", \'%s\', %d}' % (o.name, o.letter, mask))
        out.append('    {"%s", %d, %d, {%s}},'
                   % (op.name, first, len(op.operands), ", ".join(kinds) or "{0}"))
        first += len(list(op.variants()))
    return "\n".join(out) + "\n"


def interp(ops):
    out, handlers = [], []
    for op in ops:
        for fn, combo in op.variants():
            handlers.append("    HANDLER(%s)," % fn)
            at, macros = UNITS_HEAD, []
            for o, choice in zip(op.operands, combo):
                macros += o.macros(choice, at)
                at += o.width(choice)
            out.append("#define OP_UNITS %d" % at)
            out += macros
            out.append("OP_FUNCTION(%s) {" % fn)
            out.append('#line %d "%s"' % (op.line, op.path))
            out += op.body
            out.append("}")
            out += ["#undef " + re.match(r"#define (\w+)", m).group(1) for m in macros]
            out.append("#undef OP_UNITS")
    return "\n".join(out) + "\n", "\n".join(handlers) + "\n"


def main():
    outdir, stencils, paths = sys.argv[1], sys.argv[2].split(","), sorted(sys.argv[3:])
    ops = [op for p in paths for op in parse(p)]
    names = [op.name for op in ops]
    for n in names:
        if names.count(n) > 1:
            sys.exit("instruction %s is stated twice" % n)
    code, handlers = interp(ops)
    write(os.path.join(outdir, "engine/interp_ops.inc"), code)
    write(os.path.join(outdir, "engine/handlers.inc"), handlers)
    if not set(stencils) <= set(names):
        sys.exit("no such instruction: " + ", ".join(sorted(set(stencils) - set(names))))
    write(os.path.join(outdir, "engine/stencil_ops.inc"),
          interp([op for op in ops if op.name in stencils])[0])
    write(os.path.join(outdir, "code/ops_table.inc"), table(ops))
    write(os.path.join(outdir, "code/ops.h"), ops_h(ops))


if __name__ == "__main__":
    main()
