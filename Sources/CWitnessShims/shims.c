#include "CWitnessShims.h"

static int argument_count;
static char **argument_values;

/// Embedded Swift has no `CommandLine`. The C library hands the arguments to every constructor too.
__attribute__((constructor)) static void keep_arguments(int count, char **values) {
    argument_count = count;
    argument_values = values;
}

const char *witness_argument(int index) { return index < argument_count ? argument_values[index] : NULL; }
