#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the instruction manual from the instructions' own statements (src/engine/ops/*.ops).

    tools/manual.py OUT FILE.ops...
"""
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ops  # noqa: E402

TOP = """# Internal instructions

Made by `make docs-instructions` from `src/engine/ops/*.ops`, where each instruction is stated once: the
interpreter, the stencils, the loader's tables, `dialtone disasm` and this page come from there.

The loader (`src/code/`) translates the generic instructions of a .beam file (`src/code/generic.def`) into
these. A generic instruction may become one of these, several, or none.

An instruction lies in the code as units of 32 bits: two of the address of its handler, then its operands.
A source or destination that may be of several kinds makes one *variant* of the instruction for each
combination, so that no handler looks at what kind its operand is: `move_xy` reads an X register and writes a
Y register.

| operand   | units | what it is                                                                           |
| --------- | ----- | ------------------------------------------------------------------------------------ |
| `S(name)` | 1, 2  | source: X register, Y register (1) or constant (2); `Sxy`: these kinds only          |
| `D(name)` | 1     | destination: X or Y register; `Dx`: an X register only                               |
| `s(name)` | 2     | source of any kind, told apart when it runs: where variants would be too many        |
| `d(name)` | 1     | destination of either kind, told apart when it runs                                  |
| `U(name)` | 1     | a number                                                                             |
| `N(name)` | 2     | a 64-bit number                                                                      |
| `L(name)` | 1     | a label: the distance to other code of the module                                    |
| `F(name)` | 1     | a label to go to on failure, or none, which means that failing raises                |
| `T(name)` | 2     | a constant term                                                                      |
| `P(name)` | 2     | a pointer: an export, a fun's entry, a lookup table                                  |
| `V(name)` |       | the rest, as many units as an earlier operand says; always last                      |
"""


def heading(path):
    """The file's own words: its comment under the SPDX line, and the name it gets here."""
    with open(path, encoding="utf-8") as f:
        lines = f.read().split("\n")[1:]
    words = []
    for line in lines:
        if not line.startswith("//"):
            break
        words.append(line[2:].strip())
    paragraphs = " ".join(w or "\n\n" for w in words).replace(" \n\n ", "\n\n")
    return os.path.basename(path)[:-len(".ops")], paragraphs


def operands(op):
    return ", ".join(f"{o.kind}({o.name})" for o in op.operands)


def rows(path):
    """A table row an instruction. One without words of its own belongs to what stands above it."""
    yield "| instruction | operands | variants | what it does |"
    yield "| --- | --- | --- | --- |"
    for op in ops.parse(path):
        # A line that divides the file into parts is a word on what follows, too.
        doc = [re.sub(r"^--- (.*?) -+$", r"\1.", line) for line in op.doc]
        text = " ".join(doc).replace("|", "\\|")
        cell = operands(op)
        yield f"| `{op.name}` | {'`' + cell + '`' if cell else ''} | {len(list(op.variants()))} | {text} |"


def main():
    out, paths = sys.argv[1], sorted(sys.argv[2:])
    every = [op for path in paths for op in ops.parse(path)]
    variants = sum(len(list(op.variants())) for op in every)
    parts = [TOP, f"{len(every)} instructions, {variants} variants."]
    for path in paths:
        name, words = heading(path)
        parts += ["", f"## {name}", "", words, "", *rows(path)]
    with open(out, "w", encoding="utf-8") as f:
        f.write("\n".join(parts) + "\n")


if __name__ == "__main__":
    main()
