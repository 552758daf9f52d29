#!/usr/bin/env python3
"""Shows on made-up trees that each rule of tidy.py fires, and that sound code passes every one of them."""
import sys

import tidy

GUARD = "#ifndef LEAT_ENGINE_BASE_GOOD_H\n#define LEAT_ENGINE_BASE_GOOD_H\n"
SOUND = {
    "engine/base/good.h": GUARD + """
#include <stdatomic.h>

struct leat_forward;

// What is good; owned by one thread.
struct leat_good {
    int count; // of goods
};

// The count of goods. "{ (" in a comment or a string is no bracket.
static inline int leat_good_count(const struct leat_good *good) {
    return good->count;
}

// Called with each good.
typedef int (*leat_good_visit)(struct leat_good *good);

extern _Atomic int leat_good_total; // relaxed: a counter, publishes nothing

#endif
""",
    "engine/base/good.c": """#include "engine/base/good.h"

static const char *const names[] = {"malloc(", "'{'", "/* no comment */"};

// Publishes nothing: a counter.
_Atomic int leat_good_total;

int main(void) {
    return leat_good_count(0) + ops->free(names[0]) + table.assert(1) + leat_free(0);
}
""",
    "engine/cli/main.c": '#include "ingest/json/reader.h"\n#include "leat_version.h"\n',
    "ingest/json/reader.h": "#ifndef LEAT_INGEST_JSON_READER_H\n#define LEAT_INGEST_JSON_READER_H\n#endif\n",
}


def function_of(lines):
    return "void long_one(int a,\n    int b) {\n" + "    a++;\n" * (lines - 3) + "}\n"


# Rule, what is added to the sound tree, and what its complaint must contain. Words that tidy.py looks for in every file
# are taken apart here, or this file would break the rules itself.
CASES = [
    ("include_arrows", {"engine/sql/a.c": '#include "operators/x.h"\n'}, "engine/sql/a.c:1:"),
    ("include_arrows", {"engine/base/a.c": "\n" + '#include "engine/runtime/batch.h"\n'}, "engine/base/a.c:2:"),
    ("include_arrows", {"engine/runtime/batch.c": '#include "engine/expr/expr.h"\n'}, "engine/runtime/batch.c:1:"),
    ("include_arrows", {"engine/expr/a.c": '#include "engine/runtime/worker.h"\n'}, "engine/expr/a.c:1:"),
    ("include_arrows", {"engine/sql/a.c": '#include "engine/runtime/ring.h"\n'}, "plain headers"),
    ("include_arrows", {"ingest/a.c": '  #  include "operators/x.h"\n'}, "ingest/a.c:1:"),
    ("include_arrows", {"operators/a.c": '#include "ingest/json/reader.h"\n'}, "operators/a.c:1:"),
    ("include_arrows", {"operators/a.c": '#include "engine/sql/plan.h"\n'}, "operators/a.c:1:"),
    ("include_arrows", {"engine/other/a.c": ""}, "no rank"),
    ("includes_from_the_root", {"engine/base/a.c": '#include "good.h"\n'}, "no file good.h"),
    ("one_door_per_library", {"engine/runtime/pool.c": "#include <ck_ring.h>\n"}, "engine/runtime/ring.h alone"),
    ("one_door_per_library", {"ingest/file/read.c": "#include <liburing.h>\n"}, "engine/runtime/io_uring.c alone"),
    ("one_door_per_library", {"engine/base/arena.c": "#include <jemalloc/jemalloc.h>\n"}, "engine/base/memory.c alone"),
    ("one_door_per_library", {"operators/a.c": "#include <xxhash.h>\n"}, "engine/base/hash.h alone"),
    ("product_without_tests", {"engine/cli/a.c": '#include "tests/support/x.h"\n'}, "tests/support/x.h"),
    ("product_without_tests", {"engine/cli/a.c": '#include "bench/x.h"\n'}, "bench/x.h"),
    ("headers_used", {"engine/base/lonely.h": ""}, "engine/base/lonely.h:1:"),
    ("include_guards", {"engine/base/a.h": "#pragma once\n"}, "LEAT_ENGINE_BASE_A_H"),
    ("headers_documented", {"engine/base/a.h": "// One.\nint leat_a(void);\n\nint leat_b(int a,\n           int b);\n"}, "a.h:4:"),
    ("headers_documented", {"engine/base/a.h": "struct leat_a {\n    int a; // of something\n};\n"}, "a.h:1:"),
    ("headers_documented", {"engine/base/a.h": "// One.\nint leat_a(void);\nenum leat_e { LEAT_A };\n"}, "a.h:3:"),
    ("headers_documented", {"engine/base/a.h": 'extern "C" {\n// One.\nint leat_a(void);\n\nint leat_b(void);\n}\n'}, "a.h:5:"),
    ("headers_without_code", {"engine/base/a.h": "// One.\ninline int leat_a(void) {\n    return 1;\n}\n"}, "a.h:2:"),
    ("atomics_explained", {"engine/base/a.c": "_Atomic int a;\n"}, "a.c:1: _Atomic"),
    ("atomics_explained", {"engine/base/a.c": "// Far.\n\n\n\nint f(void) { return atomic_load(&a); }\n"}, "a.c:5: atomic_load"),
    ("atomics_explained", {"engine/base/a.h": "#define GET(a) __atomic_load_n(a, 0)\n"}, "a.h:1: __atomic_load_n"),
    *(("banned_calls", {"engine/base/a.c": f"void f(void) {{\n    {name} (a);\n}}\n"}, f"a.c:2: {name}: use ") for name in tidy.BANNED),
    *(("banned_calls", {"tests/test_a.c": f"void f(void) {{\n    {name}(a);\n}}\n"}, f"a.c:2: {name}: use ") for name in tidy.UNSAFE),
    ("banned_calls", {"engine/base/a.c": "#include <assert.h>\n"}, "engine/base/assert.h"),
    ("banned_calls", {"engine/base/a.h": "#define F(a) free(a)\n"}, "a.h:1: free"),
    ("simd_in_its_files", {"ingest/a.c": "__m256i a;\n"}, "*_avx2.c"),
    ("simd_in_its_files", {"ingest/a_avx2.c": "int a = _mm512_reduce_add_epi32(b);\n"}, "*_avx512.c"),
    ("only_c", {"tests/test_a.cpp": ""}, "tests/test_a.cpp"),
    ("short_lines", {"engine/base/a.c": "\n//" + "x" * 139 + "\n"}, "a.c:2: 141 columns"),
    ("short_lines", {"tests/a.py": "if a:\n\tb()\n"}, "a.py:2: a tab"),
    ("short_lines", {"tests/a.sh": "a \n"}, "a.sh:1: ends in a space"),
    *(("nothing_put_off", {"engine/base/a.c": f"// {word}: later\n"}, word) for word in ("TO" "DO", "FIX" "ME", "X" "XX")),
    *(("no_conflict_markers", {"docs/a.md": f"\n{mark}\n"}, "a.md:2:") for mark in ("<" * 7 + " ours", "=" * 7, ">" * 7 + " theirs")),
    ("no_machine_paths", {"docs/a.md": "see /wo" "rk/main\n"}, "docs/a.md:1:"),
    ("no_machine_paths", {"engine/base/a.c": 'open("/t' 'mp/x");\n'}, "a.c:1:"),
    ("short_functions_and_files", {"engine/base/a.c": function_of(71)}, "a.c:long_one: 71 lines"),
    ("short_functions_and_files", {"tests/a.py": "\n" * 801}, "tests/a.py: 801 lines"),
    ("short_functions_and_files", {"engine/base/a.c": function_of(81), tidy.EXCEPTIONS: "engine/base/a.c:long_one 80\n"}, "81 lines"),
    ("exceptions_shrink", {"engine/base/a.c": function_of(70), tidy.EXCEPTIONS: "engine/base/a.c:long_one 80\n"}, "take the line"),
    ("exceptions_shrink", {"engine/base/a.c": function_of(75), tidy.EXCEPTIONS: "engine/base/a.c:long_one 80\n"}, "write 75"),
    ("exceptions_shrink", {tidy.EXCEPTIONS: "engine/base/gone.c 900\n"}, "take the line out"),
]
# What comes near a rule without breaking it.
NEAR = [
    ("include_arrows", {"engine/cli/a.c": '#include "operators/x.h"\n#include "engine/sql/plan.h"\n'}),
    ("include_arrows", {"engine/base/a.c": '// #include "operators/x.h"\n'}),
    ("one_door_per_library", {"engine/runtime/ring.h": "#include <ck_ring.h>\n"}),
    ("headers_documented", {"engine/base/a.h": "int leat_a(void); // documented\n#define A \\\n    int a;\n"}),
    ("atomics_explained", {"engine/base/a.c": "// Publishes a.\n\n\n_Atomic int a;\n"}),
    ("banned_calls", {"engine/base/memory.c": "void f(void) {\n    free(malloc(1));\n}\n"}),
    ("banned_calls", {"tests/test_a.c": "void f(void) {\n    free(malloc(1));\n}\n"}),
    ("simd_in_its_files", {"ingest/a_avx512.c": "__m256i a;\n__m512i b;\n"}),
    ("only_c", {"bench/bench_a.cc": ""}),
    ("short_lines", {"Makefile": "a:\n\tb\n", "tests/golden/a.sh": "\t\n"}),
    ("nothing_put_off", {"engine/base/a.c": 'const char *a = "leat_X' 'XXXXX";\n'}),
    ("no_machine_paths", {"tests/test_a.c": 'open("/t' 'mp/x");\n'}),
    ("short_functions_and_files", {"engine/base/a.c": function_of(70)}),
    ("short_functions_and_files", {"engine/base/a.c": function_of(80), tidy.EXCEPTIONS: "engine/base/a.c:long_one 80\n"}),
    ("exceptions_shrink", {"engine/base/a.c": function_of(80), tidy.EXCEPTIONS: "engine/base/a.c:long_one 80\n"}),
]


def failures():
    """What does not behave, one line each; the number of checks last."""
    found, rules = [], {rule.__name__: rule for rule in tidy.RULES}
    for name, rule in rules.items():
        found += [f"{name} complains about sound code: {c}" for c in rule(tidy.Tree(SOUND))]
        if name not in [case[0] for case in CASES]:
            found.append(f"{name} has no case that shows it firing")
    for name, files, expected in CASES:
        complaints = list(rules[name](tidy.Tree({**SOUND, **files})))
        if not any(expected in c for c in complaints):
            found.append(f"{name} says {complaints} about {files}, not '{expected}'")
    for name, files in NEAR:
        found += [f"{name} complains without need: {c}" for c in rules[name](tidy.Tree({**SOUND, **files}))]
    return found, len(rules) + len(CASES) + len(NEAR)


def main():
    found, checks = failures()
    print("\n".join(f"FAIL {line}" for line in found))
    print(f"{max(checks - len(found), 0)} passed, {len(found)} failed, 0 skipped")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
