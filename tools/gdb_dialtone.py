# SPDX-License-Identifier: Apache-2.0
"""Commands for gdb on a program with Dialtone in it (built with -g, as all builds are):

    (gdb) source tools/gdb_dialtone.py
    (gdb) erlang-bt             the Erlang functions on the stack of the process that this thread runs
    (gdb) erlang-bt PROCESS     the same for a Process *, which no thread may be running
    (gdb) erlang-at ADDRESS     which function's internal instructions lie there

It reads memory only; nothing is called in the program. Names of C structures: src/code/module_int.h,
src/heap/heap.h, src/term/term.h.
"""
import gdb

HEADER_TAG, TAG_BITS = 0b0100, 15
ENGINE = ("native_run", "interp_run", "engine_run", "run_code", "turn")  # have the process as p
SEGMENT_FIRST_BITS = 12  # of the table of atoms: src/term/atom.c
ATOM_SHIFT = 6


def number(value):
    return int(value.cast(gdb.lookup_type("unsigned long")))


def word_at(address):
    return int.from_bytes(gdb.selected_inferior().read_memory(address, 8), "little")


def atom(vm, term):
    """The text of an atom."""
    index = term >> ATOM_SHIFT
    top = index >> SEGMENT_FIRST_BITS
    segment = top.bit_length()
    base = 0 if segment == 0 else 1 << (SEGMENT_FIRST_BITS + segment - 1)
    entry = vm["env"]["atoms"]["segments"][segment][index - base]
    size = int(entry["size_bytes"])
    text = bytes(gdb.selected_inferior().read_memory(number(entry["text"]), size)) if size else b""
    return text.decode("utf-8", "replace")


def text_of(term):
    """A list of characters."""
    found = ""
    while term & 7 == 1 and len(found) < 255:  # a cons
        found += chr(word_at(term - 1) >> 4)
        term = word_at(term + 7)
    return found


def module_at(vm, address):
    code = vm["code"]
    index = code["index"][int(code["active"])]
    for i in range(int(index["range_count"])):
        r = index["ranges"][i]
        if number(r["start"]) <= address < number(r["end"]):
            return r["module"].dereference()
    return None


def last_before(table, count, offset):
    """The last entry of a table sorted by offset that is not behind it."""
    low, high = 0, int(count)
    while low < high:
        middle = (low + high) // 2
        if int(table[middle]["offset"]) <= offset:
            low = middle + 1
        else:
            high = middle
    return table[low - 1] if low > 0 else None


def describe(vm, address, ahead=0):
    """module:function/arity (file, line) of internal instructions; ahead: 1 for a return address."""
    m = module_at(vm, address)
    if m is None:
        return "%#x" % address
    offset = (address - number(m["code"])) // 4
    f = last_before(m["functions"], m["function_count"], offset)
    if f is None:
        return "%s @%d" % (atom(vm, int(m["name"])), offset)
    text = "%s:%s/%d @%d" % (atom(vm, int(m["name"])), atom(vm, int(f["name"])), int(f["arity"]), offset)
    line = last_before(m["lines"], m["line_count"], offset - ahead)
    if line is not None and int(line["line"]) != 0:
        text += " (%s, line %d)" % (text_of(int(m["files"][int(line["file"])])), int(line["line"]))
    return text


def running():
    """The process that the selected thread runs, and its stack pointer: in machine code that is a
    register, elsewhere it has been written to the process."""
    frame = gdb.newest_frame()
    name = frame.name() or ""
    if name.startswith("$") or name.startswith("slow_"):
        process_type = gdb.lookup_type("Process").pointer()
        return (gdb.Value(number(frame.read_register("r12"))).cast(process_type),
                number(frame.read_register("rdi")))
    while frame is not None:
        if frame.name() in ENGINE:
            try:
                p = frame.read_var("p")
                if not p.is_optimized_out:
                    return p, number(p["heap"]["stack"])
            except ValueError:
                pass
        frame = frame.older()
    raise gdb.GdbError("this thread runs no process")


def innermost():
    """Where the thread is: the machine code it runs or that has called what it runs."""
    frame = gdb.newest_frame()
    first = frame.name()
    while frame is not None and not (frame.name() or "").startswith("$"):
        frame = frame.older()
    if frame is None or frame == gdb.newest_frame():
        return (first or "").lstrip("$")
    return "%s, called by %s" % (first, frame.name().lstrip("$"))


class ErlangBacktrace(gdb.Command):
    """The Erlang functions on a process's stack: erlang-bt [PROCESS]."""

    def __init__(self):
        super().__init__("erlang-bt", gdb.COMMAND_STACK, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        if argument:
            p = gdb.parse_and_eval(argument)
            stack = number(p["heap"]["stack"])
        else:
            p, stack = running()
        vm = p["vm"].dereference()
        where = describe(vm, number(p["ip"])) if argument else innermost()
        print("process %#x in %s" % (number(p), where))
        level = 0
        for at in range(stack, number(p["heap"]["end"]), 8):
            word = word_at(at)
            if word & TAG_BITS == HEADER_TAG:  # a return address
                back = (word >> 2) - 1
                if back == number(vm["exit_code"]):
                    break
                print("#%-3d %s" % (level, describe(vm, back, 1)))
                level += 1


class ErlangAt(gdb.Command):
    """Which function's internal instructions lie at an address: erlang-at ADDRESS."""

    def __init__(self):
        super().__init__("erlang-at", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        p, _ = running()
        print(describe(p["vm"].dereference(), number(gdb.parse_and_eval(argument))))


ErlangBacktrace()
ErlangAt()
