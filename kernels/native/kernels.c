// All kernels for one instruction set, in one translation unit. The build compiles it once for each set, with the set's
// compiler flags and its name in KERNEL_TABLE; what leaves the unit is a table of functions.
#include "../kernels.h"

#include "../attention.c"
#include "../cells.c"
#include "../elements.c"
#include "../normalize.c"
#include "../output.c"
#include "../product.c"

#include "table.generated.h"

const struct kernel_table KERNEL_TABLE = KERNEL_TABLE_ENTRIES;
