// y = x · wᵀ and its relatives, against three loops in double.

static void test_pack(void) {
  EACH(n, ODD) EACH(k, ODD) EACH(transposed, 0, 1) {
    begin_case("pack n=%d k=%d transposed=%d", n, k, transposed);
    int rows = transposed ? k : n, columns = transposed ? n : k, ldw = columns + 1;
    int padded = (n + 2 * LANES - 1) / (2 * LANES) * 2 * LANES;
    if (packedLength(n, k) != padded * k) fail("packedLength: expected %d, got %d", padded * k, packedLength(n, k));
    float *packed = poisoned("packed", 1, padded * k, padded * k);
    const float *w = numbers("w", rows, columns, ldw);
    if (transposed) run_packTransposed(packed, w, ldw, n, k);
    else run_pack(packed, w, ldw, n, k);
    for (int j = 0; j < padded; j++)
      for (int p = 0; p < k; p++)
        want(packed)[(j / PANEL * k + p) * PANEL + j % PANEL] = j >= n ? 0 : transposed ? w[p * ldw + j] : w[j * ldw + p];
    end_case(0);
  }
}

static float *packed_by(void (*kernel)(float *, const float *, int, int, int), const float *w, int ldw, int n, int k) {
  float *packed = poisoned("packed", 1, packedLength(n, k), packedLength(n, k));
  share_index = 0;
  share_count = 1;
  kernel(packed, w, ldw, n, k);
  settle(packed);
  return packed;
}

static void test_product_of(int m, int n, int k, int accumulate, int biased) {
  begin_case("product m=%d n=%d k=%d accumulate=%d bias=%d", m, n, k, accumulate, biased);
  int ldy = n + 2, ldx = k + 3, ldw = k + 1;
  float *y = accumulate ? numbers("y", m, n, ldy) : poisoned("y", m, n, ldy);
  const float *x = numbers("x", m, k, ldx), *w = numbers("w", n, k, ldw);
  const float *bias = biased ? numbers("bias", 1, n, n) : 0, *packed = packed_by(pack, w, ldw, n, k);
  run_product(y, ldy, x, ldx, packed, bias, m, n, k, accumulate);
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++) {
      double total = accumulate ? first(y)[i * ldy + j] : bias ? bias[j] : 0;
      for (int p = 0; p < k; p++) total += (double)x[i * ldx + p] * w[j * ldw + p];
      want(y)[i * ldy + j] = total;
    }
  end_case(0x1p-20 * sqrt(k));
}

static void test_product(void) {
  EACH(m, ODD) EACH(n, ODD) EACH(k, ODD) EACH(accumulate, 0, 1) EACH(bias, 0, 1) test_product_of(m, n, k, accumulate, bias);
  // Across DEPTH and BAND, with few panels (rows are shared) and with many (panels are shared).
  EACH(m, 5, BAND + 1) EACH(n, 9, 2 * PANEL + 1) EACH(k, DEPTH - 1, DEPTH, DEPTH + 1, 2 * DEPTH + 1) EACH(accumulate, 0, 1)
    test_product_of(m, n, k, accumulate, 1);
  EACH(m, 1, 9) EACH(n, 8 * PANEL + 3) test_product_of(m, n, 33, 0, 1);
}

static void test_outerProduct_of(int m, int n, int k, int accumulate, int summed) {
  begin_case("outerProduct m=%d n=%d k=%d accumulate=%d sums=%d", m, n, k, accumulate, summed);
  int lddw = k + 2, lddy = n + 1, ldx = k + 3;
  float *dw = accumulate ? numbers("dw", n, k, lddw) : poisoned("dw", n, k, lddw);
  float *sums = !summed ? 0 : accumulate ? numbers("sums", 1, n, n) : poisoned("sums", 1, n, n);
  const float *dy = numbers("dy", m, n, lddy), *x = numbers("x", m, k, ldx);
  const float *packed = packed_by(packTransposed, x, ldx, k, m);
  run_outerProduct(dw, lddw, sums, dy, lddy, packed, m, n, k, accumulate);
  for (int j = 0; j < n; j++) {
    for (int p = 0; p < k; p++) {
      double total = accumulate ? first(dw)[j * lddw + p] : 0;
      for (int i = 0; i < m; i++) total += (double)dy[i * lddy + j] * x[i * ldx + p];
      want(dw)[j * lddw + p] = total;
    }
    if (!summed) continue;
    double total = accumulate ? first(sums)[j] : 0;
    for (int i = 0; i < m; i++) total += dy[i * lddy + j];
    want(sums)[j] = total;
  }
  end_case(0x1p-20 * sqrt(m));
}

static void test_sums_alone(int m, int n, int accumulate) {
  begin_case("outerProduct m=%d n=%d k=0 accumulate=%d", m, n, accumulate);
  float *sums = accumulate ? numbers("sums", 1, n, n) : poisoned("sums", 1, n, n);
  const float *dy = numbers("dy", m, n, n + 1);
  run_outerProduct(0, 0, sums, dy, n + 1, 0, m, n, 0, accumulate);
  for (int j = 0; j < n; j++) {
    double total = accumulate ? first(sums)[j] : 0;
    for (int i = 0; i < m; i++) total += dy[i * (n + 1) + j];
    want(sums)[j] = total;
  }
  end_case(0x1p-20 * sqrt(m));
}

static void test_outerProduct(void) {
  EACH(m, ODD) EACH(n, ODD) EACH(k, ODD) EACH(accumulate, 0, 1) EACH(summed, 0, 1)
    test_outerProduct_of(m, n, k, accumulate, summed);
  EACH(m, DEPTH - 1, DEPTH, DEPTH + 1, 2 * DEPTH + 1) EACH(n, 9, 4 * STRIP + 1) EACH(accumulate, 0, 1)
    test_outerProduct_of(m, n, 17, accumulate, 1);
  // Without columns of x, as for a bias whose weight is frozen.
  EACH(m, 7, DEPTH + 1) EACH(n, ODD) EACH(accumulate, 0, 1) test_sums_alone(m, n, accumulate);
}

// What poisoned_int8s holds in the end; takes `wanted` back.
static void want_int8s(const int8_t *at, int8_t *wanted, int length) {
  for (int i = 0; i < length / 4; i++) {
    int32_t four;
    memcpy(&four, wanted + 4 * i, 4);
    want(at)[i] = four;
  }
  free(wanted);
}

static void test_quantize(void) {
  EACH(n, 1, 5) EACH(k, ODD, 200) EACH(broken, 0, 1) {
    begin_case("quantize n=%d k=%d broken=%d", n, k, broken);
    int length = (n * k + 3) / 4 * 4;
    int8_t *given = poisoned_int8s("numbers", length);
    float *scales = poisoned("scales", 1, n, n), *w = numbers("w", n, k, k);
    for (int p = 0; p < k; p++) w[p] = 0;
    if (broken && n > 1) w[k + k / 2] = k % 2 ? NAN : INFINITY;
    settle(w);
    int8_t *wanted = malloc((size_t)length);
    memcpy(wanted, first(given), (size_t)length);
    run_quantize(given, scales, w, n, k);
    for (int i = 0; i < n; i++) {
      float largest = 0;
      for (int p = 0; p < k; p++) largest = fmaxf(largest, fabsf(w[i * k + p]));
      int is_broken = broken && i == 1;
      float scale = is_broken ? -1 : largest == 0 ? 1 : largest / 127;
      want(scales)[i] = scale;
      for (int p = 0; p < k; p++) wanted[i * k + p] = is_broken ? 0 : (int8_t)floor((double)w[i * k + p] / scale + 0.5);
    }
    want_int8s(given, wanted, length);
    end_case(0);
  }
}

static void test_packInt8(void) {
  EACH(n, ODD, 2 * PANEL + 1) EACH(k, ODD) {
    begin_case("packInt8 n=%d k=%d", n, k);
    int length = packedLength(n, k), ldnumbers = k + 3;
    int8_t *packed = poisoned_int8s("packed", length);
    const int8_t *w = int8s("numbers", n, k, ldnumbers);
    run_packInt8(packed, w, ldnumbers, n, k);
    int8_t *wanted = malloc((size_t)length);
    for (int at = 0; at < length; at++) {
      int j = at / (PANEL * k) * PANEL + at % PANEL, p = at / PANEL % k;
      wanted[at] = j < n ? w[j * ldnumbers + p] : 0;
    }
    want_int8s(packed, wanted, length);
    end_case(0);
  }
}

static void test_productInt8_of(int m, int n, int k, int biased) {
  begin_case("productInt8 m=%d n=%d k=%d bias=%d", m, n, k, biased);
  int ldy = n + 2, ldx = k + 3, length = packedLength(n, k);
  float *y = poisoned("y", m, n, ldy);
  const float *x = numbers("x", m, k, ldx), *bias = biased ? numbers("bias", 1, n, n) : 0;
  float *scales = numbers("scales", 1, n, n);
  for (int j = 0; j < n; j++) scales[j] *= 0x1p-7f;
  settle(scales);
  const int8_t *w = int8s("numbers", n, k, k);
  int8_t *packed = poisoned_int8s("packed", length);
  share_index = 0;
  share_count = 1;
  packInt8(packed, w, k, n, k);
  settle(packed);
  run_productInt8(y, ldy, x, ldx, packed, scales, bias, m, n, k);
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++) {
      double total = 0;
      for (int p = 0; p < k; p++) total += (double)x[i * ldx + p] * w[j * k + p];
      want(y)[i * ldy + j] = total * scales[j] + (bias ? bias[j] : 0);
    }
  end_case(0x1p-20 * sqrt(k));
}

static void test_productInt8(void) {
  EACH(m, ODD) EACH(n, ODD) EACH(k, ODD) EACH(bias, 0, 1) test_productInt8_of(m, n, k, bias);
  // Every number of rows in code of its own, beside as many panels as it takes at a time, and some more.
  for (int m = 1; m <= ROWS + 1; m++) EACH(n, ABREAST * PANEL, (ABREAST + 2) * PANEL + 3) test_productInt8_of(m, n, 33, 1);
  // Across DEPTH and BAND, with few panels (rows are shared) and with many (panels are shared).
  EACH(m, 5, BAND + 1) EACH(n, 9, 2 * PANEL + 1) EACH(k, DEPTH - 1, DEPTH, DEPTH + 1, 2 * DEPTH + 1)
    test_productInt8_of(m, n, k, 1);
}

static int16_t half_of(int32_t pair, int upper) { return (int16_t)(uint32_t)(upper ? pair >> 16 : pair & 0xffff); }

static void test_quantizePairs(void) {
  enum { FINE, ZEROS, TINY, BROKEN };
  EACH(k, ODD, 512, 1025) EACH(kind, FINE, ZEROS, TINY, BROKEN) {
    begin_case("quantizePairs k=%d kind=%d", k, kind);
    const int m = 3, ldx = k + 2, width = (k + 1) / 2;
    int32_t *pairs = integers("pairs", m * width, 1 << 30);
    float *sizes = poisoned("sizes", 1, 2 * m, 2 * m), *x = numbers("x", m, k, ldx), *second = x + ldx;
    for (int p = 0; p < k && kind != FINE; p++) second[p] = kind == ZEROS ? 0 : kind == TINY ? second[p] * 1e-37f : p ? 1 : NAN;
    settle(x);
    run_quantizePairs(pairs, sizes, x, ldx, m, k);
    const double most = fmin(32767, floor(2147483647.0 / (127 * 2 * width)));
    for (int i = 0; i < m; i++) {
      double largest = 0, sum = 0;
      for (int p = 0; p < k; p++) largest = fmax(largest, fabs(x[i * ldx + p])), sum += fabs(x[i * ldx + p]);
      int given_up = i == 1 && (kind == TINY || kind == BROKEN);
      want(sizes)[2 * i] = given_up ? INFINITY : largest / most;
      want(sizes)[2 * i + 1] = given_up ? INFINITY : sum;
      if (given_up && sizes[2 * i] == INFINITY && sizes[2 * i + 1] == INFINITY)
        want(sizes)[2 * i] = want(sizes)[2 * i + 1] = NAN, settle(sizes);
      for (int p = 0; p < 2 * width; p++) {
        int number = half_of(pairs[i * width + p / 2], p % 2);
        double exact = p < k && !given_up && largest > 0 ? x[i * ldx + p] * most / largest : 0;
        if (!(fabs(number - exact) <= 0.51) || abs(number) > most) fail("pair number %d of row %d: %d for %g", p, i, number, exact);
      }
      for (int j = 0; j < width; j++) want(pairs)[i * width + j] = pairs[i * width + j];
    }
    end_case(0x1p-20);
  }
}

static void test_packPairs(void) {
  EACH(n, ODD, 2 * PANEL + 1) EACH(k, ODD) {
    begin_case("packPairs n=%d k=%d", n, k);
    int even = k + k % 2, length = packedLength(n, even), ldnumbers = k + 3;
    int8_t *packed = poisoned_int8s("packed", length);
    const int8_t *w = int8s("numbers", n, k, ldnumbers);
    run_packPairs(packed, w, ldnumbers, n, k);
    int8_t *wanted = malloc((size_t)length);
    for (int at = 0; at < length; at++) {
      int j = at / (PANEL * even) * PANEL + at / 2 % PANEL, p = at / (2 * PANEL) * 2 % even + at % 2;
      wanted[at] = j < n && p < k ? w[j * ldnumbers + p] : 0;
    }
    want_int8s(packed, wanted, length);
    end_case(0);
  }
}

// Any pairs of numbers: what the sum holds is exact, and only its way to a float is rounded.
static void test_productPairs_of(int m, int n, int k) {
  begin_case("productPairs m=%d n=%d k=%d", m, n, k);
  int ldy = n + 2, width = (k + 1) / 2, length = packedLength(n, 2 * width);
  float *y = poisoned("y", m, n, ldy), *sizes = numbers("sizes", 1, 2 * m, 2 * m), *scales = numbers("scales", 1, n, n);
  const float *x = numbers("x", m, k, k), *bias = numbers("bias", 1, n, n);
  for (int j = 0; j < n; j++) scales[j] *= 0x1p-7f;
  settle(scales);
  int32_t *pairs = integers("pairs", m * width, 1 << 30);
  share_index = 0;
  share_count = 1;
  quantizePairs(pairs, sizes, x, k, m, k);
  settle(pairs);
  settle(sizes);
  const int8_t *w = int8s("numbers", n, k, k);
  int8_t *packed = poisoned_int8s("packed", length);
  packPairs(packed, w, k, n, k);
  settle(packed);
  run_productPairs(y, ldy, pairs, sizes, packed, scales, bias, m, n, k);
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++) {
      double total = 0;
      for (int p = 0; p < k; p++) total += (double)half_of(pairs[i * width + p / 2], p % 2) * w[j * k + p];
      want(y)[i * ldy + j] = total * sizes[2 * i] * scales[j] + bias[j];
    }
  end_case(0x1p-21);
}

static void test_productPairs(void) {
  EACH(m, ODD, 2, 3, 4) EACH(n, ODD, ABREAST * PANEL, (ABREAST + 2) * PANEL + 3) EACH(k, ODD) test_productPairs_of(m, n, k);
  EACH(m, 1, 2) EACH(k, 512, 1024, 3001) test_productPairs_of(m, 9, k);
}
