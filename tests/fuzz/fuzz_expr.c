// Random well-typed expressions: nothing crashes, and dense rows, selected rows, filters and folded constants agree.
#include "tests/engine/expr/random_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct tree_source source = {data, data + size};
    tree_check(&source);
    return 0;
}
