#!/usr/bin/env python3
"""The static checks of leat: every rule is one test. Prints what breaks each rule and 'N passed, M failed, K skipped'.

A rule is a function over a Tree that yields complaints 'path:line: what, and what to do instead'. tidy_test.py shows on
made-up trees that each rule fires. Sizes above the limits stand in exceptions.txt, which may only shrink.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
EXCEPTIONS = "tests/tidy/exceptions.txt"
LINE_COLUMNS_MAX = 140
FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 800

PRODUCT = ("engine/", "ingest/", "operators/")
# Texts that are data: kept as they are, odd bytes and all.
DATA = ("tests/fuzz/corpus/", "tests/flink/cases_", "tests/golden/", "datasets/machine/sample", "LICENSE")
CODE_SUFFIXES = (".c", ".h", ".cc", ".cpp", ".py", ".sh", ".cmake", ".pml", "tests/run", "bench/run", ".ci/run", "CMakeLists.txt")

# What the files whose path starts with a key may include, the longest key deciding: the ranks of the engine. Batches and
# formats stand below the expressions (but for the text of timestamps, which needs the base alone), these below keyed state, and that
# below the rest of the runtime. engine/cli sees everything.
PLAIN = ("engine/base/", "engine/runtime/batch", "engine/runtime/format")
MAY_INCLUDE = {
    "engine/base/": ("engine/base/",),
    "engine/runtime/batch": ("engine/base/", "engine/runtime/batch"),
    "engine/runtime/format": PLAIN + ("engine/expr/time.h",),
    "engine/expr/": PLAIN + ("engine/expr/",),
    "engine/state/": PLAIN + ("engine/expr/", "engine/state/"),
    "engine/runtime/": ("engine/base/", "engine/expr/", "engine/state/", "engine/runtime/"),
    "engine/sql/": ("engine/base/", "engine/expr/", "engine/runtime/", "engine/sql/"),
    "engine/net/": ("engine/base/", "engine/runtime/", "engine/net/"),
    "engine/http/": ("engine/base/", "engine/runtime/", "engine/net/", "engine/http/"),
    "engine/include/": (),
    "engine/cli/": PRODUCT + ("leat_version.h",),
    "ingest/": ("engine/base/", "engine/runtime/", "engine/state/", "engine/expr/", "engine/net/", "ingest/"),
    "operators/": ("engine/base/", "engine/runtime/", "engine/state/", "engine/expr/", "engine/net/", "operators/"),
}
# The moving parts of the runtime, of which the SQL front end sees nothing: it plans, and runs nothing.
MOVING_PARTS = re.compile(
    r"engine/runtime/(ring|pool|channel|inlet|lane|stage|sorter|outbox|steps|gather|parking|encoder_task|worker|io|job\w*)\.h$")

# One door per outside library: the only file whose code may include the header.
DOORS = {
    "ck_ring.h": "engine/runtime/ring.h",
    "liburing.h": "engine/runtime/io_uring.c",
    "jemalloc/jemalloc.h": "engine/base/memory.c",
    "xxhash.h": "engine/base/hash.h",
}

UNSAFE = {
    "strcpy": "memcpy with a known length, or snprintf", "strcat": "snprintf", "sprintf": "snprintf", "vsprintf": "vsnprintf",
    "strtok": "a scan by hand", "gets": "fgets", "alloca": "an array of a fixed size, or the arena",
    "rand": "a generator with its own seed", "srand": "a generator with its own seed",
}
BANNED = {
    **UNSAFE,
    "atoi": "a parser that reports errors (engine/expr)", "atof": "a parser that reports errors (engine/expr)",
    "strtod": "engine/expr/number.h: strtod knows locales and is slow", "assert": "leat_assert",
    **{name: "leat_memory_* or the arena: memory has a budget and an owner" for name in
       ("malloc", "calloc", "realloc", "free", "strdup", "strndup", "aligned_alloc", "posix_memalign", "asprintf", "vasprintf", "getline")},
    **{name: "the clock and the idle strategy, which tests can step" for name in ("sleep", "usleep", "nanosleep", "clock_nanosleep")},
}
MAY_CALL = {
    "engine/base/memory.c": {"malloc", "calloc", "realloc", "free", "aligned_alloc", "posix_memalign"},
    "engine/base/clock.c": {"nanosleep", "clock_nanosleep"},
    "engine/runtime/idle.c": {"nanosleep", "clock_nanosleep"},
}

COMMENT_OR_LITERAL = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.S)


class Source:
    """One C or C++ file in the views that the rules need; all views keep lines and columns."""

    def __init__(self, text):
        def blank(kept):
            return re.sub(r"[^\n]", " ", kept)

        self.lines = text.split("\n")
        self.commented = set()  # numbers of the lines that hold a comment or a part of one
        for found in COMMENT_OR_LITERAL.finditer(text):
            if found[0].startswith("/"):
                first = text.count("\n", 0, found.start()) + 1
                self.commented.update(range(first, first + found[0].count("\n") + 1))
        # Without comments; and without literals and preprocessor lines as well.
        self.bare = COMMENT_OR_LITERAL.sub(lambda m: blank(m[0]) if m[0].startswith("/") else m[0], text)
        without = COMMENT_OR_LITERAL.sub(lambda m: blank(m[0]), text)
        self.code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: blank(m[0]), without, flags=re.M)
        self.macros_too = without

    def line_of(self, position):
        return self.code.count("\n", 0, position) + 1

    def includes(self):
        """(line, name, quoted) of every #include."""
        for found in re.finditer(r"^[ \t]*#[ \t]*include[ \t]*([<\"])([^>\"]+)", self.bare, re.M):
            yield self.line_of(found.start(1)), found[2], found[1] == '"'

    def declarations(self):
        """(first line, last line, text, has a body) of everything that stands at file scope."""
        code, depth, start, body = self.code, 0, None, False
        # What wraps whole files is no scope of its own.
        code = re.sub(r"\bextern\s*\{|\bnamespace\b[^{};]*\{", lambda m: re.sub(r"[^\n]", " ", m[0]), code)
        for position, sign in enumerate(code):
            if start is None:
                if sign.isspace() or sign in "};":
                    continue
                start, body, depth = position, False, 0
            if sign in "({[":
                body = body or (sign == "{" and depth == 0 and code[start:position].rstrip().endswith((")", "const", "noexcept")))
                depth += 1
            elif sign in ")}]":
                depth -= 1
            if depth == 0 and (sign == ";" or (sign == "}" and body)):
                yield self.line_of(start), self.line_of(position), code[start:position + 1], body
                start = None


class Tree:
    """The files under test by path, as text; C and C++ files are read into Source once."""

    def __init__(self, files):
        self.files = files
        self.sources = {path: Source(text) for path, text in files.items() if path.endswith((".c", ".h", ".cc", ".cpp"))}

    def product(self, suffixes=(".c", ".h")):
        return [(p, s) for p, s in self.sources.items() if p.startswith(PRODUCT) and p.endswith(suffixes)]

    def code(self):
        """Path and text of everything people write as code, C or not."""
        return [(p, t) for p, t in self.files.items() if p.endswith(CODE_SUFFIXES) and not p.startswith(DATA)]


def read_tree():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=True)
    files = {}
    for path in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / path).is_file() and not path.startswith(DATA):
            try:
                files[path] = (ROOT / path).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue  # no text, no rule
    return Tree(files)


def include_arrows(tree):
    """The dependency rule: arrows point at the engine, and inside it down the ranks"""
    for path, source in tree.product():
        folder = max((f for f in MAY_INCLUDE if path.startswith(f)), key=len, default=None)
        if folder is None:
            yield f"{path}:1: no rank is written down for this folder: see MAY_INCLUDE"
            continue
        for line, name, quoted in source.includes():
            if quoted and not name.startswith(MAY_INCLUDE[folder]):
                yield f"{path}:{line}: {folder} may not include {name}"
            elif folder == "engine/sql/" and MOVING_PARTS.match(name):
                yield f"{path}:{line}: {folder} sees only the plain headers of the runtime, not {name}"


def includes_from_the_root(tree):
    """Quoted includes name a file from the root of the project"""
    for path, source in tree.sources.items():
        for line, name, quoted in source.includes():
            if quoted and name not in tree.files and name != "leat_version.h":
                yield f"{path}:{line}: no file {name}: includes are written from the root"


def one_door_per_library(tree):
    """Each outside library has one door"""
    for path, source in tree.product():
        for line, name, _ in source.includes():
            if name in DOORS and path != DOORS[name]:
                yield f"{path}:{line}: <{name}> is included by {DOORS[name]} alone"


def product_without_tests(tree):
    """Product code includes nothing of tests/ or bench/"""
    for path, source in tree.product():
        for line, name, _ in source.includes():
            if name.startswith(("tests/", "bench/")):
                yield f"{path}:{line}: product code includes {name}"


def headers_used(tree):
    """Every header is included by somebody"""
    used = {name for source in tree.sources.values() for _, name, _ in source.includes()}
    for path, _ in tree.product((".h",)):
        if path not in used and not path.startswith("engine/include/"):
            yield f"{path}:1: nobody includes this header"


def include_guards(tree):
    """Include guards are the path in capitals"""
    for path, source in tree.product((".h",)):
        guard = "LEAT_" + re.sub(r"[^A-Z0-9]", "_", path.upper())
        if not re.match(rf"\s*#ifndef {guard}\n#define {guard}\n", source.bare.lstrip()):
            yield f"{path}:1: the guard of this file is {guard}"


def headers_documented(tree):
    """Every declaration in a header has a comment, above it or on its first line"""
    for path, source in tree.product((".h",)):
        for first, _, text, _ in source.declarations():
            forward = re.fullmatch(r"(struct|union|enum)\s+\w+\s*;", text)
            if forward or text.startswith("_Static_assert"):
                continue
            if not source.commented.intersection((first - 1, first)):
                what = " ".join(text.split())[:60]
                yield f"{path}:{first}: no comment above: {what}"


def headers_without_code(tree):
    """Functions defined in headers are static inline, so that no object file with other instructions can lend its copy"""
    for path, source in tree.product((".h",)):
        for first, _, text, body in source.declarations():
            if body and not re.match(r"(__attribute__\s*\(\(.*?\)\)\s*)?static\s+inline\b", text):
                yield f"{path}:{first}: a function defined in a header is static inline"


def atomics_explained(tree):
    """Atomics say what they publish, on the line or within the three lines above"""
    atomic = re.compile(r"\b(atomic_\w+|_Atomic|memory_order_\w+|__atomic_\w+|__sync_\w+|ck_pr_\w+)\b")
    for path, source in tree.product():
        told = None
        for found in atomic.finditer(source.macros_too):
            line = source.line_of(found.start())
            if line != told and not source.commented.intersection(range(line - 3, line + 1)):
                told = line
                yield f"{path}:{line}: {found[1]} without a comment: what does it publish, and what is its pair?"


def banned_calls(tree):
    """Banned calls"""
    for path, source in tree.sources.items():
        product = path.startswith(PRODUCT)
        banned = BANNED if product else UNSAFE
        for found in re.finditer(r"(?<![\w.])(?<!->)(\w+)\s*\(", source.macros_too):
            if found[1] in banned and found[1] not in MAY_CALL.get(path, ()):
                yield f"{path}:{source.line_of(found.start())}: {found[1]}: use {banned[found[1]]}"
        for line, name, _ in source.includes():
            if product and name == "assert.h":
                yield f"{path}:{line}: <assert.h>: use engine/base/assert.h"


def simd_in_its_files(tree):
    """AVX2 and AVX-512 intrinsics stand in files that the build compiles for them"""
    for path, source in tree.product():
        for wide, home in ((r"_mm256_\w+|__m256[id]?", r"_avx(2|512)\.[ch]$"), (r"_mm512_\w+|__m512[id]?", r"_avx512\.[ch]$")):
            found = re.search(rf"\b({wide})\b", source.macros_too)
            if found and not re.search(home, path):
                yield f"{path}:{source.line_of(found.start())}: {found[1]} outside a file named *{home[:-7].replace('(2|512)', '2')}.c"


def only_c(tree):
    """C++ stands under bench/ alone"""
    for path in tree.files:
        if path.endswith((".cc", ".cpp", ".cxx", ".hpp", ".hh")) and not path.startswith("bench/"):
            yield f"{path}:1: C++ outside bench/"


def short_lines(tree):
    """Lines are at most 140 columns, hold no tab, and end in no space"""
    for path, text in tree.code():
        for number, line in enumerate(text.split("\n"), 1):
            if len(line) > LINE_COLUMNS_MAX:
                yield f"{path}:{number}: {len(line)} columns"
            if "\t" in line:
                yield f"{path}:{number}: a tab"
            if line != line.rstrip():
                yield f"{path}:{number}: ends in a space"


def nothing_put_off(tree):
    """Nothing is put off in comments"""
    later = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b")
    for path, text in tree.code():
        for number, line in enumerate(text.split("\n"), 1):
            if later.search(line):
                yield f"{path}:{number}: {later.search(line)[1]}: do it, or file an issue"


def no_conflict_markers(tree):
    """No markers of an unfinished merge"""
    marker = re.compile(r"^(<{7} |={7}$|>{7} )")
    for path, text in tree.files.items():
        for number, line in enumerate(text.split("\n"), 1):
            if marker.match(line):
                yield f"{path}:{number}: a conflict marker"


def no_machine_paths(tree):
    """No paths of one machine: none of a checkout anywhere, none of a temporary folder in product code"""
    checkout, temporary = "/wo" "rk/", "/t" "mp/"
    for path, text in tree.files.items():
        for number, line in enumerate(text.split("\n"), 1):
            if checkout in line or (temporary in line and path.startswith(PRODUCT)):
                yield f"{path}:{number}: a path of one machine"


def sizes(tree):
    """{'path' or 'path:function': (lines, limit)} of everything that has a limit."""
    found = {path: (text.count("\n"), FILE_LINES_MAX) for path, text in tree.code()}
    for path, source in tree.sources.items():
        for first, last, text, body in source.declarations():
            name = re.search(r"(\w+)\s*\(", text)
            if body and name:
                found[f"{path}:{name[1]}"] = (last - first + 1, FUNCTION_LINES_MAX)
    return found


def exceptions(tree):
    """{name: lines} of the exceptions file: '# reason' lines and 'NAME LINES' lines."""
    entries = {}
    for line in tree.files.get(EXCEPTIONS, "").split("\n"):
        if line.strip() and not line.startswith("#"):
            name, lines = line.split()
            entries[name] = int(lines)
    return entries


def short_functions_and_files(tree):
    """Functions have at most 70 lines, files at most 800"""
    allowed = exceptions(tree)
    for name, (lines, limit) in sizes(tree).items():
        if lines > max(limit, allowed.get(name, 0)):
            yield f"{name}: {lines} lines, the limit is {max(limit, allowed.get(name, 0))}: split it by what it does"


def exceptions_shrink(tree):
    """The list of exceptions only shrinks"""
    found = sizes(tree)
    for name, lines in exceptions(tree).items():
        now, limit = found.get(name, (0, 0))
        if now <= limit:
            yield f"{EXCEPTIONS}: {name} is no exception any more: take the line out"
        elif now < lines:
            yield f"{EXCEPTIONS}: {name} has shrunk: write {now}"


RULES = (include_arrows, includes_from_the_root, one_door_per_library, product_without_tests, headers_used, include_guards,
         headers_documented, headers_without_code, atomics_explained, banned_calls, simd_in_its_files, only_c, short_lines,
         nothing_put_off, no_conflict_markers, no_machine_paths, short_functions_and_files, exceptions_shrink)


def main():
    tree, failed = read_tree(), 0
    for rule in RULES:
        complaints = list(rule(tree))
        failed += bool(complaints)
        print(f"{'FAIL' if complaints else 'ok  '} {rule.__doc__}")
        for complaint in complaints:
            print(f"     {complaint}")
    print(f"{len(RULES) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
