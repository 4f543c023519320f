# SPDX-License-Identifier: Apache-2.0
"""The bit syntax as the compilers of other releases write it: the modules of test/erl/bits once
more, compiled for OTP 24, and with matching rewritten to what OTP 21 and OTP 26 have
(other_release.erl). The reference cannot run what its own release does not write; there it
runs what says the same.
"""
import glob
import os

import cases
import vms
from vms import run

FOLDER = "build/test/releases"
TOOLS = f"{FOLDER}/tools"
BUILDS = ["release", "asan"]  # stress has run what they share under `erl`


def compile_for(option, folder, sources, report):
    if not cases.compile_erlang(sources, folder, report):
        return False
    if option is None:
        return True
    outcome = run(["erlc", option, "-o", folder, *sources])
    if outcome.status != 0:
        report.fail(f"erlc {option}", outcome.text)
    return outcome.status == 0


def rewrite_for(release, folder, sources, common, report):
    if not cases.compile_erlang(common, folder, report):
        return False
    outcome = run(["erl", "-noshell", "-noinput", "-pa", TOOLS, "-run", "other_release", "main", release,
                   folder, *sources, "-s", "init", "stop"])
    if outcome.status != 0:
        report.fail(f"other_release {release}", outcome.text)
    return outcome.status == 0


def runner_of(reference_folder):
    def runner(machines, machine, folder, module):
        here = reference_folder if machine == vms.REFERENCE else folder
        return cases.run_blocks(machines, machine, here, module)
    return runner


def releases(options, machines, report):
    """the bit syntax as compilers of OTP 21, 24 and 26 write it"""
    sources = sorted(glob.glob("test/erl/bits/*.erl"))
    common = ["test/erl/case_runner.erl", "test/erl/case_lib.erl"]
    if not cases.compile_erlang(["test/harness/other_release.erl"], TOOLS, report):
        return
    now, old = f"{FOLDER}/25", f"{FOLDER}/24"
    if not (compile_for(None, now, sources + common, report)
            and compile_for("+r24", old, sources + common, report)
            and rewrite_for("21", f"{FOLDER}/21", sources, common, report)
            and rewrite_for("26", f"{FOLDER}/26", sources, common, report)):
        return
    builds = [b for b in options.builds if b in BUILDS]
    jobs = []
    for folder, reference in ((old, old), (f"{FOLDER}/21", old), (f"{FOLDER}/26", now)):
        for source in sources:
            module = os.path.splitext(os.path.basename(source))[0]
            if options.match in module:
                jobs.append(machines.pool.submit(cases.compare, machines, report, folder, module,
                                                 builds, runner_of(reference)))
    for job in jobs:
        job.result()
