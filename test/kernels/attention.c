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

// h = tanh(query + key + past · pastWeight), element d of one query and one time.
static double additive_tanh(const float *query, const float *key, double past, const float *past_weight, int d) {
  return tanh((double)query[d] + key[d] + (past_weight ? past * past_weight[d] : 0));
}

static void test_additiveScores(void) {
  ATTENTION_CASES EACH(covered, 0, 1) {
    begin_case("additiveScores B=%d Q=%d T=%d D=%d past=%d", B, Q, T, D, covered);
    float *scores = poisoned("scores", B * Q, T, T);
    const float *query = numbers("query", B * Q, D, D), *keys = numbers("keys", B * T, D, D);
    const float *weight = numbers("weight", 1, D, D), *past = covered ? numbers("past", B * Q, T, T) : 0;
    const float *past_weight = covered ? numbers("pastWeight", 1, D, D) : 0;
    run_additiveScores(scores, query, keys, weight, past, past_weight, B, Q, T, D);
    for (int row = 0; row < B * Q; row++)
      for (int t = 0; t < T; t++) {
        const float *key = keys + (row / Q * T + t) * D;
        double total = 0, seen = covered ? past[row * T + t] : 0;
        for (int d = 0; d < D; d++) total += weight[d] * additive_tanh(query + row * D, key, seen, past_weight, d);
        want(scores)[row * T + t] = total;
      }
    end_case(0x1p-19);
  }
}

static void test_additiveScoresBackward(void) {
  ATTENTION_CASES EACH(covered, 0, 1) {
    begin_case("additiveScoresBackward B=%d Q=%d T=%d D=%d past=%d", B, Q, T, D, covered);
    float *dquery = numbers("dquery", B * Q, D, D), *dkeys = numbers("dkeys", B * T, D, D);
    float *dweight = poisoned("dweight", B, D, D), *dpast = covered ? numbers("dpast", B * Q, T, T) : 0;
    float *dpast_weight = covered ? poisoned("dpastWeight", B, D, D) : 0;
    const float *dscores = numbers("dscores", B * Q, T, T), *query = numbers("query", B * Q, D, D);
    const float *keys = numbers("keys", B * T, D, D), *weight = numbers("weight", 1, D, D);
    const float *past = covered ? numbers("past", B * Q, T, T) : 0;
    const float *past_weight = covered ? numbers("pastWeight", 1, D, D) : 0;
    run_additiveScoresBackward(dquery, dkeys, dweight, dpast, dpast_weight, dscores, query, keys, weight, past, past_weight,
                               B, Q, T, D);
    for (int i = 0; i < B * Q * D; i++) want(dquery)[i] = first(dquery)[i];
    for (int i = 0; i < B * T * D; i++) want(dkeys)[i] = first(dkeys)[i];
    for (int i = 0; i < B * D; i++) want(dweight)[i] = 0;
    for (int i = 0; covered && i < B * D; i++) want(dpast_weight)[i] = 0;
    for (int i = 0; covered && i < B * Q * T; i++) want(dpast)[i] = first(dpast)[i];
    for (int row = 0; row < B * Q; row++)
      for (int t = 0; t < T; t++)
        for (int d = 0; d < D; d++) {
          int b = row / Q, key = (b * T + t) * D;
          double slope = dscores[row * T + t], seen = covered ? past[row * T + t] : 0;
          double h = additive_tanh(query + row * D, keys + key, seen, past_weight, d);
          double delta = slope * weight[d] * (1 - h * h);
          want(dweight)[b * D + d] += slope * h;
          want(dquery)[row * D + d] += delta;
          want(dkeys)[key + d] += delta;
          if (!covered) continue;
          want(dpast_weight)[b * D + d] += seen * delta;
          want(dpast)[row * T + t] += past_weight[d] * delta;
        }
    end_case(0x1p-18);
  }
}

static void test_maxOverTime(void) {
  EACH(B, 1, 3, 5) EACH(T, ODD) EACH(D, ODD) EACH(masked, 0, 1) {
    begin_case("maxOverTime B=%d T=%d D=%d mask=%d", B, T, D, masked);
    float *y = poisoned("y", B, D, D);
    int32_t *places = integers("places", B * D, 1 << 30);
    float *x = numbers("x", B * T, D, D), *mask = masked ? numbers("mask", B, T, T) : 0;
    // Of few values, so that there are equals; the second row is all padding.
    for (int i = 0; i < B * T * D; i++) x[i] = (float)(int)(x[i] * 4);
    settle(x);
    for (int i = 0; masked && i < B * T; i++) mask[i] = i / T != 1 && i % T < T - i / T;
    if (masked) settle(mask);
    run_maxOverTime(y, places, x, mask, B, T, D);
    for (int i = 0; i < B * D; i++) {
      int place = -1;
      for (int t = 0; t < T; t++) {
        if (masked && mask[i / D * T + t] == 0) continue;
        if (place < 0 || x[(i / D * T + t) * D + i % D] > x[(i / D * T + place) * D + i % D]) place = t;
      }
      want(y)[i] = place < 0 ? 0 : x[(i / D * T + place) * D + i % D];
      want(places)[i] = place;
    }
    end_case(0);
  }
}

static void test_maxOverTimeBackward(void) {
  EACH(B, 1, 5) EACH(T, ODD) EACH(D, ODD) {
    begin_case("maxOverTimeBackward B=%d T=%d D=%d", B, T, D);
    float *dx = numbers("dx", B * T, D, D);
    const float *dy = numbers("dy", B, D, D);
    int32_t *places = integers("places", B * D, T + 1);
    for (int i = 0; i < B * D; i++) places[i]--;
    settle(places);
    run_maxOverTimeBackward(dx, dy, places, B, T, D);
    for (int i = 0; i < B * D; i++)
      if (places[i] >= 0) {
        int at = (i / D * T + places[i]) * D + i % D;
        want(dx)[at] = (double)first(dx)[at] + dy[i];
      }
    end_case(0x1p-23);
  }
}
