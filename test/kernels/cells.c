// Recurrent cells against their equations in double.

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

// Every other row is padding.
static const float *time_mask(int masked, int B, int ldmask) {
  if (!masked) return 0;
  float *mask = numbers("mask", B, 1, ldmask);
  for (int b = 0; b < B; b++) mask[b * ldmask] = (float)(1 - b % 2);
  settle(mask);
  return mask;
}
static int is_real(const float *mask, int ldmask, int b) { return !mask || mask[b * ldmask] != 0; }

#define CELL_CASES EACH(B, 1, 5) EACH(H, ODD) EACH(masked, 0, 1) EACH(with_out, 0, 1)

static void test_rnnForward(void) {
  CELL_CASES EACH(relu, 0, 1) {
    begin_case("rnnForward B=%d H=%d mask=%d out=%d relu=%d", B, H, masked, with_out, relu);
    int ldh = H + 2, ldout = H + 1, ldsaved = H + 5, ldgx = H + 4, ldhPrev = H + 3, ldmask = 3;
    float *h = poisoned("h", B, H, ldh), *out = with_out ? poisoned("out", B, H, ldout) : 0;
    float *saved = poisoned("saved", B, H, ldsaved);
    const float *gx = numbers("gx", B, H, ldgx), *gh = numbers("gh", B, H, H), *hPrev = numbers("hPrev", B, H, ldhPrev);
    const float *mask = time_mask(masked, B, ldmask);
    run_rnnForward(h, ldh, out, ldout, saved, ldsaved, gx, ldgx, gh, hPrev, ldhPrev, mask, ldmask, B, H, relu);
    for (int b = 0; b < B; b++)
      for (int j = 0; j < H; j++) {
        int real = is_real(mask, ldmask, b);
        double a = (double)gx[b * ldgx + j] + gh[b * H + j], y = relu ? fmax(0, a) : tanh(a);
        want(h)[b * ldh + j] = real ? y : hPrev[b * ldhPrev + j];
        want(saved)[b * ldsaved + j] = real ? y : 0;
        if (out) want(out)[b * ldout + j] = real ? y : 0;
      }
    end_case(0x1p-20);
  }
}

static void test_rnnBackward(void) {
  CELL_CASES EACH(relu, 0, 1) {
    begin_case("rnnBackward B=%d H=%d mask=%d out=%d relu=%d", B, H, masked, with_out, relu);
    int lddgates = H + 4, lddout = H + 1, ldsaved = H + 5, ldmask = 3;
    float *dgates = poisoned("dgates", B, H, lddgates), *dhPrev = poisoned("dhPrev", B, H, H);
    const float *dh = numbers("dh", B, H, H), *dout = with_out ? numbers("dout", B, H, lddout) : 0;
    const float *saved = numbers("saved", B, H, ldsaved), *mask = time_mask(masked, B, ldmask);
    run_rnnBackward(dgates, lddgates, dhPrev, dh, dout, lddout, saved, ldsaved, mask, ldmask, B, H, relu);
    for (int b = 0; b < B; b++)
      for (int j = 0; j < H; j++) {
        int real = is_real(mask, ldmask, b);
        double y = saved[b * ldsaved + j], d = (double)dh[b * H + j] + (dout && real ? dout[b * lddout + j] : 0);
        want(dgates)[b * lddgates + j] = !real ? 0 : relu ? (y > 0 ? d : 0) : (1 - y * y) * d;
        want(dhPrev)[b * H + j] = real ? 0 : d;
      }
    end_case(0x1p-20);
  }
}

static void test_lstmForward(void) {
  CELL_CASES {
    begin_case("lstmForward B=%d H=%d mask=%d out=%d", B, H, masked, with_out);
    int ldh = H + 2, ldc = H + 6, ldout = H + 1, ldgates = 4 * H + 5, ldtanhC = H + 8;
    int ldgx = 4 * H + 4, ldhPrev = H + 3, ldcPrev = H + 7, ldmask = 3;
    float *h = poisoned("h", B, H, ldh), *c = poisoned("c", B, H, ldc);
    float *out = with_out ? poisoned("out", B, H, ldout) : 0;
    float *gates = poisoned("gates", B, 4 * H, ldgates), *tanhC = poisoned("tanhC", B, H, ldtanhC);
    const float *gx = numbers("gx", B, 4 * H, ldgx), *gh = numbers("gh", B, 4 * H, 4 * H);
    const float *hPrev = numbers("hPrev", B, H, ldhPrev), *cPrev = numbers("cPrev", B, H, ldcPrev);
    const float *mask = time_mask(masked, B, ldmask);
    run_lstmForward(h, ldh, c, ldc, out, ldout, gates, ldgates, tanhC, ldtanhC, gx, ldgx, gh, hPrev, ldhPrev, cPrev,
                    ldcPrev, mask, ldmask, B, H);
    for (int b = 0; b < B; b++)
      for (int j = 0; j < H; j++) {
        int real = is_real(mask, ldmask, b);
        double a[4];
        for (int gate = 0; gate < 4; gate++) a[gate] = (double)gx[b * ldgx + gate * H + j] + gh[(b * 4 + gate) * H + j];
        double i = sigmoid(a[0]), f = sigmoid(a[1]), g = tanh(a[2]), o = sigmoid(a[3]);
        double cell = f * cPrev[b * ldcPrev + j] + i * g, t = tanh(cell), kept[4] = {i, f, g, o};
        want(h)[b * ldh + j] = real ? o * t : hPrev[b * ldhPrev + j];
        want(c)[b * ldc + j] = real ? cell : cPrev[b * ldcPrev + j];
        if (out) want(out)[b * ldout + j] = real ? o * t : 0;
        for (int gate = 0; gate < 4; gate++) want(gates)[b * ldgates + gate * H + j] = real ? kept[gate] : 0;
        want(tanhC)[b * ldtanhC + j] = real ? t : 0;
      }
    end_case(0x1p-20);
  }
}

static void test_lstmBackward(void) {
  CELL_CASES {
    begin_case("lstmBackward B=%d H=%d mask=%d out=%d", B, H, masked, with_out);
    int lddgates = 4 * H + 4, lddout = H + 1, ldgates = 4 * H + 5, ldtanhC = H + 6, ldcPrev = H + 3, ldmask = 3;
    float *dgates = poisoned("dgates", B, 4 * H, lddgates);
    float *dhPrev = poisoned("dhPrev", B, H, H), *dcPrev = poisoned("dcPrev", B, H, H);
    const float *dh = numbers("dh", B, H, H), *dc = numbers("dc", B, H, H);
    const float *dout = with_out ? numbers("dout", B, H, lddout) : 0;
    const float *gates = numbers("gates", B, 4 * H, ldgates), *tanhC = numbers("tanhC", B, H, ldtanhC);
    const float *cPrev = numbers("cPrev", B, H, ldcPrev), *mask = time_mask(masked, B, ldmask);
    run_lstmBackward(dgates, lddgates, dhPrev, dcPrev, dh, dc, dout, lddout, gates, ldgates, tanhC, ldtanhC, cPrev,
                     ldcPrev, mask, ldmask, B, H);
    for (int b = 0; b < B; b++)
      for (int j = 0; j < H; j++) {
        int real = is_real(mask, ldmask, b);
        const float *s = gates + b * ldgates + j;
        double i = s[0], f = s[H], g = s[2 * H], o = s[3 * H], t = tanhC[b * ldtanhC + j], cp = cPrev[b * ldcPrev + j];
        double dy = (double)dh[b * H + j] + (dout ? dout[b * lddout + j] : 0);
        double delta = dc[b * H + j] + dy * o * (1 - t * t);
        double di = delta * g * i * (1 - i), df = delta * cp * f * (1 - f), dg = delta * i * (1 - g * g);
        double slopes[4] = {di, df, dg, dy * t * o * (1 - o)};
        for (int gate = 0; gate < 4; gate++) want(dgates)[b * lddgates + gate * H + j] = real ? slopes[gate] : 0;
        want(dcPrev)[b * H + j] = real ? delta * f : dc[b * H + j];
        want(dhPrev)[b * H + j] = real ? 0 : dh[b * H + j];
      }
    end_case(0x1p-19);
  }
}

static void test_gruForward(void) {
  CELL_CASES {
    begin_case("gruForward B=%d H=%d mask=%d out=%d", B, H, masked, with_out);
    int ldh = H + 2, ldout = H + 1, ldgates = 3 * H + 5, ldghn = H + 7, ldgx = 3 * H + 4, ldhPrev = H + 3, ldmask = 3;
    float *h = poisoned("h", B, H, ldh), *out = with_out ? poisoned("out", B, H, ldout) : 0;
    float *gates = poisoned("gates", B, 3 * H, ldgates), *ghn = poisoned("ghn", B, H, ldghn);
    const float *gx = numbers("gx", B, 3 * H, ldgx), *gh = numbers("gh", B, 3 * H, 3 * H);
    const float *hPrev = numbers("hPrev", B, H, ldhPrev), *mask = time_mask(masked, B, ldmask);
    run_gruForward(h, ldh, out, ldout, gates, ldgates, ghn, ldghn, gx, ldgx, gh, hPrev, ldhPrev, mask, ldmask, B, H);
    for (int b = 0; b < B; b++)
      for (int j = 0; j < H; j++) {
        int real = is_real(mask, ldmask, b);
        const float *x = gx + b * ldgx + j, *g = gh + b * 3 * H + j;
        double r = sigmoid((double)x[0] + g[0]), z = sigmoid((double)x[H] + g[H]), hn = g[2 * H];
        double n = tanh(x[2 * H] + r * hn), previous = hPrev[b * ldhPrev + j], y = (1 - z) * n + z * previous;
        double kept[3] = {r, z, n};
        want(h)[b * ldh + j] = real ? y : previous;
        if (out) want(out)[b * ldout + j] = real ? y : 0;
        for (int gate = 0; gate < 3; gate++) want(gates)[b * ldgates + gate * H + j] = real ? kept[gate] : 0;
        want(ghn)[b * ldghn + j] = real ? hn : 0;
      }
    end_case(0x1p-20);
  }
}

static void test_gruBackward(void) {
  CELL_CASES {
    begin_case("gruBackward B=%d H=%d mask=%d out=%d", B, H, masked, with_out);
    int lddgx = 3 * H + 4, lddghn = H + 2, lddout = H + 1, ldgates = 3 * H + 5, ldghn = H + 6, ldhPrev = H + 3, ldmask = 3;
    float *dgx = poisoned("dgx", B, 3 * H, lddgx), *dghn = poisoned("dghn", B, H, lddghn);
    float *dhPrev = poisoned("dhPrev", B, H, H);
    const float *dh = numbers("dh", B, H, H), *dout = with_out ? numbers("dout", B, H, lddout) : 0;
    const float *gates = numbers("gates", B, 3 * H, ldgates), *ghn = numbers("ghn", B, H, ldghn);
    const float *hPrev = numbers("hPrev", B, H, ldhPrev);
    const float *mask = time_mask(masked, B, ldmask);
    run_gruBackward(dgx, lddgx, dghn, lddghn, dhPrev, dh, dout, lddout, gates, ldgates, ghn, ldghn, hPrev, ldhPrev, mask,
                    ldmask, B, H);
    for (int b = 0; b < B; b++)
      for (int j = 0; j < H; j++) {
        int real = is_real(mask, ldmask, b);
        const float *s = gates + b * ldgates + j;
        double r = s[0], z = s[H], n = s[2 * H], hn = ghn[b * ldghn + j];
        double d = (double)dh[b * H + j] + (dout ? dout[b * lddout + j] : 0);
        double dn = d * (1 - z) * (1 - n * n), dr = dn * hn * r * (1 - r);
        double dz = d * (hPrev[b * ldhPrev + j] - n) * z * (1 - z);
        double to_x[3] = {dr, dz, dn};
        for (int gate = 0; gate < 3; gate++) want(dgx)[b * lddgx + gate * H + j] = real ? to_x[gate] : 0;
        want(dghn)[b * lddghn + j] = real ? dn * r : 0;
        want(dhPrev)[b * H + j] = real ? d * z : dh[b * H + j];
      }
    end_case(0x1p-19);
  }
}
