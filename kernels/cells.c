// Recurrent cells: what follows the products W_ih x and W_hh h'. Forward and backward stand together.
#include "kernels.h"
#include "share.h"
#include "vector.h"

INLINE float kept(const float *mask, int ldmask, int row) { return mask ? mask[row * ldmask] : 1.0f; }

// Where a row is padding its state is kept and its output is 0.
INLINE void keep_row(float *h, float *out, const float *hPrev, int H) {
  for (int j = 0; j < H; j++) {
    h[j] = hPrev[j];
    if (out) out[j] = 0;
  }
}
INLINE void fill_row(float *x, int n) {
  for (int j = 0; j < n; j++) x[j] = 0;
}

// The gradient that reaches h: from the next step and from the output.
INLINE vec gradient_of_state(const float *dh, const float *dout, int j, int left) {
  vec d = load_tail(dh + j, left);
  return dout ? d + load_tail(dout + j, left) : d;
}

void rnnForward(float *h, int ldh, float *out, int ldout, float *saved, int ldsaved, const float *gx, int ldgx,
                const float *gh, const float *hPrev, int ldhPrev, const float *mask, int ldmask, int B, int H, int relu) {
  range mine = share(B, 1);
  for (int b = mine.first; b < mine.last; b++) {
    const float *gb = gh + b * H;
    float *hb = h + b * ldh, *ob = out ? out + b * ldout : 0, *sb = saved + b * ldsaved;
    const float *xb = gx + b * ldgx;
    if (kept(mask, ldmask, b) == 0) {
      keep_row(hb, ob, hPrev + b * ldhPrev, H);
      fill_row(sb, H);
      continue;
    }
    for (int j = 0; j < H; j += LANES) {
      int left = H - j;
      vec a = load_tail(xb + j, left) + load_tail(gb + j, left);
      vec y = relu ? vmax(a, splat(0)) : vtanh(a);
      store_tail(hb + j, y, left);
      store_tail(sb + j, y, left);
      if (ob) store_tail(ob + j, y, left);
    }
  }
}

// da = (1 − h²) dh, or dh where h > 0
void rnnBackward(float *dgates, int lddgates, float *dhPrev, const float *dh, const float *dout, int lddout,
                 const float *saved, int ldsaved, const float *mask, int ldmask, int B, int H, int relu) {
  range mine = share(B, 1);
  for (int b = mine.first; b < mine.last; b++) {
    const float *db = dh + b * H;
    float *dhp = dhPrev + b * H;
    float *da = dgates + b * lddgates;
    const float *s = saved + b * ldsaved, *ob = dout ? dout + b * lddout : 0;
    if (kept(mask, ldmask, b) == 0) {
      for (int j = 0; j < H; j++) dhp[j] = db[j];
      fill_row(da, H);
      continue;
    }
    for (int j = 0; j < H; j += LANES) {
      int left = H - j;
      vec d = gradient_of_state(db, ob, j, left), y = load_tail(s + j, left);
      store_tail(da + j, relu ? choose(y > 0.0f, d, splat(0)) : d * (1.0f - y * y), left);
      store_tail(dhp + j, splat(0), left);
    }
  }
}

void lstmForward(float *h, int ldh, float *c, int ldc, float *out, int ldout, float *gates, int ldgates, float *tanhC,
                 int ldtanhC, const float *gx, int ldgx, const float *gh, const float *hPrev, int ldhPrev,
                 const float *cPrev, int ldcPrev, const float *mask, int ldmask, int B, int H) {
  range mine = share(B, 1);
  for (int b = mine.first; b < mine.last; b++) {
    const float *gb = gh + b * 4 * H;
    float *hb = h + b * ldh, *cb = c + b * ldc, *ob = out ? out + b * ldout : 0;
    float *gate = gates + b * ldgates, *tb = tanhC + b * ldtanhC;
    const float *xb = gx + b * ldgx, *cp = cPrev + b * ldcPrev;
    if (kept(mask, ldmask, b) == 0) {
      keep_row(hb, ob, hPrev + b * ldhPrev, H);
      keep_row(cb, 0, cp, H);
      fill_row(gate, 4 * H);
      fill_row(tb, H);
      continue;
    }
    for (int j = 0; j < H; j += LANES) {
      int left = H - j;
      vec i = vsigmoid(load_tail(xb + j, left) + load_tail(gb + j, left));
      vec f = vsigmoid(load_tail(xb + H + j, left) + load_tail(gb + H + j, left));
      vec g = vtanh(load_tail(xb + 2 * H + j, left) + load_tail(gb + 2 * H + j, left));
      vec o = vsigmoid(load_tail(xb + 3 * H + j, left) + load_tail(gb + 3 * H + j, left));
      vec cell = f * load_tail(cp + j, left) + i * g;
      vec t = vtanh(cell), y = o * t;
      store_tail(cb + j, cell, left);
      store_tail(hb + j, y, left);
      if (ob) store_tail(ob + j, y, left);
      store_tail(gate + j, i, left);
      store_tail(gate + H + j, f, left);
      store_tail(gate + 2 * H + j, g, left);
      store_tail(gate + 3 * H + j, o, left);
      store_tail(tb + j, t, left);
    }
  }
}

// With δ = dc + o (1 − tanh²c) dh:  di = δ g i(1−i),  df = δ c' f(1−f),  dg = δ i (1−g²),  do = dh tanh(c) o(1−o)
void lstmBackward(float *dgates, int lddgates, float *dhPrev, float *dcPrev, const float *dh, const float *dc,
                  const float *dout, int lddout, const float *gates, int ldgates, const float *tanhC, int ldtanhC,
                  const float *cPrev, int ldcPrev, const float *mask, int ldmask, int B, int H) {
  range mine = share(B, 1);
  for (int b = mine.first; b < mine.last; b++) {
    const float *db = dh + b * H, *dcb = dc + b * H;
    float *dhp = dhPrev + b * H, *dcp = dcPrev + b * H;
    float *d = dgates + b * lddgates;
    const float *gate = gates + b * ldgates, *tb = tanhC + b * ldtanhC;
    const float *cp = cPrev + b * ldcPrev, *ob = dout ? dout + b * lddout : 0;
    if (kept(mask, ldmask, b) == 0) {
      for (int j = 0; j < H; j++) {
        dhp[j] = db[j];
        dcp[j] = dcb[j];
      }
      fill_row(d, 4 * H);
      continue;
    }
    for (int j = 0; j < H; j += LANES) {
      int left = H - j;
      vec dy = gradient_of_state(db, ob, j, left);
      vec i = load_tail(gate + j, left), f = load_tail(gate + H + j, left), g = load_tail(gate + 2 * H + j, left);
      vec o = load_tail(gate + 3 * H + j, left), t = load_tail(tb + j, left);
      vec delta = load_tail(dcb + j, left) + dy * o * (1.0f - t * t);
      store_tail(d + j, delta * g * i * (1.0f - i), left);
      store_tail(d + H + j, delta * load_tail(cp + j, left) * f * (1.0f - f), left);
      store_tail(d + 2 * H + j, delta * i * (1.0f - g * g), left);
      store_tail(d + 3 * H + j, dy * t * o * (1.0f - o), left);
      store_tail(dcp + j, delta * f, left);
      store_tail(dhp + j, splat(0), left);
    }
  }
}

void gruForward(float *h, int ldh, float *out, int ldout, float *gates, int ldgates, float *ghn, int ldghn,
                const float *gx, int ldgx, const float *gh, const float *hPrev, int ldhPrev, const float *mask,
                int ldmask, int B, int H) {
  range mine = share(B, 1);
  for (int b = mine.first; b < mine.last; b++) {
    const float *gb = gh + b * 3 * H;
    float *hb = h + b * ldh, *ob = out ? out + b * ldout : 0, *gate = gates + b * ldgates, *nb = ghn + b * ldghn;
    const float *xb = gx + b * ldgx, *hp = hPrev + b * ldhPrev;
    if (kept(mask, ldmask, b) == 0) {
      keep_row(hb, ob, hp, H);
      fill_row(gate, 3 * H);
      fill_row(nb, H);
      continue;
    }
    for (int j = 0; j < H; j += LANES) {
      int left = H - j;
      vec r = vsigmoid(load_tail(xb + j, left) + load_tail(gb + j, left));
      vec z = vsigmoid(load_tail(xb + H + j, left) + load_tail(gb + H + j, left));
      vec hn = load_tail(gb + 2 * H + j, left);
      vec n = vtanh(load_tail(xb + 2 * H + j, left) + r * hn);
      vec y = (1.0f - z) * n + z * load_tail(hp + j, left);
      store_tail(hb + j, y, left);
      if (ob) store_tail(ob + j, y, left);
      store_tail(gate + j, r, left);
      store_tail(gate + H + j, z, left);
      store_tail(gate + 2 * H + j, n, left);
      store_tail(nb + j, hn, left);
    }
  }
}

// With δn = dh (1−z)(1−n²):  dgx = [δn gh_n r(1−r), dh (h'−n) z(1−z), δn],  dgh the same but dgh_n = δn r;  dh' = dh z
void gruBackward(float *dgx, int lddgx, float *dghn, int lddghn, float *dhPrev, const float *dh, const float *dout,
                 int lddout, const float *gates, int ldgates, const float *ghn, int ldghn, const float *hPrev,
                 int ldhPrev, const float *mask, int ldmask, int B, int H) {
  range mine = share(B, 1);
  for (int b = mine.first; b < mine.last; b++) {
    const float *db = dh + b * H;
    float *dhp = dhPrev + b * H;
    float *dx = dgx + b * lddgx, *dn_h = dghn + b * lddghn;
    const float *gate = gates + b * ldgates, *nb = ghn + b * ldghn;
    const float *hp = hPrev + b * ldhPrev, *ob = dout ? dout + b * lddout : 0;
    if (kept(mask, ldmask, b) == 0) {
      for (int j = 0; j < H; j++) dhp[j] = db[j];
      fill_row(dx, 3 * H);
      fill_row(dn_h, H);
      continue;
    }
    for (int j = 0; j < H; j += LANES) {
      int left = H - j;
      vec d = gradient_of_state(db, ob, j, left);
      vec r = load_tail(gate + j, left), z = load_tail(gate + H + j, left);
      vec n = load_tail(gate + 2 * H + j, left), hn = load_tail(nb + j, left);
      vec dn = d * (1.0f - z) * (1.0f - n * n);
      vec dr = dn * hn * r * (1.0f - r);
      vec dz = d * (load_tail(hp + j, left) - n) * z * (1.0f - z);
      store_tail(dx + j, dr, left);
      store_tail(dx + H + j, dz, left);
      store_tail(dx + 2 * H + j, dn, left);
      store_tail(dn_h + j, dn * r, left);
      store_tail(dhp + j, d * z, left);
    }
  }
}
