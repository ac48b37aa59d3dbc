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

static void test_nearLargest(void) {
  EACH(n, ODD, 200, 1030) EACH(most, 2, 500) EACH(per, 1, 4) {
    begin_case("nearLargest n=%d most=%d per=%d", n, most, per);
    float *x = numbers("x", 1, n, n), *scales = numbers("scales", 1, n, n);
    int32_t *found = integers("found", most + 1, 1000);
    // Sums of sixty-fourths are exact: what just reaches the bound does so for every instruction set.
    for (int j = 0; j < n; j++) x[j] = j % 7 == 3 ? -INFINITY : roundf(x[j] * 64) / 64, scales[j] = fabsf(roundf(scales[j] * 8)) / 64;
    settle(x), settle(scales);
    double top = -INFINITY;
#define OFF(j) (per * scales[j] + per / 64.0 * fabs(x[j]))
    for (int j = 0; j < n; j++) top = x[j] > -INFINITY ? fmax(top, x[j] - OFF(j)) : top;
    int count = 0;
    for (int j = 0; j < n; j++)
      if (x[j] > -INFINITY && x[j] + OFF(j) >= top) {
        if (count < most) want(found)[1 + count] = j;
        count++;
      }
#undef OFF
    want(found)[0] = count;
    run_nearLargest(found, x, scales, (float)per, (float)per / 64, n, most);
    end_case(0);
  }
}

static void test_bestLogits(void) {
  EACH(m, 1, 5) EACH(n, ODD, 200, 1024, 2100) EACH(k, 1, 3, 8) EACH(first_column, 0, 2048) {
    if (k > n && !first_column) continue;
    begin_case("bestLogits m=%d n=%d k=%d first=%d", m, n, k, first_column);
    float *values = numbers("values", m, k, k), *statistics = numbers("statistics", m, 3, 3);
    float *logits = numbers("logits", m, n, n);
    int32_t *indices = integers("indices", m * k, 1000);
    // Of few values, so that there are equals; what was found before is ordered.
    for (int i = 0; i < m * n; i++) logits[i] = (float)(int)(logits[i] * 16) / 4;
    for (int i = 0; i < m; i++) {
      for (int c = 0; c < k; c++) values[i * k + c] = 3.5f - (float)c / 4, indices[i * k + c] = 5 * c;
      statistics[i * 3] = 3.5f;
      statistics[i * 3 + 1] = 20;
    }
    settle(values), settle(statistics), settle(logits), settle(indices);
    run_bestLogits(values, indices, statistics, logits, first_column, m, n, k);
    for (int i = 0; i < m; i++) {
      const float *x = first(logits) + i * n;
      int before = first_column ? k : 0;
      double top = first_column ? 3.5 : -3e38, total = 0;
      for (int j = 0; j < n; j++) top = x[j] > top ? x[j] : top;
      if (first_column) total = 20 * exp(3.5 - top);
      for (int j = 0; j < n; j++) total += exp(x[j] - top);
      want(statistics)[i * 3] = top;
      want(statistics)[i * 3 + 1] = total;
      want(statistics)[i * 3 + 2] = top + log(total);
#define VALUE(c) ((c) < before ? 3.5 - (c) / 4.0 : (double)x[(c) - before])
      for (int c = 0; c < before + n; c++) {
        int rank = 0;
        for (int other = 0; other < before + n; other++)
          rank += VALUE(other) > VALUE(c) || (VALUE(other) == VALUE(c) && other < c);
        if (rank >= k) continue;
        want(values)[i * k + rank] = VALUE(c);
        want(indices)[i * k + rank] = c < before ? 5 * c : first_column + c - before;
      }
#undef VALUE
    }
    end_case(0x1p-19);
  }
}
