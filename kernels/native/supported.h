// Which instruction sets run on this processor, under this operating system.
#ifndef TANDEM_SUPPORTED_H
#define TANDEM_SUPPORTED_H

#include <string.h>

static inline int set_runs_here(const char *name) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  // These look at the processor and at what the operating system saves of its registers.
  int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  int avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  if (strcmp(name, "avx512") == 0) return avx512;
  if (strcmp(name, "avx2") == 0) return avx2;
  return strcmp(name, "sse2") == 0;
#else
  return strcmp(name, "neon") == 0;
#endif
}

#endif
