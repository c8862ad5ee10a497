import type {
  AdapterFacts,
  AnyReference,
  Device,
  InputValues,
  Limits,
  Op,
  Plan,
  Recorder,
  Reference,
  Tensor,
} from "../engine/mod.ts";
import { elements, sizeAt } from "../engine/mod.ts";

/** Operands of a made-up operation. */
export interface FakeInputs {
  readonly x: Tensor;
}

type NoAttrs = Record<string, never>;

/** A made-up operation with its reference. */
type FakeOp = Op<FakeInputs, NoAttrs> & Omit<Reference<FakeInputs, NoAttrs>, "op">;

/** What a made-up operation may do unlike the others. */
export interface FakeOptions extends Partial<FakeOp> {
  /** What the reference computes for one element; `x + 1` if left out. */
  readonly wanted?: (x: number) => number;
  /** The whole WGSL text, instead of the usual one. */
  readonly source?: string;
}

/** The WGSL text of a kernel that computes `y[i]` from `x[i]`. */
export function fakeSource(expression: string): string {
  return `@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x;
  if (i < arrayLength(&y)) {
    y[i] = ${expression};
  }
}
`;
}

/** A made-up operation of one dispatch: `y[i]` is what the WGSL expression says. */
export function fakeOp(expression: string, options: FakeOptions = {}): FakeOp {
  const { wanted = (value: number) => value + 1, source, ...more } = options;
  return {
    name: "fake",
    infer: ({ x }) => [{ shape: x.shape, dtype: "f32" }],
    describe: ({ x }) => `N=${elements(x.shape)}`,
    lower: ({ inputs: { x }, outputs: [y], dispatch }) =>
      dispatch({
        shader: { name: "fake.wgsl", source: source ?? fakeSource(expression) },
        bindings: { x, y },
        workgroups: [Math.ceil((elements(x.shape) + 3) / 64)],
      }),
    reference: ({ x }: InputValues<FakeInputs>) => [{ shape: x.shape, data: x.data.map(wanted) }],
    cost: ({ x }) => ({ flops: elements(x.shape), bytes: 8 * elements(x.shape) }),
    roundings: () => 1,
    ...more,
  };
}

/** Records a made-up operation. */
export function fake(
  recorder: Recorder,
  x: Tensor,
  expression = "x[i] + 1.0",
  options: FakeOptions = {},
): Tensor {
  return recorder.apply(fakeOp(expression, options), { x }, {})[0];
}

/** What `compare()` is to know of a plan's made-up operations. */
export function fakeReferences({ applications }: Plan): AnyReference[] {
  return applications.flatMap(({ op }) =>
    "reference" in op ? [{ ...op as unknown as AnyReference, op }] : []
  );
}

/** A made-up operation that reads its operand as texels and copies them into a buffer. */
export const throughTexels = fakeOp("", {
  name: "through_texels",
  lower: ({ inputs: { x }, outputs: [y], texels, dispatch }) =>
    dispatch({
      shader: {
        name: "through_texels.wgsl",
        source: `@group(0) @binding(0) var x: texture_storage_2d<rgba32float, read>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let i = gid.x;
  if (i < arrayLength(&y)) {
    y[i] = textureLoad(x, vec2u(i & 1023u, i >> 10u));
  }
}
`,
      },
      bindings: { x: texels(x), y },
      workgroups: [Math.ceil(Math.ceil(sizeAt(x.shape, -1) / 4) / 64)],
    }),
  wanted: (value) => value,
  roundings: () => 0,
});

/** The same device with something else in place of some of its properties. */
export function deviceWith(
  device: Device,
  replaced: {
    adapter?: Partial<AdapterFacts>;
    limits?: Partial<Limits>;
    pool?: Pick<Device["pool"], "buffer" | "texture">;
  },
): Device {
  return new Proxy(device, {
    get(target, key) {
      if (key === "adapter") return { ...target.adapter, ...replaced.adapter };
      if (key === "limits") return { ...target.limits, ...replaced.limits };
      if (key === "pool" && replaced.pool) return replaced.pool;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Runs an action and gives back how often a method of the device's queue was called meanwhile. */
export async function countCalls(
  device: Device,
  method: "submit" | "writeBuffer",
  action: () => Promise<void> | void,
): Promise<number> {
  const { queue } = device.gpu;
  const original = queue[method] as (...args: unknown[]) => unknown;
  let calls = 0;
  Object.defineProperty(queue, method, {
    configurable: true,
    value: (...args: unknown[]) => {
      calls++;
      return Reflect.apply(original, queue, args);
    },
  });
  try {
    await action();
  } finally {
    Reflect.deleteProperty(queue, method);
  }
  return calls;
}

/** What a promise rejects with; fails if it does not. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error(`Wanted a rejection: got ${Deno.inspect(value, { depth: 0 })}`);
}

/** Runs another Deno, the one on PATH that tests may run, and gives what it wrote. */
export async function runDeno(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command("deno", {
    args,
    env: { NO_COLOR: "1", ...env },
    cwd: new URL("..", import.meta.url),
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
