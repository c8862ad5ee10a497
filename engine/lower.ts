import type { AdapterFacts } from "./adapter.ts";
import { checkLimit, type Limits } from "./limits.ts";
import type { Cost, Dispatch, Spec } from "./op.ts";
import { type Program, program } from "./pipelines.ts";
import type { Application, Constant } from "./recorder.ts";
import type { Binding } from "./reflect.ts";
import { elementOf, type OperandForm } from "./shader.ts";
import { type AnyTensor, tensorBytes, type Texture, textureFor } from "./tensor.ts";

/** One dispatch of a plan, before memory is given to it. */
export interface Step {
  /** The label of the application it belongs to, and which one that is. */
  readonly label: string;
  readonly application: number;
  readonly program: Program;
  readonly bindings: readonly { readonly binding: Binding; readonly to: AnyTensor | Texture }[];
  /** The bytes of `struct Params`. */
  readonly params: Uint8Array<ArrayBuffer>;
  readonly workgroups: readonly [number, number, number];
  /** Tensors that must be copied into textures before it. */
  readonly copies: readonly TexelCopy[];
  /** The whole cost of the application, on its last step; zero on the others. */
  readonly cost: Cost;
}

/** A tensor and the texture that holds the same numbers. */
export interface TexelCopy {
  readonly from: AnyTensor;
  readonly to: Texture;
}

/**
 * Turns recorded applications into dispatches, and checks every one against the device's limits; gives
 * these and the tables that they need.
 */
export function lowerApplications(
  applications: readonly Application[],
  adapter: AdapterFacts,
  limits: Limits,
  wayOf: (application: Application) => string | undefined = () => undefined,
) {
  const steps: Step[] = [];
  const constants: Constant[] = [];
  const twins = new Map<AnyTensor, Texture>();
  let copies: TexelCopy[] = [];
  for (const [index, application] of applications.entries()) {
    const { op, inputs, outputs, attrs, label } = application;
    const from = steps.length;
    const tensor = (name: string, { shape, dtype }: Spec): AnyTensor => ({
      ...{ kind: "tensor", label: `${label}.${name}`, shape, dtype },
    });
    op.lower({
      inputs,
      outputs,
      attrs,
      adapter,
      way: wayOf(application),
      dispatch: (dispatch) => {
        const step = lowerDispatch(dispatch, label, adapter, limits);
        steps.push({ ...step, application: index, copies });
        copies = [];
      },
      texels: (from) => {
        const known = twins.get(from);
        if (known) return known;
        const to = texelTwin(from, limits);
        twins.set(from, to);
        copies.push({ from, to });
        return to;
      },
      scratch: tensor,
      scratchTexture: (name, width, height, format) => {
        const what = `${label}.${name}`;
        checkLimit(limits, "maxTextureDimension2D", Math.max(width, height), what, "texture size");
        return { kind: "texture", label: what, width, height, format };
      },
      constant: (name, data) => {
        const dtype = data instanceof Float32Array ? "f32" : "i32";
        const table = tensor(name, { shape: [data.length], dtype });
        constants.push({ tensor: table, data });
        return table;
      },
    });
    const last = steps.pop();
    if (last === undefined || steps.length < from) {
      throw new TypeError(`Cannot run ${label}: it has no dispatch`);
    }
    steps.push({ ...last, cost: op.cost(inputs, attrs) });
  }
  return { steps, constants };
}

function texelTwin(tensor: AnyTensor, limits: Limits): Texture {
  const [width, height] = textureFor(tensorBytes(tensor) / 16);
  checkLimit(limits, "maxTextureDimension2D", height, tensor.label, "the height of its texture");
  return {
    kind: "texture",
    label: `${tensor.label} as texels`,
    width,
    height,
    format: "rgba32float",
  };
}

/** One dispatch, checked. */
export function lowerDispatch(
  dispatch: Dispatch,
  label: string,
  adapter: AdapterFacts,
  limits: Limits,
): Step {
  const built = program(
    dispatch.shader,
    { ...dispatch.flags, ...operandForms(dispatch) },
    dispatch.constants ?? {},
    limits,
    adapter.subgroupDirective,
  );
  const [x, y = 1, z = 1] = dispatch.workgroups;
  for (const count of [x, y, z]) {
    checkLimit(
      limits,
      "maxComputeWorkgroupsPerDimension",
      count,
      label,
      "the number of workgroups",
    );
  }
  return {
    label,
    application: 0,
    program: built,
    bindings: matchBindings(dispatch, built, label, limits),
    params: packParams(dispatch.params ?? {}, built, label),
    workgroups: [x, y, z],
    copies: [],
    cost: { flops: 0, bytes: 0 },
  };
}

/** The form of each operand that the engine declares, by what is bound. */
function operandForms({ shader, flags = {}, bindings }: Dispatch): Record<string, OperandForm> {
  return Object.fromEntries(
    Object.entries(shader.operands ?? {}).map(([name, operand]) => {
      const to = bindings[name];
      if (to === undefined) return [name, "absent"];
      if (to.kind === "texture") return [name, "texels"];
      // A kernel may take halves as the words that they lie in.
      const asWords = /u/.test(elementOf(operand, flags));
      return [name, to.dtype === "f16" && !asWords ? "halves" : "buffer"];
    }),
  );
}

function matchBindings(
  { bindings: given }: Dispatch,
  { reflection, name }: Program,
  label: string,
  limits: Limits,
): Step["bindings"] {
  const wanted = reflection.bindings.filter(({ kind }) => kind !== "uniform");
  const surplus = Object.keys(given).find((key) =>
    given[key] !== undefined && !wanted.some((binding) => binding.name === key)
  );
  if (surplus) throw new TypeError(`Cannot run ${label}: ${name} has no binding "${surplus}"`);
  return wanted.map((binding) => {
    const to = given[binding.name];
    const wantsTexture = binding.kind.startsWith("texture");
    if (to === undefined || (to.kind === "texture") !== wantsTexture) {
      throw new TypeError(
        `Cannot run ${label}: ${name} wants a ${wantsTexture ? "texture" : "buffer"} for ` +
          `"${binding.name}": got ${to?.kind ?? "nothing"}`,
      );
    }
    if (to.kind === "tensor") {
      checkLimit(
        limits,
        "maxStorageBufferBindingSize",
        tensorBytes(to),
        label,
        `the size of "${binding.name}" in bytes`,
      );
    }
    return { binding, to };
  });
}

function packParams(
  given: Readonly<Record<string, number>>,
  { reflection, name }: Program,
  label: string,
): Uint8Array<ArrayBuffer> {
  const surplus = Object.keys(given).find((key) =>
    !reflection.params.some((field) => field.name === key)
  );
  if (surplus) throw new TypeError(`Cannot run ${label}: ${name} has no parameter "${surplus}"`);
  const bytes = new Uint8Array(Math.ceil(reflection.params.length / 4) * 16);
  const view = new DataView(bytes.buffer);
  for (const [i, field] of reflection.params.entries()) {
    const value = given[field.name];
    if (value === undefined) {
      throw new TypeError(`Cannot run ${label}: ${name} wants parameter "${field.name}"`);
    }
    if (field.type === "f32") view.setFloat32(4 * i, value, true);
    else if (field.type === "u32") view.setUint32(4 * i, value, true);
    else view.setInt32(4 * i, value, true);
  }
  return bytes;
}
