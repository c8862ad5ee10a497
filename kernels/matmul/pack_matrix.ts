import {
  type AdapterFacts,
  type AnyTensor,
  type Dispatch,
  elements,
  formatShape,
  type Packed,
  type Shader,
  type Shape,
  sizeAt,
  type TexelFormat,
  type Texture,
  type Weights,
} from "../../engine/mod.ts";
import { dispatchOnce } from "../../engine/dispatch_once.ts";
import { schedule } from "../schedule.ts";
import { grid } from "../grid.ts";
import panelPacker from "./pack_panel.wgsl" with { type: "text" };
import rowsPacker from "./pack_rows.wgsl" with { type: "text" };

/** How to pack a matrix. */
export interface PackOptions {
  /** The matrix is given as `[N, K]`, as PyTorch keeps the weights of a linear layer. */
  readonly transposed?: boolean;
  /** Halves take half the memory; sums are float32 all the same. */
  readonly store?: "f32" | "f16";
  /** The family to pack for; by default the one that suits the adapter. */
  readonly layout?: string;
  /** Pack it the other way round as well: gradients by what it is multiplied with go that way. */
  readonly differentiable?: boolean;
}

const panelShader: Shader = {
  name: "pack_panel.wgsl",
  source: panelPacker,
  flags: { FORMAT: ["rgba32float", "rgba16float"], TRANSPOSED: [false, true] },
};
const rowsShader: Shader = {
  name: "pack_rows.wgsl",
  source: rowsPacker,
  flags: { HALF: [false, true], TRANSPOSED: [false, true] },
};

/** Every shader that packs. */
export const packShaders = [panelShader, rowsShader] as const;

/** The most lines of a packed texture: what every device allows. */
const mostLines = 8192;

/** vec4s of columns that one lane of a panel holds: narrow matrices get narrow panels. */
function panelColumns4(n: number, lanes: number): 1 | 2 {
  return Math.ceil(n / 4) <= lanes ? 1 : 2;
}

/** How a matrix `[K, N]` lies in panels: see `pack_panel.wgsl`. */
export function panelLayout(k: number, n: number, lanes: number) {
  const columns4 = panelColumns4(n, lanes), panel = lanes * columns4;
  const panels = Math.ceil(Math.ceil(n / 4) / panel), steps = Math.ceil(k / 4);
  const fold = Math.ceil(panels * steps / mostLines);
  return {
    columns4,
    panel,
    panels,
    steps,
    fold,
    width: fold * 4 * panel,
    height: Math.ceil(panels / fold) * steps,
  };
}

/** The dispatch that packs `w` into panels or into rows, whichever kind of storage it is given. */
export function packDispatch(
  w: AnyTensor,
  packed: AnyTensor | Texture,
  [k, n]: readonly [number, number],
  transposed: boolean,
  adapter: AdapterFacts,
): Dispatch {
  if (packed.kind === "texture") {
    const { steps, panel, fold } = panelLayout(k, n, adapter.lanes);
    return {
      shader: panelShader,
      flags: { FORMAT: packed.format, TRANSPOSED: transposed },
      params: { rows: k, columns: n, steps, panel, fold },
      bindings: { w, packed },
      workgroups: [Math.ceil(packed.width / 64), packed.height],
    };
  }
  return {
    shader: rowsShader,
    flags: { HALF: packed.dtype === "f16", TRANSPOSED: transposed },
    params: { rows: k, columns: n },
    bindings: { w, packed },
    workgroups: grid(Math.ceil(k * Math.ceil(n / 4) / 64), schedule(adapter).widestGrid),
  };
}

/**
 * Loads a matrix `[K, N]` in the layout that the matmul of this adapter wants. Packing runs on the
 * device; on the host nothing is kept.
 */
export async function packMatrix(
  weights: Weights,
  label: string,
  shape: Shape,
  data: Float32Array<ArrayBuffer>,
  { transposed = false, store = "f32", layout, differentiable = false }: PackOptions = {},
): Promise<Packed> {
  const { device } = weights;
  if (shape.length !== 2 || data.length !== elements(shape)) {
    throw new TypeError(
      `Cannot pack "${label}": got ${data.length} numbers: wanted a matrix ${formatShape(shape)}`,
    );
  }
  const k = sizeAt(shape, 0), n = sizeAt(shape, 1);
  const family = layout ?? schedule(device.adapter).matmul;
  const { lanes } = device.adapter;
  const format: TexelFormat = store === "f16" ? "rgba16float" : "rgba32float";
  const { width, height } = panelLayout(k, n, lanes || 8);
  const storage = family === "panel"
    ? weights.texture(label, width, height, format)
    : weights.empty(label, [k, n + (-n & 3)], store);
  const source = { kind: "tensor", label, shape: [k, n], dtype: "f32" } as const;
  await dispatchOnce(device, packDispatch(source, storage, [k, n], transposed, device.adapter), {
    tensor: source,
    data,
  });
  const turned = differentiable
    ? await packMatrix(weights, `${label} turned`, [n, k], data, {
      ...{ transposed: !transposed, store },
      ...(layout === undefined ? {} : { layout }),
    })
    : undefined;
  return {
    kind: "packed",
    transposed: turned,
    layout: family,
    shape,
    label,
    storage,
    unpack: (raw) => family === "panel" ? unpackPanels(raw, k, n, lanes) : unpackRows(raw, k, n),
  };
}

function unpackPanels(raw: Float32Array, k: number, n: number, lanes: number): Float64Array {
  const { panel, steps, fold, width } = panelLayout(k, n, lanes);
  return Float64Array.from({ length: k * n }, (_, i) => {
    const row = Math.floor(i / n), column = i % n, texel = Math.floor(column / 4);
    const p = Math.floor(texel / panel);
    const x = p % fold * 4 * panel + row % 4 * panel + texel % panel;
    const y = Math.floor(p / fold) * steps + Math.floor(row / 4);
    return raw[(y * width + x) * 4 + column % 4] ?? NaN;
  });
}

function unpackRows(raw: Float32Array, k: number, n: number): Float64Array {
  const stride = n + (-n & 3);
  return Float64Array.from(
    { length: k * n },
    (_, i) => raw[Math.floor(i / n) * stride + i % n] ?? NaN,
  );
}
