// The elementary functions of vector.h keep the bounds that stand beside them, over every `stride`th float of their range.

#define BLOCK 1024

static void all_exp(float *y, const float *x, int n) {
  for (int j = 0; j < n; j += LANES) store(y + j, vexp(load(x + j)));
}
static void all_sigmoid(float *y, const float *x, int n) {
  for (int j = 0; j < n; j += LANES) store(y + j, vsigmoid(load(x + j)));
}
static void all_tanh(float *y, const float *x, int n) {
  for (int j = 0; j < n; j += LANES) store(y + j, vtanh(load(x + j)));
}
static void all_log(float *y, const float *x, int n) {
  for (int j = 0; j < n; j++) y[j] = slog(x[j]);
}

typedef struct {
  const char *name;
  void (*fast)(float *y, const float *x, int n);
  double (*exact)(double x);
} function;

static const function EXP = {"vexp", all_exp, exp}, SIGMOID = {"vsigmoid", all_sigmoid, sigmoid},
                      TANH = {"vtanh", all_tanh, tanh}, LOG = {"slog", all_log, log};

static float float_of_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, 4);
  return x;
}
static uint32_t bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  return bits;
}

// Floats as integers of the same order, so that steps go through all of them.
static int64_t order_of(float x) {
  int64_t magnitude = bits_of(x) & 0x7fffffff;
  return signbit(x) ? -magnitude : magnitude;
}
static float float_at(int64_t order) {
  return order < 0 ? float_of_bits(0x80000000u | (uint32_t)-order) : float_of_bits((uint32_t)order);
}

// Errors are taken relative to the exact value, but to no less than `least`: 1 bounds the absolute error of what is below 1.
enum { ABSOLUTE = 1 };
static const double RELATIVE = 0x1p-149;
static double worst_error(const function *f, float low, float high, int stride, double least) {
  begin_case("%s in %g … %g", f->name, low, high);
  float x[BLOCK], y[BLOCK];
  double worst = 0;
  int64_t last = order_of(high);
  for (int64_t at = order_of(low); at <= last; at += (int64_t)BLOCK * stride) {
    for (int i = 0; i < BLOCK; i++) {
      int64_t here = at + (int64_t)i * stride;
      x[i] = float_at(here < last ? here : last);
    }
    f->fast(y, x, BLOCK);
    for (int i = 0; i < BLOCK; i++) {
      double exact = f->exact(x[i]), error = fabs(y[i] - exact) / fmax(least, fabs(exact));
      if (!(error <= worst)) worst = error;
    }
  }
  return worst;
}

static void expect_bound(const function *f, float low, float high, int stride, double least, double bound) {
  double worst = worst_error(f, low, high, stride, least);
  comparisons++;
  if (!(worst < bound)) fail("error: expected below 2^%.2f, got 2^%.2f", log2(bound), log2(worst));
  if (getenv("TANDEM_SHOW_ERRORS")) printf("%s: at most 2^%.2f\n", subject, log2(worst));
}

// f(x) is `expected`, in every lane alike and whatever stands in the others.
static void expect_value(const function *f, float x, float expected) {
  begin_case("%s(%a) of bits %08x", f->name, x, bits_of(x));
  float filled[LANES], mixed[LANES], y[LANES], z[LANES];
  for (int lane = 0; lane < LANES; lane++) {
    for (int i = 0; i < LANES; i++) {
      filled[i] = x;
      mixed[i] = i == lane ? x : (float)(i + 1) * 0.37f;
    }
    f->fast(y, filled, LANES);
    f->fast(z, mixed, LANES);
    comparisons++;
    int same = isnan(expected) ? isnan(y[lane]) : y[lane] == expected && signbit(y[lane]) == signbit(expected);
    if (!same) return fail("expected %a, got %a", expected, y[lane]);
    if (bits_of(y[lane]) != bits_of(z[lane])) return fail("expected the bits of %a among others, got %a", y[lane], z[lane]);
  }
}

static void test_functions(int stride) {
  const float largest = 3.40282347e38f, denormal = 0x1p-149f;

  expect_bound(&EXP, -87, 88, stride, RELATIVE, 0x1p-23);
  const float lowest = (float)exp(-87), highest = (float)exp(88);
  for (int i = 0; i < 2; i++) {
    float low = i ? -INFINITY : -87, high = i ? INFINITY : 88, y[LANES], x[LANES];
    for (int l = 0; l < LANES; l++) x[l] = l % 2 ? low : high;
    all_exp(y, x, LANES);
    begin_case("vexp at its limits");
    if (!(fabsf(y[1] / lowest - 1) < 0x1p-22f) || !(fabsf(y[0] / highest - 1) < 0x1p-22f)) fail("got %a and %a", y[1], y[0]);
    expect_value(&EXP, i ? -largest : -87.5f, y[1]);
    expect_value(&EXP, i ? largest : 88.5f, y[0]);
  }
  expect_value(&EXP, 0, 1);
  expect_value(&EXP, denormal, 1);
  expect_value(&EXP, -denormal, 1);

  expect_bound(&SIGMOID, -largest, largest, stride, ABSOLUTE, 0x1p-23);
  expect_value(&SIGMOID, 0, 0.5f);
  expect_value(&SIGMOID, INFINITY, 1);
  expect_value(&SIGMOID, -denormal, 0.5f);

  expect_bound(&TANH, -largest, largest, stride, ABSOLUTE, 0x1p-23);
  expect_bound(&TANH, -largest, -0x1p-126f, stride, RELATIVE, 0x1p-22);
  expect_bound(&TANH, 0x1p-126f, largest, stride, RELATIVE, 0x1p-22);
  for (int sign = -1; sign <= 1; sign += 2) {
    expect_value(&TANH, (float)sign * 0.0f, (float)sign * 0.0f);
    expect_value(&TANH, (float)sign * denormal, (float)sign * denormal);
    expect_value(&TANH, (float)sign * largest, (float)sign);
    expect_value(&TANH, (float)sign * INFINITY, (float)sign);
  }

  expect_bound(&LOG, 0x1p-126f, largest, stride, RELATIVE, 0x1p-22);
  begin_case("slog(1)");
  if (slog(1) != 0) fail("expected 0, got %a", slog(1));

  // Every kind of NaN stays one: the processor's own, a quiet one with a payload, a signalling one.
  const uint32_t nans[] = {0x7fc00000, 0xffc00000, 0x7fc00001, 0xffffffff, 0x7fc0dead, 0x7f800001, 0xff8000ff};
  for (int i = 0; i < (int)(sizeof nans / sizeof *nans); i++) {
    float nan = float_of_bits(nans[i]);
    expect_value(&EXP, nan, NAN);
    expect_value(&SIGMOID, nan, NAN);
    expect_value(&TANH, nan, NAN);
    if (!isnan(slog(nan))) fail("slog: expected NaN");
  }
}
