// The pool. One word, the ticket, says which job is open and which of its shares is free next: (job << 16 | share).
//
// Taking a share is one compare-and-swap on the ticket. It fails when a newer job has been opened since the job was read,
// so a thread that was late never runs a new share with old arguments. Threads that find nothing spin for about 20 µs,
// which bridges the gap between two kernels, and then sleep.
#include "pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

_Thread_local int share_index = 0, share_count = 1;

enum { SPIN_NANOSECONDS = 20000, NO_SHARES = 0xffff };

static _Atomic uint64_t ticket = NO_SHARES; // job << 16 | next share
static _Atomic(void (*)(void *)) job_work;
static _Atomic(void *) job_arguments;
static _Atomic int job_shares;
static _Atomic unsigned job_rounding; // the caller's floating-point control word
static _Atomic int shares_done;
static atomic_flag busy = ATOMIC_FLAG_INIT;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static _Atomic int sleepers;
static _Atomic int stopping;
static pthread_t threads[POOL_THREADS];
static int thread_count;

static inline void pause_briefly(void) {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static int64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000ll + now.tv_nsec;
}

static unsigned rounding(void) {
#if defined(__x86_64__)
  return _mm_getcsr();
#else
  return 0;
#endif
}
static void set_rounding(unsigned control) {
#if defined(__x86_64__)
  if (control != _mm_getcsr()) _mm_setcsr(control);
#else
  (void)control;
#endif
}

// Does shares of the open job until none is left.
static void work_on(uint64_t seen) {
  for (;;) {
    void (*work)(void *) = atomic_load(&job_work);
    void *arguments = atomic_load(&job_arguments);
    int shares = atomic_load(&job_shares);
    unsigned control = atomic_load(&job_rounding);
    int share = (int)(seen & 0xffff);
    if (share >= shares) return;
    if (!atomic_compare_exchange_weak(&ticket, &seen, seen + 1)) continue;
    set_rounding(control);
    share_index = share;
    share_count = shares;
    work(arguments);
    atomic_fetch_add(&shares_done, 1);
    seen = atomic_load(&ticket);
  }
}

static void *thread_main(void *first) {
  uint64_t job = (uint64_t)(uintptr_t)first;
  while (!atomic_load(&stopping)) {
    int64_t until = nanoseconds() + SPIN_NANOSECONDS;
    uint64_t seen;
    int turns = 0;
    while ((seen = atomic_load(&ticket)) >> 16 == job) {
      pause_briefly();
      if (++turns % 64 == 0 && nanoseconds() > until) {
        pthread_mutex_lock(&lock);
        atomic_fetch_add(&sleepers, 1);
        while (atomic_load(&ticket) >> 16 == job && !atomic_load(&stopping)) pthread_cond_wait(&wake, &lock);
        atomic_fetch_sub(&sleepers, 1);
        pthread_mutex_unlock(&lock);
        if (atomic_load(&stopping)) return 0;
      }
    }
    job = seen >> 16;
    work_on(seen);
  }
  return 0;
}

void pool_grow(int wanted) {
  if (wanted > POOL_THREADS) wanted = POOL_THREADS;
  pthread_mutex_lock(&lock);
  while (thread_count < wanted - 1) {
    uintptr_t job = (uintptr_t)(atomic_load(&ticket) >> 16);
    if (pthread_create(&threads[thread_count], 0, thread_main, (void *)job) != 0) break;
    thread_count++;
  }
  pthread_mutex_unlock(&lock);
}

void pool_run(void (*work)(void *), void *arguments, int shares) {
  if (shares <= 1 || thread_count == 0 || atomic_flag_test_and_set(&busy)) {
    share_index = 0;
    share_count = 1;
    work(arguments);
    return;
  }
  uint64_t next = ((atomic_load(&ticket) >> 16) + 1) << 16;
  atomic_store(&job_work, work);
  atomic_store(&job_arguments, arguments);
  atomic_store(&job_shares, shares);
  atomic_store(&job_rounding, rounding());
  atomic_store(&shares_done, 0);
  atomic_store(&ticket, next);
  if (atomic_load(&sleepers) > 0) {
    pthread_mutex_lock(&lock);
    pthread_cond_broadcast(&wake);
    pthread_mutex_unlock(&lock);
  }
  work_on(next);
  share_index = 0;
  share_count = 1;
  while (atomic_load(&shares_done) < shares) pause_briefly();
  atomic_flag_clear(&busy);
}

void pool_stop(void) {
  while (atomic_flag_test_and_set(&busy)) pause_briefly();
  pthread_mutex_lock(&lock);
  atomic_store(&stopping, 1);
  pthread_cond_broadcast(&wake);
  pthread_mutex_unlock(&lock);
  // A spinning thread looks at `stopping` when the job changes.
  atomic_store(&job_shares, 0);
  atomic_store(&ticket, ((atomic_load(&ticket) >> 16) + 1) << 16);
  for (int i = 0; i < thread_count; i++) pthread_join(threads[i], 0);
  thread_count = 0;
  atomic_store(&stopping, 0);
  atomic_flag_clear(&busy);
}
