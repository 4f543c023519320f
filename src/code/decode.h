// SPDX-License-Identifier: Apache-2.0
// Shared by decode.c and decode_functions.c. Room-internal.
#pragma once

#include "code/beam_int.h"

// What has been noted while instructions were read.
typedef struct CodeNotes {
    uint32_t declared;     // functions there should be
    uint32_t func_infos;   // there are; BeamFile.functions holds op_info and registers of the first
    uint32_t on_loads;     // there are
    uint32_t on_load_op;   // the last of them
    uint8_t *label_wanted; // by label: an operand may name it
} CodeNotes;

// Completes BeamFile.functions and checks what refers to functions and labels.
WARN_UNUSED bool find_functions(BeamFile *file, const CodeNotes *notes, BeamError *err);
