# SPDX-License-Identifier: Apache-2.0
"""Random programs (test/random): made and compiled by the reference, run there and on every engine;
each program is a case. What differs is kept in build/test/random/failed, and the first few are made
as small as they go.
"""
import functools
import glob
import os
import shutil
import time

import cases
import vms
from report import two_outputs
from vms import run

FOLDER = "build/test/random"
EBIN = f"{FOLDER}/ebin"
FAILED = f"{FOLDER}/failed"
BATCH = 250
RESTARTS = 20
SHRUNK = 3  # so many failures are made small
SHRINK_S = 60
# What a call may take, milliseconds and words. Who is over it on the reference has no result to compare.
REFERENCE_LIMITS = ["1000", "4000000"]
LIMITS = {"release": ["20000", "16000000"], "asan": ["100000", "40000000"],
          "stress": ["100000", "40000000"]}
LIMITED = ("(too long)", "(too large)")
# What the reference says of a program that it cannot run itself.
NOT_RUN = (" not loaded", " not compiled")
# Programs for each machine: as many of the first ones.
SOME = {"release": 4000, "release --engine interp": 4000, "release --slice 1": 1000, "stress": 1000,
        "asan": 500}
FULL = {"release": 20000, "release --engine interp": 20000, "release --slice 1": 5000,
        "release --slice 7 --engine interp": 2000, "stress": 3000, "asan": 2000}


def split_programs(text):
    """{program: [line]}, and whether the driver came to its end."""
    blocks, name = {}, None
    for line in text.splitlines():
        if line == "end":
            return blocks, True
        if line.startswith("rp_") and " " not in line:
            name = line
            blocks.setdefault(name, [])
        elif line.startswith("rp_") and (" not valid: " in line or line.endswith(NOT_RUN)):
            blocks[line.split(" ")[0]] = [line]
        elif name is not None:
            blocks[name].append(line)
    return blocks, False


def run_programs(first, last, run_from):
    """What each program printed: {program: [line]}. A machine that dies in one goes on after it.

    run_from(first): starts the machine on programs first..last."""
    blocks = {}
    for _ in range(RESTARTS):
        outcome = run_from(first)
        some, ended = split_programs(outcome.text)
        blocks.update(some)
        ran = [name for name, lines in some.items() if not lines[:1] or not lines[0].endswith(NOT_RUN)]
        if ended or not ran:
            break
        blocks[ran[-1]].append(f"({outcome.ended()})\n{outcome.text[-3000:]}")
        first = int(ran[-1][3:]) + 1
        if first > last:
            break
    return blocks


class Batch:
    """Programs first..last, made, run everywhere and compared."""

    def __init__(self, machines, report, first, last, wanted):
        self.machines, self.report, self.first, self.last = machines, report, first, last
        # Machines that run all of it, or its beginning.
        self.wanted = {m: min(n, last) for m, n in wanted.items() if n >= first}
        self.folder = f"{FOLDER}/{first}"
        self.failed = []  # (seed, machine)

    def go(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(f"{self.folder}/reference")
        shutil.copy(f"{EBIN}/rnd_driver.beam", self.folder)
        begin = time.monotonic()
        wanted = run_programs(self.first, self.last, self.reference)
        seconds = time.monotonic() - begin
        results = {m: run_programs(self.first, last, functools.partial(self.dialtone, m, last))
                   for m, last in self.wanted.items()}
        for seed in range(self.first, self.last + 1):
            self.compare(seed, wanted.get(f"rp_{seed}"), results)
        self.report.say(f"    {self.first} to {self.last}: {len(self.failed)} differ "
                        f"({seconds:.0f} s on the reference)")
        if not self.failed:
            shutil.rmtree(self.folder)
        return self

    def reference(self, first):
        """The first time, it makes the programs too."""
        limits = ", ".join(REFERENCE_LIMITS)
        folders = ["-pa", self.folder, "-pa", f"{self.folder}/reference"]
        call = f"rnd_driver:run({first}, {self.last}, {limits}), halt()."
        if first == self.first:
            folders = ["-pa", EBIN]
            call = f'rnd:batch({first}, {self.last}, "{self.folder}", {limits}).'
        return run(["erl", "-noshell", "-noinput", "+S", "1", *folders, "-eval",
                    f"logger:set_primary_config(level, none), {call}"], 900)

    def dialtone(self, machine, last, first):
        args = [str(first), str(last), *LIMITS[machine.partition(" ")[0]]]
        return self.machines.call(machine, self.folder, "rnd_driver", "run", args)

    def compare(self, seed, wanted, results):
        name = f"rp_{seed}"
        if not wanted or " not valid: " in "".join(wanted[:1]):
            self.report.fail(f"{name}: the generator made what is no program", "\n".join(wanted or []))
            return
        if wanted[0].endswith(NOT_RUN) or wanted[-1].startswith("(killed"):
            self.report.skip(name, f"the reference itself fails: {wanted[-1].splitlines()[0]}")
            return
        different = {}
        for machine, got in results.items():
            if seed <= self.wanted[machine]:
                mine = compared(wanted, got.get(name, ["(not run)"]))
                if mine is not None:
                    different[machine] = mine
        if not different:
            self.report.ok()
            return
        self.failed.append((seed, list(different)[0]))
        keep(self.folder, seed)
        text = two_outputs("\n".join(wanted) + "\n", different)
        self.report.fail(name, f"{text}\nto repeat: test/run --only random --programs {seed}\n"
                               f"source and .beam: {FAILED}/{name}.erl")


def compared(wanted, got):
    """None where the same, else what was printed. Lines with limits of the reference say nothing."""
    if wanted == got:
        return None
    if len(wanted) == len(got) and all(w == g or w.endswith(LIMITED) for w, g in zip(wanted, got)):
        return None
    return "\n".join(got) + "\n"


def keep(folder, seed):
    os.makedirs(FAILED, exist_ok=True)
    shutil.copy(f"{folder}/rp_{seed}.beam", FAILED)
    source = run(["erl", "-noshell", "-noinput", "-pa", EBIN, "-run", "rnd", "show", str(seed)])
    with open(f"{FAILED}/rp_{seed}.erl", "w", encoding="utf-8") as file:
        file.write(source.text)


def shrink(machines, report, seed, machine):
    folder = f"{FOLDER}/shrink_{seed}"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    shutil.copy(f"{EBIN}/rnd_driver.beam", folder)
    build, _, flags = machine.partition(" ")
    outcome = run(["erl", "-noshell", "-noinput", "-pa", EBIN, "-run", "rnd_shrink", "main", str(seed),
                   folder, str(SHRINK_S), machines.program(build), "run", *flags.split()], 600)
    shutil.rmtree(folder)
    with open(f"{FAILED}/rp_{seed}.small.erl", "w", encoding="utf-8") as file:
        file.write(outcome.text)
    report.say(f"    rp_{seed} on {machine}, made small ({FAILED}/rp_{seed}.small.erl):\n"
               + "\n".join("    | " + line for line in outcome.text.splitlines()[:60]))


def plan(options):
    """{machine: its last program}, and the first and last of all."""
    if options.programs:
        first, _, last = options.programs.partition("-")
        first, last = int(first), int(last or first)
        return {m: last for m in FULL if m.partition(" ")[0] in options.builds}, first, last
    wanted = {m: n for m, n in (FULL if options.full else SOME).items()
              if m.partition(" ")[0] in options.builds}
    return wanted, 1, max(wanted.values(), default=0)


def random_programs(options, machines, report):
    """random programs on the reference and on every engine"""
    sources = sorted(glob.glob("test/random/*.erl")) + ["test/harness/other_release.erl"]
    shutil.rmtree(FAILED, ignore_errors=True)
    if not cases.compile_erlang(sources, EBIN, report):
        return
    wanted, first, last = plan(options)
    batches = [Batch(machines, report, at, min(at + BATCH - 1, last), wanted)
               for at in range(first, last + 1, BATCH)]
    jobs = [machines.pool.submit(batch.go) for batch in batches]
    failed = [x for job in jobs for x in job.result().failed]
    for seed, machine in failed[:SHRUNK]:
        shrink(machines, report, seed, machine)
