// What the tests of the kernels stand on: buffers that end where nothing may be touched, every way to run a kernel, and a
// comparison of each element with what it should be.
//
//   begin_case("fill n=%d", n);                    a case, and its name in messages
//   float *y = poisoned("y", 1, n, n);             buffers, filled with numbers or with a NaN
//   run_fill(y, 0.75f, n);                         by one share, by 2 … 4 shares in turn, by the pool: the same bits
//   want(y)[j] = 0.75;                             what must stand there; an element nothing is wanted of must be as it was
//   end_case(0);                                   compares within a tolerance, relative to max(1, |wanted|)
#ifndef TANDEM_TEST_CHECK_H
#define TANDEM_TEST_CHECK_H

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// EACH(n, 1, 7) { … } runs the block for n = 1 and n = 7.
#define EACH(value, ...)                                                                                              \
  for (int value##_place = 0, value = 0; value##_place < (int)(sizeof(int[]){__VA_ARGS__} / sizeof(int)) &&           \
                                         (value = ((const int[]){__VA_ARGS__})[value##_place], 1);                    \
       value##_place++)
// Sizes at which tails of every length and whole vectors meet.
#define ODD 1, 7, 8, 9, 17, 33

// ── failures ────────────────────────────────────────────────────────────────────────────────────────────────────────

static char subject[256];
static long failures, cases, comparisons;

__attribute__((format(printf, 1, 2))) static void fail(const char *format, ...) {
  if (++failures > 20) return;
  va_list list;
  va_start(list, format);
  fprintf(stderr, "FAILED %s: ", subject);
  vfprintf(stderr, format, list);
  fputc('\n', stderr);
  va_end(list);
}

static void name_subject(const char *format, va_list list) { vsnprintf(subject, sizeof subject, format, list); }

// ── buffers ─────────────────────────────────────────────────────────────────────────────────────────────────────────

enum {
  MOST_BUFFERS = 12,
  SLOT = 1 << 18, // elements of the largest buffer
  FRONT = 16,     // elements before a buffer that are looked at
};
// A NaN that no arithmetic makes: what is not there yet, and the gaps between rows.
static const uint32_t POISON = 0x7fc0dead;

typedef struct {
  const char *name;
  uint32_t *at;     // what the kernel is given
  uint32_t *first;  // at the start of the case
  uint32_t *before; // before a run
  uint32_t *alone;  // after a run by one share
  uint32_t *joined; // what the shares of a run wrote, each on its own
  double *wanted;   // NaN: nothing
  int length, integers;
} buffer;

static buffer buffers[MOST_BUFFERS];
static int buffer_count;

#if defined(__SANITIZE_ADDRESS__)
#define ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ADDRESS_SANITIZER 1
#endif
#endif

// Memory for `length` elements with nothing after it. AddressSanitizer watches the heap; but it does not see masked vector
// loads and stores, so everywhere else a page that must not be touched follows.
#ifdef ADDRESS_SANITIZER
static uint32_t *exact_memory(int slot, int length) {
  (void)slot;
  return malloc((size_t)length * 4);
}
static void release_memory(uint32_t *at) { free(at); }
static void check_front(const buffer *b) { (void)b; }
#else
static uint32_t *exact_memory(int slot, int length) {
  static char *slots[MOST_BUFFERS];
  size_t page = (size_t)sysconf(_SC_PAGESIZE), bytes = SLOT * 4;
  if (!slots[slot]) {
    slots[slot] = mmap(0, bytes + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (slots[slot] == MAP_FAILED || mprotect(slots[slot] + bytes, page, PROT_NONE) != 0) abort();
  }
  uint32_t *at = (uint32_t *)(slots[slot] + bytes) - length;
  for (int i = 1; i <= FRONT; i++) at[-i] = POISON;
  return at;
}
static void release_memory(uint32_t *at) { (void)at; }
static void check_front(const buffer *b) {
  for (int i = 1; i <= FRONT; i++)
    if (b->at[-i] != POISON) fail("%s: element %d before the first was written", b->name, i);
}
#endif

static void copy(uint32_t *to, const uint32_t *from, int length) { memcpy(to, from, (size_t)length * 4); }

static uint32_t random_state;
static uint32_t random_word(void) { // xorshift32 (Marsaglia 2003)
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  return random_state ^= random_state << 5;
}

__attribute__((format(printf, 1, 2))) static void begin_case(const char *format, ...) {
  va_list list;
  va_start(list, format);
  name_subject(format, list);
  va_end(list);
  cases++;
  random_state = 2463534242u;
}

// The last row has no gap after it.
static buffer *new_buffer(const char *name, int rows, int columns, int stride) {
  int length = (rows - 1) * stride + columns;
  if (buffer_count == MOST_BUFFERS || length > SLOT - FRONT) abort();
  buffer *b = &buffers[buffer_count];
  uint32_t *copies = malloc((size_t)length * 4 * 4);
  *b = (buffer){.name = name, .at = exact_memory(buffer_count, length), .length = length};
  b->first = copies;
  b->before = copies + length;
  b->alone = copies + 2 * length;
  b->joined = copies + 3 * length;
  b->wanted = malloc((size_t)length * sizeof(double));
  buffer_count++;
  for (int i = 0; i < length; i++) {
    b->at[i] = POISON;
    b->wanted[i] = NAN;
  }
  return b;
}

// An output: nothing but NaN.
static float *poisoned(const char *name, int rows, int columns, int stride) {
  buffer *b = new_buffer(name, rows, columns, stride);
  copy(b->first, b->at, b->length);
  return (float *)b->at;
}

// An input, or an output that is added to: numbers in −1 … 1, NaN between the rows.
static float *numbers(const char *name, int rows, int columns, int stride) {
  buffer *b = new_buffer(name, rows, columns, stride);
  float *x = (float *)b->at;
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++) x[i * stride + j] = (float)(int32_t)random_word() * 0x1p-31f;
  copy(b->first, b->at, b->length);
  return x;
}

// An input or output of integers: numbers below `limit`.
static int32_t *integers(const char *name, int count, int limit) {
  buffer *b = new_buffer(name, 1, count, count);
  b->integers = 1;
  for (int i = 0; i < count; i++) b->at[i] = random_word() % (uint32_t)limit;
  copy(b->first, b->at, b->length);
  return (int32_t *)b->at;
}

// An input of whole numbers of 8 bits, with nothing after the last of them; other numbers between the rows.
static const int8_t *int8s(const char *name, int rows, int columns, int stride) {
  int length = (rows - 1) * stride + columns, words = (length + 3) / 4;
  buffer *b = new_buffer(name, 1, words, words);
  for (int i = 0; i < words; i++) b->at[i] = random_word();
  copy(b->first, b->at, words);
  return (const int8_t *)(b->at + words) - length;
}

// An output of whole numbers of 8 bits, four to an element of the buffer.
static int8_t *poisoned_int8s(const char *name, int length) {
  if (length % 4 != 0) abort();
  int8_t *at = (int8_t *)poisoned(name, 1, length / 4, length / 4);
  buffers[buffer_count - 1].integers = 1;
  return at;
}

static buffer *buffer_of(const void *at) {
  for (int i = 0; i < buffer_count; i++)
    if (buffers[i].at == at) return &buffers[i];
  abort();
}
static double *want(const void *at) { return buffer_of(at)->wanted; }
// What stood there at the start of the case.
static const float *first(const void *at) { return (const float *)buffer_of(at)->first; }
// What the test itself has written into a buffer is what it starts with.
static void settle(const void *at) {
  buffer *b = buffer_of(at);
  copy(b->first, b->at, b->length);
}

static void end_case(double tolerance) {
  for (int n = 0; n < buffer_count; n++) {
    const buffer *b = &buffers[n];
    check_front(b);
    for (int i = 0; i < b->length; i++) {
      comparisons++;
      if (isnan(b->wanted[i])) {
        if (b->at[i] != b->first[i]) fail("%s[%d] was not to be touched", b->name, i);
        continue;
      }
      double found = b->integers ? (double)(int32_t)b->at[i] : (double)((const float *)b->at)[i];
      double allowed = tolerance * fmax(1, fabs(b->wanted[i]));
      if (!(fabs(found - b->wanted[i]) <= allowed))
        fail("%s[%d]: expected %.9g within %.2g, got %.9g", b->name, i, b->wanted[i], allowed, found);
    }
    release_memory(b->at);
    free(b->first);
    free(b->wanted);
  }
  buffer_count = 0;
}

// ── ways to run a kernel ────────────────────────────────────────────────────────────────────────────────────────────

// Threads of the pool while kernels are tested, the caller among them.
enum { TEST_THREADS = 4 };

static void reset_buffers(void) {
  for (int n = 0; n < buffer_count; n++) copy(buffers[n].at, buffers[n].before, buffers[n].length);
}

static void run_alone(void (*work)(void *), void *arguments) {
  share_index = 0;
  share_count = 1;
  work(arguments);
}

// Notes what one of several shares wrote. No two may write the same element.
static void join_share(int index, int count) {
  for (int n = 0; n < buffer_count; n++) {
    const buffer *b = &buffers[n];
    for (int i = 0; i < b->length; i++) {
      if (b->at[i] == b->before[i]) continue;
      if (b->joined[i] != b->before[i])
        fail("%s[%d] is written by share %d of %d and by one before it", b->name, i, index, count);
      b->joined[i] = b->at[i];
    }
  }
}

static void expect_alone(const buffer *b, const uint32_t *found, const char *how, int count) {
  for (int i = 0; i < b->length; i++)
    if (found[i] != b->alone[i]) {
      fail("%s[%d]: expected the bits %08x, got %08x from %d %s", b->name, i, b->alone[i], found[i], count, how);
      return;
    }
}

static void run_every_way(void (*work)(void *), void *arguments) {
  for (int n = 0; n < buffer_count; n++) copy(buffers[n].before, buffers[n].at, buffers[n].length);
  run_alone(work, arguments);
  for (int n = 0; n < buffer_count; n++) copy(buffers[n].alone, buffers[n].at, buffers[n].length);

  for (int count = 2; count <= 4; count++) {
    for (int n = 0; n < buffer_count; n++) copy(buffers[n].joined, buffers[n].before, buffers[n].length);
    for (int index = 0; index < count; index++) {
      reset_buffers();
      share_index = index;
      share_count = count;
      work(arguments);
      join_share(index, count);
    }
    for (int n = 0; n < buffer_count; n++) expect_alone(&buffers[n], buffers[n].joined, "shares in turn", count);
  }

  // The addon makes two shares for each thread.
  EACH(count, 1, 2, 3, 4, 2 * TEST_THREADS) {
    reset_buffers();
    pool_run(work, arguments, count);
    for (int n = 0; n < buffer_count; n++) expect_alone(&buffers[n], buffers[n].at, "shares in the pool", count);
  }
}

#endif
