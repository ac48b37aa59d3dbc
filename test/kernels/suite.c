// All tests for one instruction set, in one translation unit with its kernels: the same unit that the addon is built from.
#include "../../kernels/native/kernels.c"
#include "../../kernels/native/pool.h"

#include "check.h"
#include "runs.generated.h"

#include "attention.c"
#include "cells.c"
#include "elements.c"
#include "functions.c"
#include "normalize.c"
#include "output.c"
#include "pool.c"
#include "products.c"

static void test_kernels(void) {
  pool_grow(TEST_THREADS);
  test_pack();
  test_product();
  test_outerProduct();
  test_quantize();
  test_packInt8();
  test_productInt8();
  test_quantizePairs();
  test_packPairs();
  test_productPairs();

  test_rnnForward();
  test_rnnBackward();
  test_lstmForward();
  test_lstmBackward();
  test_gruForward();
  test_gruBackward();

  test_attentionScores();
  test_attentionScoresBackward();
  test_maskedSoftmax();
  test_softmaxBackward();
  test_attentionContext();
  test_attentionContextBackward();
  test_additiveScores();
  test_additiveScoresBackward();
  test_maxOverTime();
  test_maxOverTimeBackward();

  test_layerNorm();
  test_layerNormBackward();

  test_crossEntropy();
  test_logSoftmax();
  test_topK();
  test_bestLogits();
  test_nearLargest();

  test_gather();
  test_gatherInt8();
  test_scatterAdd();
  test_fill();
  test_copyRows();
  test_addScaled();
  test_tanhForward();
  test_tanhBackward();
  test_sigmoidForward();
  test_sigmoidBackward();
  test_multiply();
  test_philox();
  test_dropout();
  test_chunkSquares();
  test_sum();
  test_adam();
  test_adamRows();
  test_adamReplay();
  test_sgd();
  test_sgdRows();
  test_sgdReplay();
  pool_stop();

  begin_case("kernels.h");
  for (int i = 0; i < KERNEL_COUNT; i++)
    if (kernel_runs[i] == 0) fail("%s has no test", kernel_names[i]);
}

int run_suite(int stride, int rounds) {
  test_kernels();
  test_functions(stride);
  test_pool(rounds);
  if (failures > 20) fprintf(stderr, "… and %ld more\n", failures - 20);
  printf("%ld cases, %ld comparisons, %ld failed\n", cases, comparisons, failures);
  return failures > 0;
}

// For whoever ends the program early.
const char *current_case(void) { return subject; }
