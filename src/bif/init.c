// SPDX-License-Identifier: Apache-2.0
// What OTP's `init` process would say of the command line. While no such process runs, libraries that ask
// (erl_features, through it the scanner and the formatter) are answered here: there are no flags.
// These stand in for functions of init.erl and go when the machine boots OTP.
#include "proc/bif.h"

BIF(init_get_arguments_0, "init", "get_arguments", "", 0,
    "The flags of the command line: none, until OTP's init runs.") {
    return TERM_NIL;
}

BIF(init_get_plain_arguments_0, "init", "get_plain_arguments", "", 0,
    "The plain arguments of the command line: none, until OTP's init runs.") {
    return TERM_NIL;
}

BIF(init_get_argument_1, "init", "get_argument", "Flag", 0,
    "The values of a flag of the command line: error, until OTP's init runs.") {
    return ATOM_error;
}
