// Attention and its gradients against sums in double.

#define ATTENTION_CASES EACH(B, 1, 5) EACH(Q, 1, 2) EACH(T, ODD) EACH(D, ODD)

static void test_attentionScores(void) {
  ATTENTION_CASES {
    begin_case("attentionScores B=%d Q=%d T=%d D=%d", B, Q, T, D);
    float *scores = poisoned("scores", B * Q, T, T);
    const float *query = numbers("query", B * Q, D, D), *keys = numbers("keys", B * T, D, D);
    run_attentionScores(scores, query, keys, 0.3f, B, Q, T, D);
    for (int row = 0; row < B * Q; row++)
      for (int t = 0; t < T; t++) {
        double total = 0;
        for (int d = 0; d < D; d++) total += (double)query[row * D + d] * keys[(row / Q * T + t) * D + d];
        want(scores)[row * T + t] = 0.3f * total;
      }
    end_case(0x1p-20);
  }
}

// sums[B, Q, D] = start + scale · slopes[B, Q, T] · rows[B, T, D]; `start` may be null.
static void add_product(double *sums, const float *start, double scale, const float *slopes, const float *rows, int B,
                        int Q, int T, int D) {
  for (int b = 0; b < B; b++)
    for (int q = 0; q < Q; q++)
      for (int d = 0; d < D; d++) {
        double total = 0;
        for (int t = 0; t < T; t++) total += (double)slopes[(b * Q + q) * T + t] * rows[(b * T + t) * D + d];
        int at = (b * Q + q) * D + d;
        sums[at] = (start ? start[at] : 0) + scale * total;
      }
}

// Its counterpart over q: sums[B, T, D] = start + scale · slopes[B, Q, T]ᵀ · rows[B, Q, D].
static void add_transposed(double *sums, const float *start, double scale, const float *slopes, const float *rows, int B,
                           int Q, int T, int D) {
  for (int b = 0; b < B; b++)
    for (int t = 0; t < T; t++)
      for (int d = 0; d < D; d++) {
        double total = 0;
        for (int q = 0; q < Q; q++) total += (double)slopes[(b * Q + q) * T + t] * rows[(b * Q + q) * D + d];
        int at = (b * T + t) * D + d;
        sums[at] = start[at] + scale * total;
      }
}

static void test_attentionScoresBackward(void) {
  ATTENTION_CASES EACH(given, 1, 2, 3) {
    begin_case("attentionScoresBackward B=%d Q=%d T=%d D=%d gradients=%d", B, Q, T, D, given);
    float *dquery = given & 1 ? numbers("dquery", B * Q, D, D) : 0, *dkeys = given & 2 ? numbers("dkeys", B * T, D, D) : 0;
    const float *dscores = numbers("dscores", B * Q, T, T), *query = numbers("query", B * Q, D, D);
    const float *keys = numbers("keys", B * T, D, D);
    run_attentionScoresBackward(dquery, dkeys, dscores, query, keys, 0.3f, B, Q, T, D);
    if (dquery) add_product(want(dquery), first(dquery), 0.3f, dscores, keys, B, Q, T, D);
    if (dkeys) add_transposed(want(dkeys), first(dkeys), 0.3f, dscores, query, B, Q, T, D);
    end_case(0x1p-20);
  }
}

// The second row is all padding, the others end one, two, three … early.
static const float *source_mask(int masked, int B, int T) {
  if (!masked) return 0;
  float *mask = numbers("mask", B, T, T);
  for (int b = 0; b < B; b++)
    for (int t = 0; t < T; t++) mask[b * T + t] = b != 1 && (t == 0 || t < T - b) ? 1 : 0;
  settle(mask);
  return mask;
}

static void test_maskedSoftmax(void) {
  EACH(B, 1, 5) EACH(Q, 1, 2) EACH(T, ODD) EACH(masked, 0, 1) {
    begin_case("maskedSoftmax B=%d Q=%d T=%d mask=%d", B, Q, T, masked);
    float *weights = poisoned("weights", B * Q, T, T);
    const float *scores = numbers("scores", B * Q, T, T), *mask = source_mask(masked, B, T);
    run_maskedSoftmax(weights, scores, mask, B, Q, T);
    for (int row = 0; row < B * Q; row++) {
      double total = 0;
      for (int t = 0; t < T; t++)
        if (!mask || mask[row / Q * T + t] != 0) total += exp(scores[row * T + t]);
      for (int t = 0; t < T; t++)
        want(weights)[row * T + t] = !mask || mask[row / Q * T + t] != 0 ? exp(scores[row * T + t]) / total : 0;
    }
    end_case(0x1p-21);
  }
}

static void test_softmaxBackward(void) {
  EACH(rows, 1, 5) EACH(T, ODD) {
    begin_case("softmaxBackward rows=%d T=%d", rows, T);
    float *dscores = numbers("dscores", rows, T, T);
    const float *dweights = numbers("dweights", rows, T, T), *weights = numbers("weights", rows, T, T);
    run_softmaxBackward(dscores, dweights, weights, rows, T);
    for (int i = 0; i < rows; i++) {
      double mean = 0;
      for (int t = 0; t < T; t++) mean += (double)weights[i * T + t] * dweights[i * T + t];
      for (int t = 0; t < T; t++)
        want(dscores)[i * T + t] = first(dscores)[i * T + t] + weights[i * T + t] * (dweights[i * T + t] - mean);
    }
    end_case(0x1p-19);
  }
}

static void test_attentionContext(void) {
  ATTENTION_CASES {
    begin_case("attentionContext B=%d Q=%d T=%d D=%d", B, Q, T, D);
    float *context = poisoned("context", B * Q, D, D);
    const float *weights = numbers("weights", B * Q, T, T), *values = numbers("values", B * T, D, D);
    run_attentionContext(context, weights, values, B, Q, T, D);
    add_product(want(context), 0, 1, weights, values, B, Q, T, D);
    end_case(0x1p-20);
  }
}

static void test_attentionContextBackward(void) {
  ATTENTION_CASES EACH(given, 1, 2, 3) {
    begin_case("attentionContextBackward B=%d Q=%d T=%d D=%d gradients=%d", B, Q, T, D, given);
    float *dweights = given & 1 ? numbers("dweights", B * Q, T, T) : 0;
    float *dvalues = given & 2 ? numbers("dvalues", B * T, D, D) : 0;
    const float *dcontext = numbers("dcontext", B * Q, D, D), *weights = numbers("weights", B * Q, T, T);
    const float *values = numbers("values", B * T, D, D);
    run_attentionContextBackward(dweights, dvalues, dcontext, weights, values, B, Q, T, D);
    for (int at = 0; dweights && at < B * Q * T; at++) {
      int row = at / T, t = at % T;
      double total = first(dweights)[at];
      for (int d = 0; d < D; d++) total += (double)dcontext[row * D + d] * values[(row / Q * T + t) * D + d];
      want(dweights)[at] = total;
    }
    if (dvalues) add_transposed(want(dvalues), first(dvalues), 1, weights, dcontext, B, Q, T, D);
    end_case(0x1p-20);
  }
}
