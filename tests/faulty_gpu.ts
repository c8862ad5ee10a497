/** What can be made to fail. */
export const faultKinds = ["memory", "pipeline", "submit", "map"] as const;
export type FaultKind = typeof faultKinds[number];

/**
 * Makes one call of a device fail, the way WebGPU fails: what is given back looks like any other, and the
 * error is told by an error scope, by an event a little later, or by a promise. Changes the device itself, as
 * objects of WebGPU can't be stood in for.
 *
 * What was compiled is kept, so that a loop over all calls does not compile the same many times.
 */
export class FaultyGpu {
  readonly #gpu: GPUDevice;
  readonly #scopes: { readonly filter: GPUErrorFilter; error: GPUError | null }[] = [];
  readonly #codes = new WeakMap<GPUShaderModule, string>();
  readonly #compiled = new Map<string, unknown>();
  #kind: FaultKind | "none" = "none";
  #left = 0;
  #lasting = false;

  constructor(gpu: GPUDevice) {
    this.#gpu = gpu;
    this.#replace(gpu, "destroy", () => () => {});
    this.#replace(gpu, "pushErrorScope", (original) => (filter) => {
      this.#scopes.push({ filter, error: null });
      original(filter);
    });
    this.#replace(gpu, "popErrorScope", (original) => () => {
      const made = this.#scopes.pop()?.error ?? null;
      return original().then((error) => made ?? error);
    });
    this.#replace(gpu, "createBuffer", (original) => (descriptor) => {
      const fails = this.#fails("memory");
      if (fails) this.#report("out-of-memory", new GPUOutOfMemoryError("made up: no memory left"));
      const buffer = fails
        ? this.#silently(() => original({ ...descriptor, usage: invalidUsage }))
        : original(descriptor);
      this.#replace(
        buffer,
        "mapAsync",
        (map) => (...args) =>
          this.#fails("map")
            ? Promise.reject(new DOMException("made up: it can't be mapped", "OperationError"))
            : map(...args),
      );
      return buffer;
    });
    this.#replace(gpu, "createTexture", (original) => (descriptor) => {
      if (!this.#fails("memory")) return original(descriptor);
      this.#report("out-of-memory", new GPUOutOfMemoryError("made up: no memory left"));
      return this.#silently(() => original({ ...descriptor, sampleCount: 3 }));
    });
    this.#replace(gpu, "createComputePipeline", (original) => (descriptor) => {
      if (this.#fails("pipeline")) {
        this.#report("internal", new GPUInternalError("made up"));
        return this.#silently(() =>
          original({
            ...descriptor,
            compute: { ...descriptor.compute, entryPoint: "no such" },
          })
        );
      }
      const { module, constants } = descriptor.compute;
      return this.#once([this.#codes.get(module), constants], () => original(descriptor));
    });
    this.#replace(gpu, "createShaderModule", (original) => (descriptor) => {
      const module = original(descriptor);
      this.#codes.set(module, descriptor.code);
      return module;
    });
    this.#replace(
      gpu,
      "createBindGroupLayout",
      (original) => (descriptor) => this.#once(descriptor.entries, () => original(descriptor)),
    );
    this.#replace(gpu.queue, "submit", (original) => (commands) => {
      if (!this.#fails("submit")) return original(commands);
      this.#report("validation", new GPUValidationError("made up: the commands are refused"));
    });
  }

  /** Makes the N-th call of a kind from now on fail, and all later ones too if that is to last. */
  arm(kind: FaultKind, n: number, lasting = false): void {
    this.#kind = kind;
    this.#left = n;
    this.#lasting = lasting;
  }

  /** Whether the fault that was asked for has come; no more faults from now on. */
  disarm(): boolean {
    const came = this.#kind !== "none" && this.#left <= 0;
    this.#kind = "none";
    return came;
  }

  #once<T>(what: unknown, make: () => T): T {
    const key = JSON.stringify(what);
    if (!this.#compiled.has(key)) this.#compiled.set(key, make());
    return this.#compiled.get(key) as T;
  }

  #fails(kind: FaultKind): boolean {
    if (kind !== this.#kind) return false;
    this.#left--;
    return this.#lasting ? this.#left <= 0 : this.#left === 0;
  }

  /** Tells an error to the innermost scope that takes it, or by an event. */
  #report(filter: GPUErrorFilter, error: GPUError): void {
    const scope = this.#scopes.findLast((scope) => scope.filter === filter);
    if (scope) scope.error ??= error;
    else {
      queueMicrotask(() =>
        this.#gpu.dispatchEvent(
          new GPUUncapturedErrorEvent("uncapturederror", { cancelable: true, error }),
        )
      );
    }
  }

  /** Makes something invalid without the device's own error. */
  #silently<T>(make: () => T): T {
    const { pushErrorScope, popErrorScope } = GPUDevice.prototype;
    pushErrorScope.call(this.#gpu, "validation");
    const made = make();
    popErrorScope.call(this.#gpu).catch(() => {});
    return made;
  }

  #replace<T extends object, K extends keyof T>(
    object: T,
    name: K,
    by: (original: T[K]) => T[K],
  ): void {
    const original = object[name] as T[K] & ((...args: unknown[]) => unknown);
    const bound = ((...args: unknown[]) => Reflect.apply(original, object, args)) as T[K];
    Object.defineProperty(object, name, { configurable: true, value: by(bound) });
  }
}

/** No buffer can be mapped both ways. */
const invalidUsage = GPUBufferUsage.MAP_READ | GPUBufferUsage.MAP_WRITE;
