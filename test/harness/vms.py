# SPDX-License-Identifier: Apache-2.0
"""The machines under test: how each is started on a function of a compiled module, and watched."""
import os
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

REFERENCE = "reference"
# Instrumented builds are slower; what takes longer than this hangs.
TIMEOUT_S = {REFERENCE: 120, "release": 120, "debug": 300, "asan": 400, "stress": 400,
             "tsan": 400}


class Outcome:
    """What a program printed (both streams, as they came), and how it ended."""

    def __init__(self, text, status, seconds):
        self.text, self.status, self.seconds = text, status, seconds

    def ended(self):
        if self.status is None:
            return f"took longer than {self.seconds:.0f} s"
        if self.status < 0:
            return f"killed by {signal.Signals(-self.status).name}"
        return f"exit status {self.status}"


def run(args, timeout_s=600, extra_env=None, stdin=subprocess.DEVNULL):
    env = dict(os.environ, LC_ALL="C.UTF-8", ERL_CRASH_DUMP="/dev/null",
               UBSAN_OPTIONS="print_stacktrace=1", ASAN_OPTIONS="detect_leaks=1", **(extra_env or {}))
    env.setdefault("HOME", "/tmp")
    begin = time.monotonic()
    process = subprocess.Popen(args, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               env=env, start_new_session=True)
    try:
        out, _ = process.communicate(timeout=timeout_s)
        status = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, _ = process.communicate()
        status = None
    return Outcome(out.decode("utf-8", "replace"), status, time.monotonic() - begin)


class Machines:
    def __init__(self, options):
        self.options = options
        self.pool = ThreadPoolExecutor(options.jobs)

    @staticmethod
    def program(build):
        return f"build/{build}/dialtone"

    @staticmethod
    def timeout_s(machine):
        return TIMEOUT_S[machine.partition(" ")[0]]

    def call(self, machine, folder, module, function, args, timeout_s=None):
        """Runs module:function(args...), args as the text of Erlang terms, on a machine of its own.

        `machine` is the reference or a build, with options behind it: "release +S 8"."""
        if machine == REFERENCE:
            call = f"{module}:{function}({', '.join(args)}), halt()."
            command = ["erl", "-noshell", "-noinput", "-pa", folder, "-eval", call]
        else:
            build, _, flags = machine.partition(" ")
            command = [self.program(build), "run", *flags.split(), "-pa", folder,
                       f"{folder}/{module}.beam", function, *args]
        return run(command, timeout_s or self.timeout_s(machine))
