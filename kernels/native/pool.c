// The pool. One word, the ticket, says which job is open, how many shares it has and which of them is free next:
// (job << 32 | shares << 16 | share).
//
// Taking a share is one compare-and-swap on the ticket. It succeeds only while that job has shares left, so the job is not
// done and its arguments are still those that were read before. That the ticket itself holds the number of shares matters:
// beside it, a late thread would see the next job's number and take a share that the last job never had. Threads that
// find nothing spin for about 20 µs, which bridges the gap between two kernels, and then sleep.
#include "pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

_Thread_local int share_index = 0, share_count = 1;

enum { SPIN_NANOSECONDS = 20000, MOST_SHARES = 0xffff };

static _Atomic uint64_t ticket;
static _Atomic(void (*)(void *)) job_work;
static _Atomic(void *) job_arguments;
static _Atomic uint64_t job_rounding; // the caller's floating-point control word
static _Atomic int shares_done;
static atomic_flag busy = ATOMIC_FLAG_INIT;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static _Atomic int sleepers;
static _Atomic int stopping;
static pthread_mutex_t staff = PTHREAD_MUTEX_INITIALIZER; // held while threads are started or ended
static pthread_t threads[POOL_THREADS];
static _Atomic int thread_count;

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

static uint64_t rounding(void) {
#if defined(__x86_64__)
  return _mm_getcsr();
#elif defined(__aarch64__)
  uint64_t control;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  return control;
#else
  return 0;
#endif
}
static void set_rounding(uint64_t control) {
  if (control == rounding()) return;
#if defined(__x86_64__)
  _mm_setcsr((unsigned)control);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"(control));
#endif
}

static uint64_t job_of(uint64_t seen) { return seen >> 32; }
static int shares_of(uint64_t seen) { return (int)(seen >> 16 & 0xffff); }
static int share_of(uint64_t seen) { return (int)(seen & 0xffff); }
// The ticket of the job after the one seen.
static uint64_t next_job(uint64_t seen, int shares) { return (job_of(seen) + 1) << 32 | (uint64_t)shares << 16; }

// Does shares of the open job until none is left.
static void work_on(uint64_t seen) {
  for (;;) {
    void (*work)(void *) = atomic_load(&job_work);
    void *arguments = atomic_load(&job_arguments);
    uint64_t control = atomic_load(&job_rounding);
    if (share_of(seen) >= shares_of(seen)) return;
    uint64_t taken = seen;
    if (!atomic_compare_exchange_weak(&ticket, &seen, seen + 1)) continue;
    set_rounding(control);
    share_index = share_of(taken);
    share_count = shares_of(taken);
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
    while (job_of(seen = atomic_load(&ticket)) == job) {
      pause_briefly();
      if (++turns % 64 == 0 && nanoseconds() > until) {
        pthread_mutex_lock(&lock);
        atomic_fetch_add(&sleepers, 1);
        while (job_of(atomic_load(&ticket)) == job && !atomic_load(&stopping)) pthread_cond_wait(&wake, &lock);
        atomic_fetch_sub(&sleepers, 1);
        pthread_mutex_unlock(&lock);
        if (atomic_load(&stopping)) return 0;
      }
    }
    job = job_of(seen);
    work_on(seen);
  }
  return 0;
}

void pool_grow(int wanted) {
  if (wanted > POOL_THREADS) wanted = POOL_THREADS;
  pthread_mutex_lock(&staff);
  while (thread_count < wanted - 1) {
    uintptr_t job = (uintptr_t)job_of(atomic_load(&ticket));
    if (pthread_create(&threads[thread_count], 0, thread_main, (void *)job) != 0) break;
    thread_count++;
  }
  pthread_mutex_unlock(&staff);
}

void pool_run(void (*work)(void *), void *arguments, int shares) {
  if (shares <= 1 || thread_count == 0 || atomic_flag_test_and_set(&busy)) {
    share_index = 0;
    share_count = 1;
    work(arguments);
    return;
  }
  if (shares > MOST_SHARES) shares = MOST_SHARES;
  uint64_t next = next_job(atomic_load(&ticket), shares);
  atomic_store(&job_work, work);
  atomic_store(&job_arguments, arguments);
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
  pthread_mutex_lock(&staff);
  while (atomic_flag_test_and_set(&busy)) pause_briefly();
  pthread_mutex_lock(&lock);
  atomic_store(&stopping, 1);
  // Spinning threads look at `stopping` when the job changes, sleeping ones when they wake.
  atomic_store(&ticket, next_job(atomic_load(&ticket), 0));
  pthread_cond_broadcast(&wake);
  pthread_mutex_unlock(&lock);
  for (int i = 0; i < thread_count; i++) pthread_join(threads[i], 0);
  thread_count = 0;
  atomic_store(&stopping, 0);
  atomic_flag_clear(&busy);
  pthread_mutex_unlock(&staff);
}
