# SPDX-License-Identifier: Apache-2.0
"""Erlang cases: test/erl/<topic>/<module>.erl, each exported function of no arguments a case.

test/erl/case_runner.erl prints a block a case. A module runs on the reference and on each build, in a machine
of its own; a case passes when its blocks are the same everywhere. Where a machine dies in a case, a new one
goes on after it.
"""
import glob
import os
import subprocess

import vms
from report import two_outputs

FOLDER = "build/test/erl"
RESTARTS = 8


def compile_erlang(sources, folder, report):
    """Compiles with the reference's compiler, which the builds under test do not need to have."""
    os.makedirs(folder, exist_ok=True)
    for old in glob.glob(f"{folder}/*.beam"):
        os.remove(old)
    result = subprocess.run(["erlc", "-o", folder, *sources], capture_output=True, text=True)
    if result.returncode:
        report.fail("erlc", result.stdout + result.stderr)
    return result.returncode == 0


def split_blocks(text):
    """Of case_runner's output: {case: what it printed}, in order, and whether it came to the end.

    Where a bar ends the head of a block, only lines behind a bar belong to it: others are what the machine
    says about processes that crash, whenever it comes to that.
    """
    blocks, name, marked = {}, None, False
    for line in text.splitlines(keepends=True):
        if line.startswith("== end"):
            return blocks, True
        if line.startswith("== "):
            name, bar, _ = line[3:].strip().partition(" |")
            marked = bar != ""
            blocks[name] = ""
        elif name is not None and not marked:
            blocks[name] += line
        elif name is not None and line.startswith("| "):
            blocks[name] += line[2:]
    return blocks, False


def run_blocks(machines, machine, folder, module):
    """A module's blocks on one machine, the seconds it took, and what else went wrong ("": nothing)."""
    blocks, seconds, wrong, after = {}, 0.0, "", None
    for _ in range(RESTARTS):
        function, args = ("run", [module]) if after is None else ("run_after", [module, quoted(after)])
        outcome = machines.call(machine, folder, "case_runner", function, args)
        seconds += outcome.seconds
        some, ended = split_blocks(outcome.text)
        if not some and not ended:
            return blocks, seconds, f"{outcome.ended()}\n{outcome.text[-3000:]}"
        blocks.update(some)
        if ended:
            return blocks, seconds, (f"{outcome.ended()} at the end\n{outcome.text[-3000:]}"
                                     if outcome.status != 0 else wrong)
        last = list(some)[-1]
        blocks[last] += f"({outcome.ended()})\n"
        head = outcome.text.rfind(f"== {last} |\n")
        if head >= 0:  # the machine's last words have no bar
            blocks[last] += outcome.text[head:][-6000:]
        after = last.split(":", 1)[1]
        wrong = wrong or ""
        if outcome.status is None:
            break
    return blocks, seconds, wrong


def quoted(atom):
    return "'" + atom.replace("\\", "\\\\").replace("'", "\\'") + "'"


def compare(machines, report, folder, module, builds, runner=run_blocks):
    """Runs one module everywhere and counts its cases."""
    wanted, seconds, wrong = runner(machines, vms.REFERENCE, folder, module)
    if wrong or not wanted:
        report.fail(f"{module} on the reference", wrong or "no cases")
        return
    times, results = [f"{vms.REFERENCE} {seconds:.1f}"], {}
    for build in builds:
        got, seconds, wrong = runner(machines, build, folder, module)
        times.append(f"{build} {seconds:.1f}")
        results[build] = got
        if wrong:
            report.fail(f"{module} on {build}", wrong)
    bad = 0
    for case, text in wanted.items():
        different = {b: got.get(case, "(not run)") for b, got in results.items() if got.get(case) != text}
        if different:
            bad += 1
            report.fail(case, two_outputs(text, different))
        else:
            report.ok()
    report.say(f"    {module}: {len(wanted) - bad} of {len(wanted)} (s: {', '.join(times)})")


# Topics whose cases are about processes: they run with several numbers of schedulers, and simulated.
PROCESS_TOPICS = {"process", "signals", "mailbox", "timers", "scheduling", "code_and_processes",
                  "behaviours", "behaviours_more"}
SCHEDULERS = ("1", "2", "8:8")


# How the interpreter is asked for; machine code is what runs if nothing is said. Address sanitizer
# sees what C does, so it is the interpreter that it looks at.
INTERPRETED = "--engine interp"
ENGINES = {"release": ("", INTERPRETED), "asan": (INTERPRETED,), "stress": ("",)}
ALL_ENGINES = ("", INTERPRETED)


def machines_for(topic, module, options):
    machines = []
    for build in options.builds:
        engines = ALL_ENGINES if options.full else ENGINES.get(build, ("",))
        if topic in PROCESS_TOPICS and build == "release":
            machines += [f"release +S {n}" for n in SCHEDULERS] + [f"release {INTERPRETED} +S 2"]
            first = sum(module.encode()) * 1000  # other seeds for each module
            machines += [f"release --sim {first + n} {INTERPRETED if n % 4 == 3 else ''}".strip()
                         for n in range(options.seeds)]
        else:
            machines += [f"{build} {engine}".strip() for engine in engines]
    return machines


def erl(options, machines, report):
    """the cases of test/erl on the reference and on every build"""
    sources = sorted(glob.glob("test/erl/**/*.erl", recursive=True))
    if not compile_erlang(sources, FOLDER, report):
        return
    jobs = []
    for source in sources:
        module = os.path.splitext(os.path.basename(source))[0]
        if os.path.dirname(source) == "test/erl" or options.match not in module:
            continue  # what stands beside the topics is the runner and what cases share
        topic = os.path.basename(os.path.dirname(source))
        builds = machines_for(topic, module, options)
        jobs.append(machines.pool.submit(compare, machines, report, FOLDER, module, builds))
    for job in jobs:
        job.result()
