// The Node-API addon: kernels on an arena, which is an ArrayBuffer whose addresses never change.
//
//   instructionSets()                          → the names of the sets that are built in and run here, fastest first
//   attach(buffer, set, threads, leastWork)    → an object of all kernels; pointers are byte offsets into the buffer
//
// A kernel whose work reaches `leastWork` is shared by `threads` threads. Context-aware: every environment (the main thread,
// each worker) has its own engines; the threads are common and end with the last environment.
#include <node_api.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>
#endif

#include "../kernels.h"
#include "pool.h"
#include "supported.h"
#include "table.generated.h"

typedef struct engine {
  const struct kernel_table *kernels;
  char *arena;
  int threads;
  double least_work;
  struct engine *next;
} engine;

// ── which instruction sets run here ─────────────────────────────────────────────────────────────────────────────────

#if defined(__x86_64__)
extern const struct kernel_table kernels_avx512, kernels_avx2, kernels_sse2;
static const char *const set_names[] = {"avx512", "avx2", "sse2"};
static const struct kernel_table *const set_tables[] = {&kernels_avx512, &kernels_avx2, &kernels_sse2};
#else
extern const struct kernel_table kernels_neon;
static const char *const set_names[] = {"neon"};
static const struct kernel_table *const set_tables[] = {&kernels_neon};
#endif
enum { SETS = sizeof set_names / sizeof *set_names };

// Null where the set is not built in or does not run here.
static const struct kernel_table *table_named(const char *name) {
  for (int i = 0; i < SETS; i++)
    if (strcmp(name, set_names[i]) == 0) return set_runs_here(name) ? set_tables[i] : 0;
  return 0;
}

// ── calls ───────────────────────────────────────────────────────────────────────────────────────────────────────────

static const engine *arguments_of(napi_env env, napi_callback_info info, size_t count, double *values) {
  napi_value given[MOST_PARAMETERS];
  void *data;
  size_t got = MOST_PARAMETERS;
  if (napi_get_cb_info(env, info, &got, given, 0, &data) != napi_ok) return 0;
  int numbers = got == count;
  for (size_t i = 0; numbers && i < count; i++) numbers = napi_get_value_double(env, given[i], &values[i]) == napi_ok;
  if (numbers) return data;
  napi_throw_type_error(env, 0, "kernel: expected a number for each parameter of kernels.h.");
  return 0;
}

static inline void *pointer_at(const engine *e, double offset) { return offset == 0 ? 0 : e->arena + (int64_t)offset; }
// Words of a random key may be above 2³¹: they wrap.
static inline int integer(double value) { return (int)(int64_t)value; }

static void run_shared(const engine *e, void (*work)(void *), void *arguments, double amount) {
  // Two shares a thread, so that one that wakes late delays nobody.
  pool_run(work, arguments, e->threads > 1 && amount >= e->least_work ? 2 * e->threads : 1);
}

#include "bindings.generated.c"

// ── the module ──────────────────────────────────────────────────────────────────────────────────────────────────────

static _Atomic int environments;

static void environment_ends(void *data) {
  engine **engines = data;
  for (engine *e = *engines; e;) {
    engine *next = e->next;
    free(e);
    e = next;
  }
  free(engines);
  if (--environments == 0) pool_stop();
}

static napi_value throw_error(napi_env env, const char *message) {
  napi_throw_error(env, 0, message);
  return 0;
}

static napi_value instruction_sets(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value names, name;
  napi_create_array(env, &names);
  uint32_t found = 0;
  for (int i = 0; i < SETS; i++)
    if (table_named(set_names[i])) {
      napi_create_string_utf8(env, set_names[i], NAPI_AUTO_LENGTH, &name);
      napi_set_element(env, names, found++, name);
    }
  return names;
}

static napi_value attach(napi_env env, napi_callback_info info) {
  size_t count = 4;
  napi_value given[4], kernels;
  char name[16];
  void *arena;
  size_t bytes;
  double threads, least_work;
  engine **engines;
  if (napi_get_cb_info(env, info, &count, given, 0, (void **)&engines) != napi_ok || count != 4 ||
      napi_get_arraybuffer_info(env, given[0], &arena, &bytes) != napi_ok ||
      napi_get_value_string_utf8(env, given[1], name, sizeof name, 0) != napi_ok ||
      napi_get_value_double(env, given[2], &threads) != napi_ok ||
      napi_get_value_double(env, given[3], &least_work) != napi_ok)
    return throw_error(env, "attach: expected (ArrayBuffer, string, number, number).");
  const struct kernel_table *table = table_named(name);
  if (!table) return throw_error(env, "attach: expected an instruction set of instructionSets().");
  engine *e = malloc(sizeof *e);
  if (!e) return throw_error(env, "attach: expected free memory, got none.");
  *e = (engine){table, arena, (int)threads, least_work, *engines};
  *engines = e;
  if (threads > 1) pool_grow((int)threads);
  if (napi_create_object(env, &kernels) != napi_ok || define_kernels(env, kernels, e) != napi_ok)
    return throw_error(env, "attach: expected to be able to make the kernels.");
  return kernels;
}

// adviseLargePages(buffer, reserved): fewer and larger pages for the arena, which grows to `reserved` bytes in place.
static napi_value advise_large_pages(napi_env env, napi_callback_info info) {
  size_t count = 2, bytes;
  napi_value given[2];
  void *arena;
  double reserved;
  if (napi_get_cb_info(env, info, &count, given, 0, 0) != napi_ok || count != 2 ||
      napi_get_arraybuffer_info(env, given[0], &arena, &bytes) != napi_ok ||
      napi_get_value_double(env, given[1], &reserved) != napi_ok)
    return throw_error(env, "adviseLargePages: expected (ArrayBuffer, number).");
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  madvise(arena, (size_t)reserved, MADV_HUGEPAGE);
#endif
  return 0;
}

NAPI_MODULE_INIT() {
  engine **engines = calloc(1, sizeof *engines);
  if (!engines) return throw_error(env, "tandem addon: expected free memory, got none.");
  environments++;
  napi_add_env_cleanup_hook(env, environment_ends, engines);
  const napi_property_descriptor functions[] = {
      {"instructionSets", 0, instruction_sets, 0, 0, 0, napi_default, 0},
      {"attach", 0, attach, 0, 0, 0, napi_default, engines},
      {"adviseLargePages", 0, advise_large_pages, 0, 0, 0, napi_default, 0},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
  return exports;
}
