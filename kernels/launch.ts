import {
  type AnyTensor,
  bytesPerElement,
  type Cost,
  type DType,
  elements,
  type Flag,
  type Inputs,
  type Lowering,
  type Op,
  type OperandDeclaration,
  type OperandForm,
  presentInputs,
  type Shader,
} from "../engine/mod.ts";
import { schedule } from "./schedule.ts";

/** An operation with every shader that it can dispatch. */
export interface LaunchedOp<I extends Inputs, A, D extends DType = "f32"> extends Op<I, A, D> {
  /** For the tests that compile them in all variants. */
  readonly shaders: readonly Shader[];
}

/**
 * Operands of a kernel with their element types in the WGSL. `E` is `vec4f` or `f32`, as the sizes
 * allow (and as the flag VEC4 says). An optional operand has a question mark, and reads as 0 where it
 * is left out: `{ x: "E", "residual?": "E" }`. Other types that follow VEC4 are written `vec4u|u32`.
 */
export type Elements = Readonly<Record<string, string>>;

/** The WGSL of a kernel and the operands that it reads and writes. */
export interface LaunchedShader {
  readonly name: string;
  /** The WGSL. Its `struct Params`, if any, holds what the kernel adds to the launcher's fields. */
  readonly source: string;
  /** What it reads, through `x_at(i)`. */
  readonly reads: Elements;
  /** What it writes, through `set_y(i, value)`; `y`, of `E`, if left out. */
  readonly writes?: Elements;
  /** Flags of its own, with all their values. */
  readonly flags?: Readonly<Record<string, readonly Flag[]>>;
  /** Whether `E` is `vec4f`: always, or `sometimes`; it is `f32` if left out. */
  readonly vec4?: Rule<never, never> | "sometimes";
  /** Whether its operands of `E` may be textures. */
  readonly texels?: Rule<never, never>;
}

/** What both launchers want to know of an operation. */
export interface Launched<I extends Inputs, A, D extends DType>
  extends LaunchedShader, Omit<Op<I, A, D>, "lower" | "cost" | "name"> {
  /** The values of its own flags. */
  flagsFor?(inputs: I, attrs: A): Readonly<Record<string, Flag>>;
  /** Whether `E` is `vec4f`: always, or by the sizes; it is `f32` if left out. */
  readonly vec4?: Rule<I, A>;
  /** Whether it reads enough to copy its operands of `E` into textures, on adapters that want it. */
  readonly texels?: Rule<I, A>;
  /** Its fields of `struct Params`; `per` is how many numbers an `E` holds. */
  params?(inputs: I, attrs: A, per: 1 | 4): Readonly<Record<string, number>>;
  /** Tables that are uploaded once, when the plan is built, by the names under which it reads them. */
  tables?(attrs: A): Readonly<Record<string, Float32Array<ArrayBuffer>>>;
  /** Floating-point operations for each element of the first operand; 0 if left out. */
  readonly flops?: number | ((inputs: I, attrs: A) => number);
  /** What a run costs, where not every operand is read once and every result written once. */
  cost?(inputs: I, attrs: A): Cost;
}

type Rule<I, A> = boolean | ((inputs: I, attrs: A) => boolean);

/** A launcher's part of a shader. */
interface Launcher {
  /** WGSL in front of the kernel's. */
  readonly prelude: string;
  /** Fields of `struct Params` in front of the kernel's. */
  readonly fields: string;
  /** The launcher's own flags. */
  readonly flags?: Readonly<Record<string, readonly Flag[]>>;
}

/** A kernel's WGSL with more fields in front of those of its `struct Params`, if it has one. */
export function withFields(source: string, fields: string): string {
  const open = /struct Params \{\n/;
  return open.test(source)
    ? source.replace(open, `struct Params {\n${fields}`)
    : `struct Params {\n${fields}}\n\n${source}`;
}

/** What `E` is, and the sum of its numbers. */
function elementHeader(vec4: boolean): string {
  return `alias E = ${vec4 ? "vec4f" : "f32"};
fn total(v: E) -> f32 {
  return ${vec4 ? "(v.x + v.y) + (v.z + v.w)" : "v"};
}
`;
}

/** `E` goes by the flag VEC4; another such letter, say `X`, by the kernel's own flag X_VEC4. */
const isLetter = (element: string) => /^[A-Z]$/.test(element);

function elementType(element: string): OperandDeclaration["element"] {
  const [four = "", one] = isLetter(element) ? ["vec4f", "f32"] : element.split("|");
  if (one === undefined) return four;
  const flag = isLetter(element) && element !== "E" ? `${element}_VEC4` : "VEC4";
  return (flags) => flags[flag] ? four : one;
}

/** The shader of a kernel behind a launcher. */
export function launchedShader(kernel: LaunchedShader, launcher: Launcher): Shader {
  const { name, source, reads, writes = { y: "E" }, vec4, texels } = kernel;
  const operands: Record<string, OperandDeclaration> = {};
  const choices: string[] = [];
  for (const [key, element] of Object.entries(reads)) {
    const forms: OperandForm[] = ["buffer"], operand = key.replace("?", "");
    if (isLetter(element) && texels) {
      forms.push("texels");
      choices.push(operand);
    }
    if (key.endsWith("?")) forms.push("absent");
    operands[operand] = { access: "read", element: elementType(element), forms };
  }
  for (const [key, element] of Object.entries(writes)) {
    operands[key] = { access: "write", element: elementType(element) };
  }
  const wgsl = launcher.prelude + withFields(source, launcher.fields);
  return {
    name: `${name}.wgsl`,
    source: ({ VEC4 }) => elementHeader(VEC4 === true) + wgsl,
    flags: {
      ...(vec4 ? { VEC4: vec4 === true ? [true] : [true, false] } : {}),
      ...launcher.flags,
      ...kernel.flags,
    },
    // Operands are read as texels all at once or not at all.
    excludes: (flags) => {
      const forms = choices.map((key) => flags[key]).filter((form) => form !== "absent");
      return new Set(forms).size > 1;
    },
    operands,
  };
}

/** Flags, parameters and operands of one use of a kernel. */
export function bindOperands<I extends Inputs, A, D extends DType>(
  kernel: Launched<I, A, D>,
  { inputs, outputs, attrs, adapter, texels, constant }: Lowering<I, A, D>,
) {
  const { reads, writes = { y: "E" } } = kernel;
  const holds = (rule: Rule<I, A> = false) =>
    typeof rule === "function" ? rule(inputs, attrs) : rule;
  const vec4 = holds(kernel.vec4);
  const asTexels = vec4 && holds(kernel.texels) && schedule(adapter).readTexels;
  const given = presentInputs(inputs).map(([key, operand]) => {
    const element = reads[key] ?? reads[`${key}?`] ?? "";
    return [key, asTexels && isLetter(element) ? texels(operand as AnyTensor) : operand];
  });
  const tables = Object.entries(kernel.tables?.(attrs) ?? {})
    .map(([key, data]) => [key, constant(key, data)]);
  const results = Object.keys(writes).map((key, i) => [key, outputs[i]]);
  return {
    per: vec4 ? 4 as const : 1 as const,
    flags: { ...(kernel.vec4 ? { VEC4: vec4 } : {}), ...kernel.flagsFor?.(inputs, attrs) },
    params: kernel.params?.(inputs, attrs, vec4 ? 4 : 1) ?? {},
    bindings: Object.fromEntries([...given, ...tables, ...results]),
  };
}

/** Every operand read once, every result written once, and `flops` operations an element. */
export function costOf<I extends Inputs, A, D extends DType>(
  kernel: Launched<I, A, D>,
  inputs: I,
  attrs: A,
): Cost {
  if (kernel.cost) return kernel.cost(inputs, attrs);
  const operands = presentInputs(inputs).map(([, operand]) => operand as AnyTensor);
  const [first] = operands as [AnyTensor];
  const each = typeof kernel.flops === "function" ? kernel.flops(inputs, attrs) : kernel.flops ?? 0;
  return {
    flops: each * elements(first.shape),
    bytes: [...operands, ...kernel.infer(inputs, attrs)]
      .reduce((sum, { shape, dtype }) => sum + bytesPerElement[dtype] * elements(shape), 0),
  };
}
