/**
 * The seam between what is computed and where. A backend is a memory and the kernels that work in it; `kernels/kernels.h`
 * gives every kernel's shapes and equations, under the same names.
 *
 * A pointer is a byte offset into the backend's memory, made only by `Memory.reserve` (and plain arithmetic in steps of
 * `bytesPerElement` or `bytesPerInt8`); 0 is the null pointer. Kernels trust their pointers and sizes: shapes are checked above, in `tensor`.
 */
export type Pointer = number;

/** 1 or true switches the flag on. */
export type Flag = 0 | 1;

/** A window on elements of a backend's memory. Valid until the next `reserve`: memory may move when it grows. */
export type Elements = Float32Array | Float64Array | Int32Array;

/** Whole numbers from −128 to 127 as a backend holds them. */
export type Int8Elements = Int8Array | Float64Array;

/** A backend's memory; what is released is used again. */
export interface Memory {
  /** 4 (float32 and int32) or, in the reference, 8 (float64, which also holds the ids). */
  readonly bytesPerElement: 4 | 8;
  /** 1, or in the reference 8: what a weight of 8 bits takes. */
  readonly bytesPerInt8: 1 | 8;
  /** Bytes handed out by `reserve` and not yet released. */
  readonly reservedBytes: number;
  /** At least `bytes` of memory, 64-byte aligned, with whatever it held before. */
  reserve(bytes: number): Pointer;
  /** Takes back what `reserve` gave for as many bytes. */
  release(pointer: Pointer, bytes: number): void;
  /** A view of numbers there; valid until more is reserved. */
  floats(pointer: Pointer, count: number): Float32Array | Float64Array;
  /** A view of ids there; valid until more is reserved. */
  ints(pointer: Pointer, count: number): Int32Array | Float64Array;
  /** A view of weights of 8 bits there; valid until more is reserved. */
  int8s(pointer: Pointer, count: number): Int8Elements;
}

/** Where tensors live and kernels compute. */
export interface Backend {
  readonly name: "native" | "wasm" | "reference";
  /** Of the native engine: what its kernels were compiled for. */
  readonly instructionSet?: string;
  /** How many threads share a kernel. */
  readonly threads: number;
  /**
   * Of WebAssembly with threads: how many of them have started beside the caller's. They start with the first call that is
   * worth sharing, and none does where a page forbids workers; the caller then does everything.
   */
  readonly workers?: number;
  readonly memory: Memory;
  readonly kernels: Kernels;
  /** Ends threads that belong to this backend alone, at once instead of when it is collected. Kernels go on without them. */
  dispose?(): void;
}

/**
 * Every kernel of `kernels/kernels.h`. Gradients accumulate unless the comment there says "written".
 *
 * @internal Shapes, equations and what they cost are explained there; they change between versions.
 */
export interface Kernels {
  packedLength(n: number, k: number): number;
  pack(packed: Pointer, w: Pointer, ldw: number, n: number, k: number): void;
  packTransposed(packed: Pointer, w: Pointer, ldw: number, n: number, k: number): void;
  product(
    y: Pointer,
    ldy: number,
    x: Pointer,
    ldx: number,
    packed: Pointer,
    bias: Pointer,
    m: number,
    n: number,
    k: number,
    accumulate: Flag,
  ): void;
  outerProduct(
    dw: Pointer,
    lddw: number,
    sums: Pointer,
    dy: Pointer,
    lddy: number,
    packed: Pointer,
    m: number,
    n: number,
    k: number,
    accumulate: Flag,
  ): void;
  quantize(numbers: Pointer, scales: Pointer, w: Pointer, n: number, k: number): void;
  packInt8(packed: Pointer, numbers: Pointer, ldnumbers: number, n: number, k: number): void;
  productInt8(
    y: Pointer,
    ldy: number,
    x: Pointer,
    ldx: number,
    packed: Pointer,
    scales: Pointer,
    bias: Pointer,
    m: number,
    n: number,
    k: number,
  ): void;
  quantizePairs(pairs: Pointer, sizes: Pointer, x: Pointer, ldx: number, m: number, k: number): void;
  packPairs(packed: Pointer, numbers: Pointer, ldnumbers: number, n: number, k: number): void;
  productPairs(
    y: Pointer,
    ldy: number,
    pairs: Pointer,
    sizes: Pointer,
    packed: Pointer,
    scales: Pointer,
    bias: Pointer,
    m: number,
    n: number,
    k: number,
  ): void;

  rnnForward(
    h: Pointer,
    ldh: number,
    out: Pointer,
    ldout: number,
    saved: Pointer,
    ldsaved: number,
    gx: Pointer,
    ldgx: number,
    gh: Pointer,
    hPrev: Pointer,
    ldhPrev: number,
    mask: Pointer,
    ldmask: number,
    B: number,
    H: number,
    relu: Flag,
  ): void;
  rnnBackward(
    dgates: Pointer,
    lddgates: number,
    dhPrev: Pointer,
    dh: Pointer,
    dout: Pointer,
    lddout: number,
    saved: Pointer,
    ldsaved: number,
    mask: Pointer,
    ldmask: number,
    B: number,
    H: number,
    relu: Flag,
  ): void;
  lstmForward(
    h: Pointer,
    ldh: number,
    c: Pointer,
    ldc: number,
    out: Pointer,
    ldout: number,
    gates: Pointer,
    ldgates: number,
    tanhC: Pointer,
    ldtanhC: number,
    gx: Pointer,
    ldgx: number,
    gh: Pointer,
    hPrev: Pointer,
    ldhPrev: number,
    cPrev: Pointer,
    ldcPrev: number,
    mask: Pointer,
    ldmask: number,
    B: number,
    H: number,
  ): void;
  lstmBackward(
    dgates: Pointer,
    lddgates: number,
    dhPrev: Pointer,
    dcPrev: Pointer,
    dh: Pointer,
    dc: Pointer,
    dout: Pointer,
    lddout: number,
    gates: Pointer,
    ldgates: number,
    tanhC: Pointer,
    ldtanhC: number,
    cPrev: Pointer,
    ldcPrev: number,
    mask: Pointer,
    ldmask: number,
    B: number,
    H: number,
  ): void;
  gruForward(
    h: Pointer,
    ldh: number,
    out: Pointer,
    ldout: number,
    gates: Pointer,
    ldgates: number,
    ghn: Pointer,
    ldghn: number,
    gx: Pointer,
    ldgx: number,
    gh: Pointer,
    hPrev: Pointer,
    ldhPrev: number,
    mask: Pointer,
    ldmask: number,
    B: number,
    H: number,
  ): void;
  gruBackward(
    dgx: Pointer,
    lddgx: number,
    dghn: Pointer,
    lddghn: number,
    dhPrev: Pointer,
    dh: Pointer,
    dout: Pointer,
    lddout: number,
    gates: Pointer,
    ldgates: number,
    ghn: Pointer,
    ldghn: number,
    hPrev: Pointer,
    ldhPrev: number,
    mask: Pointer,
    ldmask: number,
    B: number,
    H: number,
  ): void;

  attentionScores(
    scores: Pointer,
    query: Pointer,
    keys: Pointer,
    scale: number,
    B: number,
    Q: number,
    T: number,
    D: number,
  ): void;
  attentionScoresBackward(
    dquery: Pointer,
    dkeys: Pointer,
    dscores: Pointer,
    query: Pointer,
    keys: Pointer,
    scale: number,
    B: number,
    Q: number,
    T: number,
    D: number,
  ): void;
  maskedSoftmax(weights: Pointer, scores: Pointer, mask: Pointer, B: number, Q: number, T: number): void;
  softmaxBackward(dscores: Pointer, dweights: Pointer, weights: Pointer, rows: number, T: number): void;
  attentionContext(
    context: Pointer,
    weights: Pointer,
    values: Pointer,
    B: number,
    Q: number,
    T: number,
    D: number,
  ): void;
  attentionContextBackward(
    dweights: Pointer,
    dvalues: Pointer,
    dcontext: Pointer,
    weights: Pointer,
    values: Pointer,
    B: number,
    Q: number,
    T: number,
    D: number,
  ): void;
  additiveScores(
    scores: Pointer,
    query: Pointer,
    keys: Pointer,
    weight: Pointer,
    past: Pointer,
    pastWeight: Pointer,
    B: number,
    Q: number,
    T: number,
    D: number,
  ): void;
  additiveScoresBackward(
    dquery: Pointer,
    dkeys: Pointer,
    dweight: Pointer,
    dpast: Pointer,
    dpastWeight: Pointer,
    dscores: Pointer,
    query: Pointer,
    keys: Pointer,
    weight: Pointer,
    past: Pointer,
    pastWeight: Pointer,
    B: number,
    Q: number,
    T: number,
    D: number,
  ): void;
  maxOverTime(y: Pointer, places: Pointer, x: Pointer, mask: Pointer, B: number, T: number, D: number): void;
  maxOverTimeBackward(dx: Pointer, dy: Pointer, places: Pointer, B: number, T: number, D: number): void;

  layerNorm(
    y: Pointer,
    ldy: number,
    statistics: Pointer,
    x: Pointer,
    ldx: number,
    gain: Pointer,
    bias: Pointer,
    m: number,
    n: number,
  ): void;
  layerNormBackward(
    dx: Pointer,
    lddx: number,
    products: Pointer,
    dy: Pointer,
    lddy: number,
    x: Pointer,
    ldx: number,
    statistics: Pointer,
    gain: Pointer,
    m: number,
    n: number,
  ): void;

  crossEntropy(
    losses: Pointer,
    logits: Pointer,
    targets: Pointer,
    smoothing: number,
    scale: number,
    m: number,
    V: number,
  ): void;
  logSoftmax(out: Pointer, logits: Pointer, m: number, V: number): void;
  topK(values: Pointer, indices: Pointer, x: Pointer, m: number, n: number, k: number): void;
  bestLogits(
    values: Pointer,
    indices: Pointer,
    statistics: Pointer,
    logits: Pointer,
    first: number,
    m: number,
    n: number,
    k: number,
  ): void;
  nearLargest(
    found: Pointer,
    x: Pointer,
    scales: Pointer,
    perScale: number,
    perValue: number,
    n: number,
    most: number,
  ): void;

  gather(out: Pointer, table: Pointer, ids: Pointer, m: number, n: number): void;
  gatherInt8(out: Pointer, table: Pointer, scales: Pointer, ids: Pointer, m: number, n: number): void;
  scatterAdd(dtable: Pointer, dout: Pointer, ids: Pointer, m: number, n: number): void;
  fill(y: Pointer, value: number, n: number): void;
  copyRows(y: Pointer, ldy: number, x: Pointer, ldx: number, m: number, n: number, accumulate: Flag): void;
  addScaled(y: Pointer, x: Pointer, scale: number, n: number): void;
  tanhForward(y: Pointer, x: Pointer, n: number): void;
  tanhBackward(dx: Pointer, dy: Pointer, y: Pointer, n: number): void;
  sigmoidForward(y: Pointer, x: Pointer, n: number): void;
  sigmoidBackward(dx: Pointer, dy: Pointer, y: Pointer, n: number): void;
  multiply(y: Pointer, a: Pointer, b: Pointer, n: number, accumulate: Flag): void;
  dropout(
    y: Pointer,
    x: Pointer,
    examples: Pointer,
    rate: number,
    step: number,
    path: number,
    key0: number,
    key1: number,
    m: number,
    n: number,
    accumulate: Flag,
  ): void;
  chunkSquares(sums: Pointer, x: Pointer, n: number): void;
  sum(result: Pointer, x: Pointer, n: number): void;
  adam(
    parameter: Pointer,
    moment1: Pointer,
    moment2: Pointer,
    gradient: Pointer,
    gradientScale: number,
    rate: number,
    root: number,
    keep: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    n: number,
  ): void;
  adamRows(
    parameter: Pointer,
    moment1: Pointer,
    moment2: Pointer,
    updated: Pointer,
    gradient: Pointer,
    rows: Pointer,
    gradientScale: number,
    rate: number,
    root: number,
    keep: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    step: number,
    m: number,
    n: number,
  ): void;
  adamReplay(
    parameter: Pointer,
    moment1: Pointer,
    moment2: Pointer,
    updated: Pointer,
    rows: Pointer,
    history: Pointer,
    beta1: number,
    beta2: number,
    epsilon: number,
    first: number,
    step: number,
    m: number,
    n: number,
  ): void;
  sgd(
    parameter: Pointer,
    velocity: Pointer,
    gradient: Pointer,
    gradientScale: number,
    rate: number,
    momentum: number,
    decay: number,
    nesterov: Flag,
    n: number,
  ): void;
  sgdRows(
    parameter: Pointer,
    velocity: Pointer,
    updated: Pointer,
    gradient: Pointer,
    rows: Pointer,
    gradientScale: number,
    rate: number,
    momentum: number,
    decay: number,
    nesterov: Flag,
    step: number,
    m: number,
    n: number,
  ): void;
  sgdReplay(
    parameter: Pointer,
    velocity: Pointer,
    updated: Pointer,
    rows: Pointer,
    history: Pointer,
    momentum: number,
    decay: number,
    nesterov: Flag,
    first: number,
    step: number,
    m: number,
    n: number,
  ): void;
}
