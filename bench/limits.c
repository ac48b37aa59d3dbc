// The machine's limits: how fast this machine multiplies and adds in registers, and how fast it copies memory.
// Reads lines "<what> <threads>" from standard input, answers each with one line of JSON {"figure": …}:
//   fma N      a fused multiply-add on the widest vectors, N threads at once, GFLOP/s together
//   narrow N   a multiplication and an addition on vectors of 128 bits, as WebAssembly SIMD has them, GFLOP/s together
//   copy N     arrays larger than the caches, N threads at once, GB/s together, read and written bytes both counted
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__AVX512F__)
#define WIDE_BYTES 64
#elif defined(__AVX__) && defined(__FMA__)
#define WIDE_BYTES 32
#else
#define WIDE_BYTES 16
#endif

// Registers that hold sums: enough to hide four or five cycles of two units, and room for the two factors.
#if defined(__AVX512F__) || defined(__aarch64__)
#define SUMS 24
#else
#define SUMS 12
#endif
// A product needs a register of its own before it is added.
#define NARROW_SUMS 10

// Tells the compiler that a register may have changed, so that nothing is moved out of the loop.
#if defined(__x86_64__)
#define CHANGED(v) __asm__ volatile("" : "+x"(v))
#elif defined(__aarch64__)
#define CHANGED(v) __asm__ volatile("" : "+w"(v))
#else
#error "limits: expected x86-64 or arm64"
#endif

typedef float wide __attribute__((vector_size(WIDE_BYTES)));
typedef float narrow __attribute__((vector_size(16)));

enum { MAX_THREADS = 256, COPY_BYTES = 64 << 20 };
// A rate is the median over short samples, as the other contenders' times are: being interrupted counts for none of them.
enum { SAMPLES = 101 };
// Keeps results alive.
static volatile float sink;

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *samples, int count) {
  qsort(samples, (size_t)count, sizeof *samples, ascending);
  return samples[count / 2];
}

// GFLOP/s of sum ← sum + a · b in one operation.
static double fma_rate(void) {
  enum { TURNS = 50000 };
  wide sums[SUMS], a = {1.0f}, b = {1e-9f};
  for (int i = 0; i < SUMS; i++) sums[i] = (wide){(float)i};
  double rates[SAMPLES];
  for (int sample = 0; sample < SAMPLES; sample++) {
    const double start = seconds();
    for (int turn = 0; turn < TURNS; turn++) {
      CHANGED(a);
#pragma GCC unroll 32
      for (int i = 0; i < SUMS; i++) sums[i] = sums[i] + a * b;
    }
    for (int i = 0; i < SUMS; i++) sink = sums[i][0];
    rates[sample] = TURNS * (SUMS * 2.0 * WIDE_BYTES / 4) / (seconds() - start) * 1e-9;
  }
  return median(rates, SAMPLES);
}

// GFLOP/s of the same with the product rounded: `product` is opaque, so the two are not fused.
static double narrow_rate(void) {
  enum { TURNS = 100000 };
  narrow sums[NARROW_SUMS], a = {1.0f}, b = {1e-9f};
  for (int i = 0; i < NARROW_SUMS; i++) sums[i] = (narrow){(float)i};
  double rates[SAMPLES];
  for (int sample = 0; sample < SAMPLES; sample++) {
    const double start = seconds();
    for (int turn = 0; turn < TURNS; turn++) {
#pragma GCC unroll 32
      for (int i = 0; i < NARROW_SUMS; i++) {
        CHANGED(a);
        narrow product = a * b;
        CHANGED(product);
        sums[i] = sums[i] + product;
      }
    }
    for (int i = 0; i < NARROW_SUMS; i++) sink = sums[i][0];
    rates[sample] = TURNS * (NARROW_SUMS * 2.0 * 4) / (seconds() - start) * 1e-9;
  }
  return median(rates, SAMPLES);
}

// GB/s; each thread copies arrays of its own, made and touched before the clock starts.
static double copy_rate(char *to, const char *from) {
  enum { COPIES = 15 };
  double rates[COPIES];
  for (int sample = 0; sample < COPIES; sample++) {
    const double start = seconds();
    memcpy(to, from, COPY_BYTES);
    sink = to[COPY_BYTES - 1];
    rates[sample] = 2.0 * COPY_BYTES / (seconds() - start) * 1e-9;
  }
  return median(rates, COPIES);
}

struct job {
  char what;
  double rate;
};

static void *work(void *argument) {
  struct job *job = argument;
  if (job->what != 'c') {
    job->rate = job->what == 'f' ? fma_rate() : narrow_rate();
    return 0;
  }
  char *memory = malloc(2 * (size_t)COPY_BYTES);
  if (!memory) return 0;
  memset(memory, 1, 2 * (size_t)COPY_BYTES);
  job->rate = copy_rate(memory, memory + COPY_BYTES);
  free(memory);
  return 0;
}

int main(void) {
  printf("{\"vectorBits\": %d}\n", WIDE_BYTES * 8);
  fflush(stdout);
  char what[16];
  int threads;
  while (scanf("%15s %d", what, &threads) == 2) {
    if (threads < 1 || threads > MAX_THREADS) threads = 1;
    pthread_t handles[MAX_THREADS];
    struct job jobs[MAX_THREADS];
    for (int i = 0; i < threads; i++) {
      jobs[i] = (struct job){what[0], 0};
      if (pthread_create(&handles[i], 0, work, &jobs[i])) return 1;
    }
    double rate = 0;
    for (int i = 0; i < threads; i++) {
      pthread_join(handles[i], 0);
      rate += jobs[i].rate;
    }
    printf("{\"figure\": %.6g}\n", rate);
    fflush(stdout);
  }
  return 0;
}
