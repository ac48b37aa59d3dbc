// Runs the tests of one instruction set: main STRIDE ROUNDS. Every STRIDEth float meets the elementary functions, ROUNDS
// says how long the pool is stressed. Exit code: 0 passed, 1 failed, 77 the processor has not this instruction set.
//
// This file is compiled for any processor, so that it can look before the tests run.
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../kernels/native/supported.h"

int run_suite(int stride, int rounds);
const char *current_case(void);

static void say(const char *text) {
  if (write(STDERR_FILENO, text, strlen(text)) < 0) _exit(1);
}

static void on_signal(int number) {
  say(number == SIGALRM ? "FAILED after two minutes in " : "FAILED by touching memory it was not given: ");
  say(current_case());
  say("\n");
  _exit(1);
}

int main(int count, char **arguments) {
  if (!set_runs_here(INSTRUCTION_SET)) return 77;
  signal(SIGALRM, on_signal);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  signal(SIGSEGV, on_signal);
  signal(SIGBUS, on_signal);
#endif
  alarm(120);
  return run_suite(count > 1 ? atoi(arguments[1]) : 1009, count > 2 ? atoi(arguments[2]) : 200);
}
