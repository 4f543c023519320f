// SPDX-License-Identifier: Apache-2.0
// The native part of dialtone_io, the group leader until OTP's own I/O servers run
// (lib/dialtone/src/dialtone_io.erl).
#include "bif/bif_int.h"
#include "term/bits.h"

BIF(dialtone_io_put_1, "dialtone_io", "put", "Bytes", 0, "Writes a binary on standard output.") {
    if (!term_is_bitstring(a[0]) || bits_size(a[0]) % 8 != 0) return bif_badarg(p);
    Buf scratch;
    buf_init(&scratch, &p->vm->mem);
    Bits b = bits_of(a[0]);
    const uint8_t *bytes = bits_bytes(b, &scratch);
    if (bytes != NULL) p->vm->write_out(p->vm, bytes, b.size / 8);
    buf_deinit(&scratch);
    return bytes != NULL ? ATOM_ok : bif_system_limit(p);
}
