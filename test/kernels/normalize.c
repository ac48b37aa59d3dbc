// Layer normalisation and its gradient, in double.

static void test_layerNorm(void) {
  EACH(m, ODD) EACH(n, ODD) {
    begin_case("layerNorm m=%d n=%d", m, n);
    int ldy = n + 2, ldx = n + 3;
    float *y = poisoned("y", m, n, ldy), *statistics = poisoned("statistics", m, 2, 2);
    const float *x = numbers("x", m, n, ldx), *gain = numbers("gain", 1, n, n), *bias = numbers("bias", 1, n, n);
    run_layerNorm(y, ldy, statistics, x, ldx, gain, bias, m, n);
    for (int i = 0; i < m; i++) {
      double mean = 0, variance = 0;
      for (int j = 0; j < n; j++) mean += (double)x[i * ldx + j] / n;
      for (int j = 0; j < n; j++) variance += (x[i * ldx + j] - mean) * (x[i * ldx + j] - mean) / n;
      double scale = 1 / sqrt(variance + 1e-5);
      want(statistics)[2 * i] = mean;
      want(statistics)[2 * i + 1] = scale;
      for (int j = 0; j < n; j++) want(y)[i * ldy + j] = gain[j] * (x[i * ldx + j] - mean) * scale + bias[j];
    }
    end_case(0x1p-17);
  }
}

static void test_layerNormBackward(void) {
  EACH(m, ODD) EACH(n, ODD) {
    begin_case("layerNormBackward m=%d n=%d", m, n);
    int lddx = n + 1, lddy = n + 2, ldx = n + 3;
    float *dx = numbers("dx", m, n, lddx), *products = poisoned("products", m, n, n);
    const float *dy = numbers("dy", m, n, lddy), *x = numbers("x", m, n, ldx), *gain = numbers("gain", 1, n, n);
    float *statistics = numbers("statistics", m, 2, 2);
    for (int i = 0; i < m; i++) statistics[2 * i + 1] = 1 + 0.25f * statistics[2 * i + 1];
    settle(statistics);
    run_layerNormBackward(dx, lddx, products, dy, lddy, x, ldx, statistics, gain, m, n);
    for (int i = 0; i < m; i++) {
      double mean = statistics[2 * i], scale = statistics[2 * i + 1], slopes = 0, along = 0;
      for (int j = 0; j < n; j++) {
        double normal = (x[i * ldx + j] - mean) * scale, slope = (double)gain[j] * dy[i * lddy + j];
        want(products)[i * n + j] = dy[i * lddy + j] * normal;
        slopes += slope / n;
        along += slope * normal / n;
      }
      for (int j = 0; j < n; j++) {
        double normal = (x[i * ldx + j] - mean) * scale, slope = (double)gain[j] * dy[i * lddy + j];
        want(dx)[i * lddx + j] = first(dx)[i * lddx + j] + (slope - slopes - normal * along) * scale;
      }
    }
    end_case(0x1p-18);
  }
}
