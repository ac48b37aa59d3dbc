// Embeddings, element-wise kernels and Adam, in double.

// So many that each of four shares has something to do.
#define LENGTHS ODD, GRAIN, GRAIN + 1, 4 * GRAIN + 9

enum { TABLE_ROWS = 6 };

static void test_gather(void) {
  EACH(m, ODD) EACH(n, ODD) {
    begin_case("gather m=%d n=%d", m, n);
    float *out = poisoned("out", m, n, n);
    const float *table = numbers("table", TABLE_ROWS, n, n);
    const int32_t *ids = integers("ids", m, TABLE_ROWS);
    run_gather(out, table, ids, m, n);
    for (int i = 0; i < m * n; i++) want(out)[i] = table[ids[i / n] * n + i % n];
    end_case(0);
  }
}

static void test_gatherInt8(void) {
  EACH(m, ODD) EACH(n, ODD) {
    begin_case("gatherInt8 m=%d n=%d", m, n);
    float *out = poisoned("out", m, n, n);
    const int8_t *table = int8s("table", TABLE_ROWS, n, n);
    const float *scales = numbers("scales", 1, TABLE_ROWS, TABLE_ROWS);
    const int32_t *ids = integers("ids", m, TABLE_ROWS);
    run_gatherInt8(out, table, scales, ids, m, n);
    for (int i = 0; i < m * n; i++) want(out)[i] = (double)scales[ids[i / n]] * table[ids[i / n] * n + i % n];
    end_case(0x1p-24);
  }
}

static void test_scatterAdd(void) {
  EACH(m, ODD) EACH(n, ODD, 4 * LANES + 3) {
    begin_case("scatterAdd m=%d n=%d", m, n);
    float *dtable = numbers("dtable", TABLE_ROWS, n, n);
    const float *dout = numbers("dout", m, n, n);
    const int32_t *ids = integers("ids", m, TABLE_ROWS);
    run_scatterAdd(dtable, dout, ids, m, n);
    for (int i = 0; i < m * n; i++) {
      double *sum = &want(dtable)[ids[i / n] * n + i % n];
      if (isnan(*sum)) *sum = first(dtable)[ids[i / n] * n + i % n];
      *sum += dout[i];
    }
    end_case(0x1p-20);
  }
}

static void test_fill(void) {
  EACH(n, LENGTHS) {
    begin_case("fill n=%d", n);
    float *y = poisoned("y", 1, n, n);
    run_fill(y, 0.75f, n);
    for (int j = 0; j < n; j++) want(y)[j] = 0.75;
    end_case(0);
  }
}

static void test_copyRows(void) {
  EACH(m, ODD) EACH(n, ODD) EACH(accumulate, 0, 1) {
    begin_case("copyRows m=%d n=%d accumulate=%d", m, n, accumulate);
    int ldy = n + 2, ldx = n + 3;
    float *y = accumulate ? numbers("y", m, n, ldy) : poisoned("y", m, n, ldy);
    const float *x = numbers("x", m, n, ldx);
    run_copyRows(y, ldy, x, ldx, m, n, accumulate);
    for (int i = 0; i < m; i++)
      for (int j = 0; j < n; j++) want(y)[i * ldy + j] = (accumulate ? first(y)[i * ldy + j] : 0) + (double)x[i * ldx + j];
    end_case(0x1p-23);
  }
}

static void test_addScaled(void) {
  EACH(n, LENGTHS) {
    begin_case("addScaled n=%d", n);
    float *y = numbers("y", 1, n, n);
    const float *x = numbers("x", 1, n, n);
    run_addScaled(y, x, -0.3f, n);
    for (int j = 0; j < n; j++) want(y)[j] = first(y)[j] + (double)-0.3f * x[j];
    end_case(0x1p-22);
  }
}

static void test_tanhForward(void) {
  EACH(n, LENGTHS) {
    begin_case("tanhForward n=%d", n);
    float *y = poisoned("y", 1, n, n);
    const float *x = numbers("x", 1, n, n);
    run_tanhForward(y, x, n);
    for (int j = 0; j < n; j++) want(y)[j] = tanh(x[j]);
    end_case(0x1p-22);
  }
}

static void test_sigmoidForward(void) {
  EACH(n, LENGTHS) {
    begin_case("sigmoidForward n=%d", n);
    float *y = poisoned("y", 1, n, n);
    const float *x = numbers("x", 1, n, n);
    run_sigmoidForward(y, x, n);
    for (int j = 0; j < n; j++) want(y)[j] = 1 / (1 + exp(-(double)x[j]));
    end_case(0x1p-22);
  }
}

static void test_sigmoidBackward(void) {
  EACH(n, LENGTHS) {
    begin_case("sigmoidBackward n=%d", n);
    float *dx = numbers("dx", 1, n, n);
    const float *dy = numbers("dy", 1, n, n), *y = numbers("y", 1, n, n);
    run_sigmoidBackward(dx, dy, y, n);
    for (int j = 0; j < n; j++) want(dx)[j] = first(dx)[j] + (double)dy[j] * y[j] * (1 - (double)y[j]);
    end_case(0x1p-21);
  }
}

static void test_multiply(void) {
  EACH(n, LENGTHS) EACH(accumulate, 0, 1) {
    begin_case("multiply n=%d accumulate=%d", n, accumulate);
    float *y = accumulate ? numbers("y", 1, n, n) : poisoned("y", 1, n, n);
    const float *a = numbers("a", 1, n, n), *b = numbers("b", 1, n, n);
    run_multiply(y, a, b, n, accumulate);
    for (int j = 0; j < n; j++) want(y)[j] = (accumulate ? first(y)[j] : 0) + (double)a[j] * b[j];
    end_case(0x1p-22);
  }
}

static void test_tanhBackward(void) {
  EACH(n, LENGTHS) {
    begin_case("tanhBackward n=%d", n);
    float *dx = numbers("dx", 1, n, n);
    const float *dy = numbers("dy", 1, n, n), *y = numbers("y", 1, n, n);
    run_tanhBackward(dx, dy, y, n);
    for (int j = 0; j < n; j++) want(dx)[j] = first(dx)[j] + (1 - (double)y[j] * y[j]) * dy[j];
    end_case(0x1p-20);
  }
}

// The known answers of Random123 (kat_vectors, philox4x32-10).
static void test_philox(void) {
  static const uint32_t known[3][10] = {
      {0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
      {~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
      {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09, 0x94fdcceb, 0x5001e420,
       0x24126ea1},
  };
  for (int line = 0; line < 3; line++) {
    begin_case("philox known answer %d", line);
    uint32_t words[4];
    memcpy(words, known[line], sizeof words);
    philox(words, known[line][4], known[line][5]);
    for (int i = 0; i < 4; i++)
      if (words[i] != known[line][6 + i]) fail("word %d: expected %08x, got %08x", i, known[line][6 + i], words[i]);
  }
}

static void test_dropout(void) {
  EACH(m, 1, 7) EACH(n, ODD) EACH(percent, 10, 50, 90) EACH(accumulate, 0, 1) {
    begin_case("dropout m=%d n=%d rate=0.%d accumulate=%d", m, n, percent, accumulate);
    float rate = (float)percent / 100, *y = accumulate ? numbers("y", m, n, n) : poisoned("y", m, n, n);
    const float *x = numbers("x", m, n, n);
    const int32_t *examples = integers("examples", m, 1000);
    uint32_t step = 41, path = 0x9abcdef0, key0 = 0xfffffffe, key1 = 3;
    run_dropout(y, x, examples, rate, (int)step, (int)path, (int)key0, (int)key1, m, n, accumulate);
    for (int i = 0; i < m; i++)
      for (int j = 0; j < n; j++) {
        uint32_t words[4] = {(uint32_t)j / 4, (uint32_t)examples[i], step, path};
        philox(words, key0, key1);
        double kept = words[j % 4] >= rate * 0x1p32 ? x[i * n + j] / (1 - (double)rate) : 0;
        want(y)[i * n + j] = (accumulate ? first(y)[i * n + j] : 0) + kept;
      }
    end_case(0x1p-21);
  }
}

static void test_chunkSquares(void) {
  EACH(n, ODD, CHUNK - 1, CHUNK, CHUNK + 1, 4 * CHUNK + 9) {
    begin_case("chunkSquares n=%d", n);
    int chunks = (n + CHUNK - 1) / CHUNK;
    float *sums = poisoned("sums", 1, chunks, chunks);
    const float *x = numbers("x", 1, n, n);
    run_chunkSquares(sums, x, n);
    for (int c = 0; c < chunks; c++) {
      want(sums)[c] = 0;
      for (int j = c * CHUNK; j < n && j < (c + 1) * CHUNK; j++) want(sums)[c] += (double)x[j] * x[j];
    }
    end_case(0x1p-17);
  }
}

static void test_sum(void) {
  EACH(n, ODD, CHUNK - 1, CHUNK, CHUNK + 1, 4 * CHUNK + 9) {
    begin_case("sum n=%d", n);
    float *result = poisoned("result", 1, 1, 1);
    const float *x = numbers("x", 1, n, n);
    run_sum(result, x, n);
    double total = 0;
    for (int j = 0; j < n; j++) total += x[j];
    want(result)[0] = total;
    end_case(0x1p-20 * sqrt(n));
  }
}

// ── Adam ────────────────────────────────────────────────────────────────────────────────────────────────────────────

static const double BETA1 = 0.9, BETA2 = 0.99, EPSILON = 0.01f;

typedef struct {
  float *parameter, *moment1, *moment2;
} adam_buffers;

static adam_buffers adam_numbers(int rows, int columns) {
  adam_buffers a = {numbers("parameter", rows, columns, columns), numbers("moment1", rows, columns, columns),
                    numbers("moment2", rows, columns, columns)};
  for (int i = 0; i < rows * columns; i++) a.moment2[i] = fabsf(a.moment2[i]);
  settle(a.moment2);
  return a;
}

// One step of element `i`, from what is wanted of it so far, or from what stood there.
static void want_adam(const adam_buffers *a, int i, double gradient, double rate, double root, double keep) {
  int fresh = isnan(want(a->parameter)[i]);
  double parameter = fresh ? first(a->parameter)[i] : want(a->parameter)[i];
  double moment1 = fresh ? first(a->moment1)[i] : want(a->moment1)[i];
  double moment2 = fresh ? first(a->moment2)[i] : want(a->moment2)[i];
  moment1 = BETA1 * moment1 + (1 - BETA1) * gradient;
  moment2 = BETA2 * moment2 + (1 - BETA2) * gradient * gradient;
  want(a->moment1)[i] = moment1;
  want(a->moment2)[i] = moment2;
  want(a->parameter)[i] = keep * parameter - rate * moment1 / (sqrt(moment2) / root + EPSILON);
}

static void test_adam(void) {
  EACH(n, LENGTHS) {
    begin_case("adam n=%d", n);
    adam_buffers a = adam_numbers(1, n);
    const float *gradient = numbers("gradient", 1, n, n);
    run_adam(a.parameter, a.moment1, a.moment2, gradient, 0.7f, 0.033f, 0.22f, 0.97f, BETA1, BETA2, (float)EPSILON, n);
    for (int j = 0; j < n; j++) want_adam(&a, j, (double)0.7f * gradient[j], 0.033f, 0.22f, 0.97f);
    end_case(0x1p-19);
  }
}

// Never touched, up to date, one, four and eight steps behind, never touched.
static int32_t *updated_steps(void) {
  int32_t *updated = integers("updated", TABLE_ROWS, 1);
  memcpy(updated, (const int32_t[TABLE_ROWS]){-1, 12, 11, 8, 4, -1}, TABLE_ROWS * 4);
  settle(updated);
  return updated;
}
static const int32_t *table_rows(int m) {
  int32_t *rows = integers("rows", m, 1);
  memcpy(rows, (const int32_t[5]){4, 0, 3, 1, 2}, (size_t)m * 4);
  settle(rows);
  return rows;
}

static void test_adamRows(void) {
  EACH(m, 1, 3, 5) EACH(n, ODD) {
    begin_case("adamRows m=%d n=%d", m, n);
    adam_buffers a = adam_numbers(TABLE_ROWS, n);
    int32_t *updated = updated_steps();
    const float *gradient = numbers("gradient", m, n, n);
    const int32_t *rows = table_rows(m);
    run_adamRows(a.parameter, a.moment1, a.moment2, updated, gradient, rows, 0.7f, 0.033f, 0.22f, 0.97f, BETA1, BETA2,
                 (float)EPSILON, 13, m, n);
    for (int i = 0; i < m; i++) {
      want(updated)[rows[i]] = 13;
      for (int j = 0; j < n; j++) want_adam(&a, rows[i] * n + j, (double)0.7f * gradient[i * n + j], 0.033f, 0.22f, 0.97f);
    }
    end_case(0x1p-19);
  }
}

static void test_adamReplay(void) {
  EACH(m, 1, 3, 5) EACH(n, ODD) {
    begin_case("adamReplay m=%d n=%d", m, n);
    enum { FIRST = 5, STEP = 12 };
    adam_buffers a = adam_numbers(TABLE_ROWS, n);
    int32_t *updated = updated_steps();
    const int32_t *rows = table_rows(m);
    float *history = numbers("history", STEP - FIRST + 1, 3, 3);
    for (int i = 0; i < 3 * (STEP - FIRST + 1); i++) history[i] = 0.02f + (float)i / 100;
    settle(history);
    run_adamReplay(a.parameter, a.moment1, a.moment2, updated, rows, history, BETA1, BETA2, (float)EPSILON, FIRST, STEP,
                   m, n);
    const int32_t *steps = (const int32_t *)first(updated);
    for (int i = 0; i < m; i++) {
      if (steps[rows[i]] < 0) continue;
      want(updated)[rows[i]] = STEP;
      for (int missed = steps[rows[i]] + 1; missed <= STEP; missed++)
        for (int j = 0; j < n; j++) {
          const float *constants = history + 3 * (missed - FIRST);
          want_adam(&a, rows[i] * n + j, 0, constants[0], constants[1], constants[2]);
        }
    }
    end_case(0x1p-19);
  }
}

// ── gradient descent with momentum ──────────────────────────────────────────────────────────────────────────────────

static const double MOMENTUM = 0.9f, DECAY = 0.02f;

typedef struct {
  float *parameter, *velocity;
} sgd_buffers;

static sgd_buffers sgd_numbers(int rows, int columns) {
  return (sgd_buffers){numbers("parameter", rows, columns, columns), numbers("velocity", rows, columns, columns)};
}

// One step of element `i`, from what is wanted of it so far, or from what stood there.
static void want_sgd(const sgd_buffers *s, int i, double gradient, double rate, int nesterov) {
  int fresh = isnan(want(s->parameter)[i]);
  double parameter = fresh ? first(s->parameter)[i] : want(s->parameter)[i];
  double velocity = fresh ? first(s->velocity)[i] : want(s->velocity)[i];
  double g = gradient + DECAY * parameter;
  velocity = MOMENTUM * velocity + g;
  want(s->velocity)[i] = velocity;
  want(s->parameter)[i] = parameter - rate * (nesterov ? g + MOMENTUM * velocity : velocity);
}

static void test_sgd(void) {
  EACH(nesterov, 0, 1) EACH(n, LENGTHS) {
    begin_case("sgd n=%d nesterov=%d", n, nesterov);
    sgd_buffers s = sgd_numbers(1, n);
    const float *gradient = numbers("gradient", 1, n, n);
    run_sgd(s.parameter, s.velocity, gradient, 0.7f, 0.033f, (float)MOMENTUM, (float)DECAY, nesterov, n);
    for (int j = 0; j < n; j++) want_sgd(&s, j, (double)0.7f * gradient[j], 0.033f, nesterov);
    end_case(0x1p-19);
  }
}

static void test_sgdRows(void) {
  EACH(nesterov, 0, 1) EACH(m, 1, 3, 5) EACH(n, ODD) {
    begin_case("sgdRows m=%d n=%d nesterov=%d", m, n, nesterov);
    sgd_buffers s = sgd_numbers(TABLE_ROWS, n);
    int32_t *updated = updated_steps();
    const float *gradient = numbers("gradient", m, n, n);
    const int32_t *rows = table_rows(m);
    run_sgdRows(s.parameter, s.velocity, updated, gradient, rows, 0.7f, 0.033f, (float)MOMENTUM, (float)DECAY, nesterov,
                13, m, n);
    for (int i = 0; i < m; i++) {
      want(updated)[rows[i]] = 13;
      for (int j = 0; j < n; j++)
        want_sgd(&s, rows[i] * n + j, (double)0.7f * gradient[i * n + j], 0.033f, nesterov);
    }
    end_case(0x1p-19);
  }
}

static void test_sgdReplay(void) {
  EACH(nesterov, 0, 1) EACH(m, 1, 3, 5) EACH(n, ODD) {
    begin_case("sgdReplay m=%d n=%d nesterov=%d", m, n, nesterov);
    enum { FIRST = 5, STEP = 12 };
    sgd_buffers s = sgd_numbers(TABLE_ROWS, n);
    int32_t *updated = updated_steps();
    const int32_t *rows = table_rows(m);
    float *history = numbers("history", STEP - FIRST + 1, 1, 1);
    for (int i = 0; i < STEP - FIRST + 1; i++) history[i] = 0.02f + (float)i / 100;
    settle(history);
    run_sgdReplay(s.parameter, s.velocity, updated, rows, history, (float)MOMENTUM, (float)DECAY, nesterov, FIRST, STEP,
                  m, n);
    const int32_t *steps = (const int32_t *)first(updated);
    for (int i = 0; i < m; i++) {
      if (steps[rows[i]] < 0) continue;
      want(updated)[rows[i]] = STEP;
      for (int missed = steps[rows[i]] + 1; missed <= STEP; missed++)
        for (int j = 0; j < n; j++) want_sgd(&s, rows[i] * n + j, 0, history[missed - FIRST], nesterov);
    }
    end_case(0x1p-19);
  }
}
