# Builds Dialtone: `make` makes bin/dialtone. `make help` lists the rest.
# O=dir: where objects go. V=kind: release (default), debug, asan (address and undefined), tsan,
# stress (debug that collects and moves at every reserve).
V ?= release
O ?= build/$(V)
CC = clang-19
PYTHON ?= python3

WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wundef \
       -Wno-unused-parameter -Werror
CFLAGS_release = -O2 -g -DNDEBUG -DDT_MIMALLOC
CFLAGS_debug = -O1 -g -DDT_DEBUG -DDT_MIMALLOC
CFLAGS_asan = -O1 -g -DDT_DEBUG -fsanitize=address,undefined -fno-sanitize-recover=undefined \
              -fno-sanitize=alignment -fno-omit-frame-pointer \
              -mllvm -asan-stack-dynamic-alloca=0 # preserve_none cannot have dynamic ones
CFLAGS_tsan = -O1 -g -DDT_DEBUG -fsanitize=thread
CFLAGS_stress = -O1 -g -DDT_DEBUG -DDT_STRESS
LDLIBS_release = -lmimalloc
LDLIBS_debug = -lmimalloc
CFLAGS = -std=gnu17 -fvisibility=hidden -fno-strict-aliasing -march=x86-64-v2 $(WARN) $(CFLAGS_$(V)) -Isrc -Iinclude -I$(O)/gen
LDFLAGS = $(filter -fsanitize=%,$(CFLAGS_$(V)))
LDLIBS = -lgmp -lpcre2-8 -lz -lm -lpthread $(LDLIBS_$(V))

ROOMS = base os sched term heap code proc engine ets io dist trace bif vm
# The folders of a list of rooms.
folders_of = $(1:%=src/%) $(if $(filter engine,$(1)),src/engine/jit)
SRC = $(wildcard $(addsuffix /*.c,$(call folders_of,$(ROOMS))))
OBJ = $(SRC:src/%.c=$(O)/%.o)
LIB = $(O)/libdialtone.a

.PHONY: all help
all: bin/dialtone

help:
	@echo 'make               builds bin/dialtone'
	@echo 'make demo          runs a telephone exchange that crashes parts of itself (examples/exchange)'
	@echo 'make demo-compiler runs the installed OTP'"'"'s own compiler on Dialtone'
	@echo 'make test          builds, checks and tests everything, beside the reference'
	@echo 'make tidy          checks the house rules; see tools/tidy.py'
	@echo 'make format        lays the C sources out as tidy wants them'
	@echo 'make unit          C unit tests; ROOM=term for one room'
	@echo 'make bench         measures beside the reference; see bench/README.md'
	@echo 'make docs-builtins writes docs/builtins.md'
	@echo 'make docs-instructions writes docs/internal/instructions.md'
	@echo 'make fuzz-beam     feeds the loader broken files for SECONDS=60'
	@echo 'make clean         removes what was built'
	@echo 'make fuzz-run      runs what of them passes the verifier'
	@echo 'V=release|debug|asan|tsan|stress chooses a build, O=DIR where it goes.'
bin/dialtone: $(O)/dialtone
	@mkdir -p bin
	cp $< $@

$(O)/dialtone: $(O)/cli/main.o $(LIB)
	@echo LD $@
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(LIB): $(OBJ)
	@rm -f $@
	@ar rcs $@ $^

GEN_OPS = $(O)/gen/code/ops.h $(O)/gen/code/ops_table.inc $(O)/gen/engine/interp_ops.inc \
          $(O)/gen/engine/handlers.inc $(O)/gen/engine/reg_ops.inc $(O)/gen/engine/mem_ops.inc \
          $(O)/gen/engine/stencils.meta $(O)/gen/engine/first_stencil.inc
GEN_BIF = $(O)/gen/bif/ids.h $(O)/gen/bif/table.inc
GEN = $(GEN_OPS) $(GEN_BIF) $(O)/gen/vm/own_modules.inc
$(GEN_OPS) &: tools/ops.py $(wildcard src/engine/ops/*.ops)
	@mkdir -p $(O)/gen/code $(O)/gen/engine
	@$(PYTHON) tools/ops.py $(O)/gen src/engine/ops/*.ops
$(GEN_BIF) &: tools/bifs.py $(wildcard src/bif/*.c src/engine/*.c)
	@mkdir -p $(O)/gen/bif
	@$(PYTHON) tools/bifs.py $(O)/gen/bif $(wildcard src/bif/*.c src/engine/*.c)

# Erlang modules of our own, compiled by erlc and kept in the program.
OWN_ERL = $(wildcard lib/*/src/*.erl)
OWN_BEAM = $(patsubst %.erl,$(O)/lib/%.beam,$(notdir $(OWN_ERL)))
$(O)/gen/vm/own_modules.inc: $(OWN_ERL) tools/embed.py
	@mkdir -p $(@D) $(O)/lib
	@echo ERLC $(notdir $(OWN_ERL))
	@erlc +deterministic +warnings_as_errors -o $(O)/lib $(OWN_ERL)
	@$(PYTHON) tools/embed.py $@ $(OWN_BEAM)

# What Dialtone has of OTP's builtins, as a page.
.PHONY: docs-builtins
docs-builtins:
	@$(PYTHON) tools/bifs.py --doc docs/builtins.md \
	    $(wildcard src/bif/*.c src/engine/*.c src/engine/ops/*.ops)

# The manual of the internal instructions.
.PHONY: docs-instructions
docs-instructions:
	@$(PYTHON) tools/manual.py docs/internal/instructions.md src/engine/ops/*.ops

# The generated headers are ready before anything that may include them.
$(OBJ): | $(GEN)

$(O)/%.o: src/%.c
	@mkdir -p $(@D)
	@echo CC $<
	@$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<
$(O)/cli/%.o: cli/%.c
	@mkdir -p $(@D)
	@echo CC $<
	@$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

# Stencils are pieces of optimised code, whatever the build.
STENCIL_CFLAGS = $(filter-out -O% -fsanitize% -fno-sanitize% -g -DDT_DEBUG,$(CFLAGS)) -DNDEBUG -O2 -mcmodel=small \
                 -fno-pic -fno-pie -fno-jump-tables -ffunction-sections -fno-asynchronous-unwind-tables \
                 -fcf-protection=none
$(O)/stencil/%.o: src/engine/stencil/%.c src/engine/stencil/holes.h $(wildcard src/engine/*.h src/engine/jit/native.h) $(GEN)
	@mkdir -p $(@D)
	@echo CC $<
	@$(CC) $(STENCIL_CFLAGS) -MMD -MP -c -o $@ $<
$(O)/stencil/lean.o: src/engine/stencil/reg.c $(O)/stencil/reg.o
	@$(CC) $(STENCIL_CFLAGS) -DSTENCIL_LEAN -c -o $@ $<
$(O)/gen/engine/stencils.inc: $(O)/stencil/lean.o $(O)/stencil/reg.o $(O)/stencil/mem.o $(wildcard tools/*.py)
	@$(PYTHON) tools/make_stencils.py $(O)/gen/engine/stencils.meta $@ $(filter %.o,$^)
$(O)/engine/jit/jit.o: $(O)/gen/engine/stencils.inc

# --- unit tests: test/unit/<room>/<file>_test.c is linked with the rooms up to its own -----------
UNIT = $(wildcard test/unit/*/*_test.c)
UNIT_BIN = $(UNIT:test/unit/%.c=$(O)/unit/%)
UPTO_base = base
UPTO_os = $(UPTO_base) os
UPTO_sched = base os sched
UPTO_term = base term
UPTO_heap = base os term heap
UPTO_code = base os sched term heap code
UPTO_proc = base os sched term heap code proc
UPTO_engine = $(UPTO_proc) engine
UPTO_ets = $(UPTO_proc) ets
UPTO_bif = $(ROOMS)
UPTO_vm = $(ROOMS)
room_objs = $(patsubst src/%.c,$(O)/%.o,$(wildcard $(addsuffix /*.c,$(call folders_of,$(UPTO_$(1))))))
.SECONDEXPANSION:
$(O)/unit/%: test/unit/%.c $$(call room_objs,$$(firstword $$(subst /, ,$$*)))
	@mkdir -p $(@D)
	@echo LD $@
	@$(CC) $(CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $(filter %.c %.o,$^) -lcmocka $(LDLIBS)
# make unit ROOM=term: one room's unit tests (tools: of the build's tools); without ROOM: all.
.PHONY: unit
unit: $(filter $(O)/unit/$(if $(ROOM),$(ROOM)/%,%),$(UNIT_BIN))
	@set -e; for t in $^; do echo "== $$t"; $$t; done
	@set -e; for t in $(if $(filter-out tools,$(ROOM)),,$(wildcard test/unit/tools/*_test.py)); do \
	    echo "== $$t"; $(PYTHON) $$t; done

# Builds the unit tests and does not run them.
.PHONY: unit-programs
unit-programs: $(UNIT_BIN)

# --- C programs that embed Dialtone: test/embed/<name>.c, linked with the library only ------------
EMBED_BIN = $(patsubst test/embed/%.c,$(O)/embed/%,$(wildcard test/embed/*.c))
$(O)/embed/%: test/embed/%.c $(LIB)
	@mkdir -p $(@D)
	@echo LD $@
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)
.PHONY: embed
embed: $(EMBED_BIN)

# --- the whole: what a change must pass ------------------------------------------------------------
.PHONY: test tidy format demo demo-compiler bench clean
test:
	@$(PYTHON) test/run $(TESTS)
tidy: $(OBJ) $(O)/cli/main.o
	@$(PYTHON) tools/tidy.py O=$(O) CFLAGS='$(CFLAGS)'
format:
	@clang-format-19 -i $(wildcard src/*/*.[ch] src/*/*/*.[ch] include/*.h cli/*.c fuzz/*.[ch] \
	    test/unit/*/*.[ch] test/embed/*.c)
bench: bin/dialtone
	@$(PYTHON) bench/run $(BENCHES)
demo: bin/dialtone
	@sh examples/exchange/run
demo-compiler: bin/dialtone
	@sh examples/demo
clean:
	rm -rf build bin

# --- fuzzing: fuzz/<name>_fuzz.c with the rooms up to its own, built with V=fuzz into build/fuzz -----
CFLAGS_fuzz = $(CFLAGS_asan) -fsanitize=fuzzer-no-link
SECONDS ?= 60
FUZZ_etf = term
FUZZ_beam = code
FUZZ_run = vm
$(O)/%_fuzz: fuzz/%_fuzz.c $$(call room_objs,$$(FUZZ_$$*))
	@mkdir -p $(@D)
	@echo LD $@
	@$(CC) $(CFLAGS) -fsanitize=fuzzer -o $@ $(filter %.c %.o,$^) $(LDLIBS)
.PHONY: fuzz fuzz-etf fuzz-beam fuzz-run
fuzz:
	@$(MAKE) --no-print-directory V=fuzz O=build/fuzz $(patsubst fuzz/%.c,build/fuzz/%,$(wildcard fuzz/*_fuzz.c))
# Seeds: literals of the installed libraries. What is found stays in build/fuzz/corpus.
fuzz-etf:
	@$(MAKE) --no-print-directory V=fuzz O=build/fuzz build/fuzz/etf_fuzz
	@mkdir -p build/fuzz/corpus/etf build/fuzz/seeds/etf
	@escript fuzz/etf_seeds.escript build/fuzz/seeds/etf \
	    $$(find /usr/lib/erlang/lib/stdlib-*/ebin /usr/lib/erlang/lib/kernel-*/ebin -name '*.beam')
	build/fuzz/etf_fuzz -max_total_time=$(SECONDS) -max_len=4096 -timeout=10 \
	    build/fuzz/corpus/etf build/fuzz/seeds/etf
# Seeds: the small .beam files of the installed libraries.
fuzz-beam:
	@$(MAKE) --no-print-directory V=fuzz O=build/fuzz build/fuzz/beam_fuzz
	@mkdir -p build/fuzz/corpus/beam build/fuzz/seeds/beam
	@find /usr/lib/erlang/lib -name '*.beam' -size -8k -exec cp -n {} build/fuzz/seeds/beam \;
	build/fuzz/beam_fuzz -max_total_time=$(SECONDS) -max_len=16384 -timeout=10 \
	    build/fuzz/corpus/beam build/fuzz/seeds/beam
# The same files, and what passes the verifier is run.
fuzz-run:
	@$(MAKE) --no-print-directory V=fuzz O=build/fuzz build/fuzz/run_fuzz
	@mkdir -p build/fuzz/corpus/run build/fuzz/seeds/beam
	@find /usr/lib/erlang/lib -name '*.beam' -size -8k -exec cp -n {} build/fuzz/seeds/beam \;
	build/fuzz/run_fuzz -max_total_time=$(SECONDS) -max_len=16384 -timeout=20 \
	    build/fuzz/corpus/run build/fuzz/seeds/beam

-include $(OBJ:.o=.d) $(O)/cli/main.d $(UNIT_BIN:%=%.d)
