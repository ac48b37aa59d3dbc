// How several threads work on one kernel: each calls it with the same arguments and does its own share of the work.
//
// A share is a range of rows or columns of the result, never a part of a sum, so the bits do not depend on how many
// shares there are or who does which. Without threads there is one share: everything.
#ifndef TANDEM_SHARE_H
#define TANDEM_SHARE_H

#include "vector.h"

#ifdef TANDEM_THREADS
extern _Thread_local int share_index, share_count;
#else
enum { share_index = 0, share_count = 1 };
#endif

typedef struct {
  int first, last;
} range;

// This thread's part of `units`, cut at multiples of `grain`.
INLINE range share(int units, int grain) {
  if (share_count == 1) return (range){0, units};
  int64_t grains = (units + grain - 1) / grain;
  int first = (int)(grains * share_index / share_count) * grain;
  int last = (int)(grains * (share_index + 1) / share_count) * grain;
  return (range){first < units ? first : units, last < units ? last : units};
}

#endif
