import { TandemError } from "../errors.js";
import type { Backend, Pointer } from "../kernels/kernels.js";

/** New blocks hold at least 1 MiB and a quarter of what there is, so that a step soon settles into a few of them. */
const BLOCK_BYTES = 1 << 20;
const BLOCK_SHARE = 1 / 4;

interface Block {
  start: Pointer;
  bytes: number;
  /** How much of it is taken, from its start on. */
  used: number;
}

/** What a scope is for. */
export interface ScopeOptions {
  /** Record what operations did, so that `backward` can run. */
  gradients?: boolean;
  /** A longer-lived scope around this one: packed weights are kept there. */
  parent?: Scope;
}

/**
 * A lifetime: memory for tensors that all end together. There are three kinds in the system: persistent (parameters,
 * optimiser; never reset), a training step (reset after each step), and a decoding session.
 *
 * Allocation moves a pointer; `reset` moves it back. After the first steps the blocks are joined into one that just holds
 * a whole step, and from then on nothing is reserved any more. Scopes are synchronous: `run` may not be left by `await`.
 */
export class Scope {
  /** The scope in which operations put their results. */
  static #current: Scope | undefined;

  readonly gradients: boolean;
  /** What has been computed once for a whole lifetime (packed weights), by what it was computed from. */
  readonly #cache = new Map<object, Map<string | number, unknown>>();
  readonly #parent: Scope | undefined;
  #blocks: Block[] = [];
  /** Bytes of all tensors that live now, and the most that ever did. */
  #live = 0;
  #most = 0;
  #disposed = false;

  constructor(
    readonly backend: Backend,
    options: ScopeOptions = {},
  ) {
    this.gradients = options.gradients ?? false;
    this.#parent = options.parent;
  }

  /** The scope that runs now; an error where none does. */
  static get current(): Scope {
    if (Scope.#current === undefined)
      throw new TandemError("scope: expected tensor operations inside scope.run(…), got none running.");
    return Scope.#current;
  }

  /** Runs `work` with this scope as the place for its results. */
  run<Result>(work: () => Result): Result {
    const outer = Scope.#current;
    Scope.#current = this;
    try {
      return work();
    } finally {
      Scope.#current = outer;
    }
  }

  /** Memory for `count` elements, 64-byte aligned, holding whatever was there. */
  allocate(count: number): Pointer {
    if (this.#disposed) throw new TandemError("scope: expected a live scope, got one that was disposed.");
    const bytes = Math.ceil((count * this.backend.memory.bytesPerElement) / 64) * 64;
    const blocks = this.#blocks;
    // A loop, for a search by function would take as long as a small kernel.
    let i = 0;
    while (i < blocks.length && blocks[i]!.used + bytes > blocks[i]!.bytes) i++;
    if (i === blocks.length) blocks.push(this.#reserve(bytes));
    const block = blocks[i]!;
    const pointer = block.start + block.used;
    block.used += bytes;
    this.#live += bytes;
    if (this.#live > this.#most) this.#most = this.#live;
    return pointer;
  }

  /**
   * Runs `work` and takes back all memory it allocated here: for what is needed only until its results, which stand in
   * memory from before, are there. Nothing may be packed for later in it.
   */
  temporarily<Result>(work: () => Result): Result {
    const live = this.#live;
    const before: number[] = [];
    for (const { used } of this.#blocks) before.push(used);
    try {
      return work();
    } finally {
      for (let i = 0; i < this.#blocks.length; i++) this.#blocks[i]!.used = before[i] ?? 0;
      this.#live = live;
    }
  }

  /** What `make` gave for this key (a pointer, mostly), made once per lifetime of the outermost scope. */
  cached<Made>(owner: object, key: string | number, make: (scope: Scope) => Made): Made {
    if (this.#parent) return this.#parent.cached(owner, key, make);
    let entries = this.#cache.get(owner);
    if (entries === undefined) this.#cache.set(owner, (entries = new Map()));
    let made = entries.get(key) as Made | undefined;
    if (made === undefined) entries.set(key, (made = make(this)));
    return made;
  }

  /**
   * As `cached`; `make` is given the pointer that is cached under `old`, if there is one, which nobody reads any more: what it
   * makes may stand in that place.
   */
  cachedInstead(
    owner: object,
    key: string,
    old: string | number,
    make: (scope: Scope, place?: Pointer) => Pointer,
  ): Pointer {
    if (this.#parent) return this.#parent.cachedInstead(owner, key, old, make);
    return this.cached(owner, key, (scope) => {
      const entries = this.#cache.get(owner)!;
      const place = entries.get(old) as Pointer | undefined;
      entries.delete(old);
      return make(scope, place);
    });
  }

  /** Ends the lives of all tensors of this scope; its memory is used again. */
  reset(): void {
    this.#cache.clear();
    if (this.#blocks.length > 1) {
      this.#release();
      this.#blocks = [{ start: this.backend.memory.reserve(this.#most), bytes: this.#most, used: 0 }];
    }
    for (const block of this.#blocks) block.used = 0;
    this.#live = 0;
  }

  /** Ends the lives of all tensors and gives the memory back; the scope may be used again. */
  clear(): void {
    this.#release();
    this.#cache.clear();
  }

  /** Gives all memory back; the scope runs nothing any more. */
  dispose(): void {
    this.clear();
    this.#disposed = true;
  }

  #release(): void {
    for (const block of this.#blocks) this.backend.memory.release(block.start, block.bytes);
    this.#blocks = [];
    this.#live = 0;
  }

  /** A new block, for these bytes at least. */
  #reserve(bytes: number): Block {
    const share = this.#blocks.reduce((total, block) => total + block.bytes, 0) * BLOCK_SHARE;
    const size = Math.max(bytes, BLOCK_BYTES, Math.ceil(share / 64) * 64);
    return { start: this.backend.memory.reserve(size), bytes: size, used: 0 };
  }
}
