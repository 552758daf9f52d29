# The front door of leat. `make` alone lists the targets; the rules of the build are in CMakeLists.txt.

# The demo: how many rows are made from which seed, the script they run through, and where the result goes.
DEMO_ROWS   = 1402232
DEMO_SEED   = 1
DEMO_SCRIPT = datasets/machine/machine_join.sql
DEMO_INPUT  = datasets/machine/events.json
DEMO_OUTPUT = machine.out

# How long `make fuzz` runs each target and how long `make soak` goes on.
FUZZ_SECONDS = 60
SOAK_SECONDS = 600

.DEFAULT_GOAL = help
.PHONY: help build demo check bench soak fmt tidy asan tsan fuzz setup clean

help:
	@echo "make build   build/leat from the product's packages alone"
	@echo "make demo    install what is missing, build, make $(DEMO_ROWS) rows, replay them into $(DEMO_OUTPUT)"
	@echo "make check   install what is missing, build, and run every test; ends with the counts"
	@echo "make bench   micro benches and whole-pipeline runs: a table of ratios and build/bench.json"
	@echo "make soak    the tests over and over with fresh seeds, SOAK_SECONDS=$(SOAK_SECONDS)"
	@echo "make fmt     format every C and C++ file in place"
	@echo "make tidy    the static checks of tests/tidy"
	@echo "make asan    the tests under the address and undefined behaviour sanitizers"
	@echo "make tsan    the tests under the thread sanitizer"
	@echo "make fuzz    every fuzz target for FUZZ_SECONDS=$(FUZZ_SECONDS) seconds"
	@echo "make setup   install the missing Debian packages (as root or with sudo); nothing where none is missing"
	@echo "make clean   remove the build folders and $(DEMO_OUTPUT)"

build:
	@out=$$(cmake --preset release 2>&1) || { echo "$$out"; echo "make setup installs what is missing to build." >&2; exit 1; }
	@cmake --build build --target leat

# The generator writes under another name and renames, and the count guards against a file of another making.
demo:
	@tests/support/setup.sh product
	@$(MAKE) --no-print-directory build
	@if [ -f $(DEMO_INPUT) ] && [ "$$(wc -l <$(DEMO_INPUT))" -eq $(DEMO_ROWS) ]; then \
	    echo "$(DEMO_INPUT) is there: $(DEMO_ROWS) rows"; \
	else \
	    build/leat simulate machine --rows $(DEMO_ROWS) --seed $(DEMO_SEED) -o $(DEMO_INPUT); \
	fi
	build/leat replay $(DEMO_SCRIPT) --from states=$(DEMO_INPUT) --to machine_out=$(DEMO_OUTPUT)

check:
	@tests/support/setup.sh all
	@$(MAKE) --no-print-directory build
	@tests/run

bench: build
	@tests/support/setup.sh all
	@cmake --build build
	@bench/run

soak:
	@tests/run --soak $(SOAK_SECONDS)

fmt:
	@git ls-files -co --exclude-standard -- '*.c' '*.h' '*.cc' '*.cpp' | xargs -r clang-format-14 -i

tidy:
	@python3 tests/tidy/tidy.py

asan tsan:
	@tests/run --only $@

fuzz:
	@tests/run --only fuzz --fuzz-seconds $(FUZZ_SECONDS)

setup:
	@tests/support/setup.sh all

clean:
	@rm -rf build build-debug build-clang build-asan build-tsan build-fuzz $(DEMO_OUTPUT)
