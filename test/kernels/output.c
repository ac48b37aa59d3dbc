// Losses and choices against sums of exponentials in double.

static double log_total(const float *row, int n) {
  double total = 0;
  for (int j = 0; j < n; j++) total += exp(row[j]);
  return log(total);
}

static void test_crossEntropy(void) {
  EACH(m, 1, 5) EACH(V, ODD, 200) EACH(smoothed, 0, 1) EACH(scaled, 0, 1) {
    begin_case("crossEntropy m=%d V=%d smoothing=%d scale=%d", m, V, smoothed, scaled);
    float smoothing = smoothed ? 0.1f : 0, scale = scaled ? 0.25f : 0;
    float *losses = poisoned("losses", 1, m, m), *logits = numbers("logits", m, V, V);
    const int32_t *targets = integers("targets", m, V);
    run_crossEntropy(losses, logits, targets, smoothing, scale, m, V);
    for (int i = 0; i < m; i++) {
      const float *x = first(logits) + i * V;
      double total = log_total(x, V), loss = 0;
      for (int v = 0; v < V; v++) {
        double q = (v == targets[i] ? 1.0 - smoothing : 0) + (double)smoothing / V, logP = x[v] - total;
        loss -= q * logP;
        if (scaled) want(logits)[i * V + v] = scale * (exp(logP) - q);
      }
      want(losses)[i] = loss;
    }
    end_case(0x1p-20);
  }
}

static void test_logSoftmax(void) {
  EACH(m, 1, 5) EACH(V, ODD, 200) EACH(in_place, 0, 1) {
    begin_case("logSoftmax m=%d V=%d inPlace=%d", m, V, in_place);
    float *logits = numbers("logits", m, V, V), *out = in_place ? logits : poisoned("out", m, V, V);
    run_logSoftmax(out, logits, m, V);
    for (int i = 0; i < m; i++)
      for (int v = 0; v < V; v++) want(out)[i * V + v] = first(logits)[i * V + v] - log_total(first(logits) + i * V, V);
    end_case(0x1p-20);
  }
}

static void test_topK(void) {
  EACH(m, 1, 5) EACH(n, ODD, 200) EACH(k, 1, 3, 8) {
    if (k > n) continue;
    begin_case("topK m=%d n=%d k=%d", m, n, k);
    float *values = poisoned("values", m, k, k), *x = numbers("x", m, n, n);
    // Of few values, so that there are equals.
    for (int i = 0; i < m * n; i++) x[i] = (float)(int)(x[i] * 4);
    settle(x);
    int32_t *indices = integers("indices", m * k, 1 << 30);
    run_topK(values, indices, x, m, n, k);
    for (int i = 0; i < m; i++)
      for (int j = 0; j < n; j++) {
        int rank = 0;
        for (int other = 0; other < n; other++)
          rank += x[i * n + other] > x[i * n + j] || (x[i * n + other] == x[i * n + j] && other < j);
        if (rank >= k) continue;
        want(values)[i * k + rank] = x[i * n + j];
        want(indices)[i * k + rank] = j;
      }
    end_case(0);
  }
}
