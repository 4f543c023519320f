// SPDX-License-Identifier: Apache-2.0
// From generic instructions to internal ones. Room-internal: load.c calls it after verification.
#pragma once

#include "code/module.h"

// Fills in code, functions, lines, exports offsets and on_load of `m`, whose atoms (`atoms[i]` for
// the file's atom i), literal_terms, bigs (`bigs[i]`) and funs are there. false: no memory, or
// *err.
WARN_UNUSED bool transform_module(CodeTables *ct, const BeamFile *file, const Term *atoms,
                                  const Term *bigs, Module *m, BeamError *err);
