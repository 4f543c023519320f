# SPDX-License-Identifier: Apache-2.0
"""Real inputs."""


def real(options, machines, report):
    """OTP's own scanner, parser, linter, printer and compiler over OTP's own sources"""
