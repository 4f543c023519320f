# SPDX-License-Identifier: Apache-2.0
"""Real inputs: OTP's own scanner, parser, linter, printer and compiler over OTP's own sources, and OTP's
data structures over generated data. What they compute is digested (size, MD5, phash2) and compared as the
cases are.
"""
import glob
import os

import cases
from vms import run

FOLDER = "build/test/real"
# All modules of stdlib on the release build. Instrumented builds are many times slower: there these, which
# are short and yet use every pass. --full runs all of stdlib on the sanitizer build.
SHORT = """ordsets orddict queue otp_internal erl_bits proplists gb_trees maps erl_internal base64 edlin
    digraph_utils erl_anno io_lib_fread calendar sets""".split()
SHORTEST = "ordsets queue erl_bits proplists base64".split()
BATCH = 6  # modules a machine
INTERPRETED = "release --engine interp"  # runs the short ones, too


def stdlib(report):
    """The modules of the installed stdlib whose sources erlang-src installed."""
    outcome = run(["erl", "-noshell", "-eval", "io:put_chars(code:lib_dir(stdlib)), halt()."])
    names = sorted(os.path.basename(f)[:-4] for f in glob.glob(f"{outcome.text.strip()}/src/*.erl"))
    if len(names) < 50:
        report.fail("sources", f"of stdlib, only {len(names)} sources are there: {outcome.text}")
    return names


def runner_of(module, names):
    """Runs module:run(Names) on a machine of its own, as cases.compare wants it."""
    def runner(machines, machine, folder, _):
        arg = "[" + ",".join(cases.quoted(n) for n in names) + "]"
        outcome = machines.call(machine, folder, module, "run", [arg], 1800)
        blocks, ended = cases.split_blocks(outcome.text)
        wrong = "" if ended and outcome.status == 0 else f"{outcome.ended()}\n{outcome.text[-3000:]}"
        return blocks, outcome.seconds, wrong
    return runner


def batches(names, size):
    """Neighbours in the alphabet apart, so that the batches take about the same time."""
    count = max(1, len(names) // size)
    return [names[i::count] for i in range(count)]


def real(options, machines, report):
    """OTP's own scanner, parser, linter, printer, compiler and data structures"""
    sources = sorted(glob.glob("test/real/*.erl"))
    if not cases.compile_erlang(sources + ["test/erl/case_runner.erl"], FOLDER, report):
        return
    names = [n for n in stdlib(report) if options.match in n]
    inputs = ", ".join(f"{{stdlib, {cases.quoted(n)}}}" for n in names)
    outcome = run(["erl", "-noshell", "-pa", FOLDER, "-eval",
                   f'real_data:make("{FOLDER}", [{inputs}]), halt().'])
    if outcome.status != 0:
        report.fail("real_data", outcome.text[-3000:])
        return

    def submit(builds, module, some):
        for batch in batches(some, BATCH) if some else []:
            label = f"{module} {' '.join(batch)}"
            jobs.append(machines.pool.submit(cases.compare, machines, report, FOLDER, label, builds,
                                             runner_of(module, batch)))
    jobs = []
    on_sanitizer = names if options.full else [n for n in SHORT if n in names]
    for module in ("real_compile", "real_front"):
        everywhere = [n for n in SHORTEST if n in names and "stress" in options.builds]
        submit(options.builds, module, everywhere)
        most = [n for n in on_sanitizer if n not in everywhere]
        submit([b for b in options.builds if b != "stress"] +
               [INTERPRETED] * ("release" in options.builds), module, most)
        submit([b for b in options.builds if b == "release"], module,
               [n for n in names if n not in everywhere + most])
    for source in sources:
        module = os.path.basename(source)[:-4]
        if module.startswith("generated_") and options.match in module:
            jobs.append(machines.pool.submit(cases.compare, machines, report, FOLDER, module, options.builds))
    for job in jobs:
        job.result()
