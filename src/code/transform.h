// SPDX-License-Identifier: Apache-2.0
// From generic instructions to internal ones. Room-internal: load.c calls it after verification.
#pragma once

#include "code/load_int.h"

// Fills in of `m`: code, code_units; functions, one for each of file->functions in that order, with
// strictly rising offsets; lines (sorted by offset; an entry of line 0 ends what the one before it
// says). What m->name, atoms (`atoms[i]` for the file's atom i), literal_terms, bigs (`bigs[i]`),
// files and funs hold is there already; exports and on_load are made from `functions` afterwards.
// bodies[i].offset is filled in for each lambda. A function whose export is a builtin
// (code_export_find(...)->bif) is to enter that builtin. What it has allocated is freed with `m`,
// also when it fails. false: *err says why; it comes in saying "out of memory".
WARN_UNUSED bool transform_module(CodeTables *ct, const BeamFile *file, const Term *atoms,
                                  const Term *bigs, Module *m, FunBody *bodies, BeamError *err);
