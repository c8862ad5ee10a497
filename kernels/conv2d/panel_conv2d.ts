import type { Lowering, Shader } from "../../engine/mod.ts";
import { elements, sizeAt } from "../../engine/mod.ts";
import activationFunctions from "../activation/activation_functions.wgsl" with { type: "text" };
import { lines } from "../matmul/accumulators.ts";
import { packDispatch, panelLayout } from "../matmul/pack_matrix.ts";
import { type PanelReading, panelSource } from "../matmul/panel.ts";
import storeSource from "../matmul/store.wgsl" with { type: "text" };
import { panelRows } from "../schedule.ts";
import type { Tensors } from "../shapes.ts";
import type { windowParams } from "./window.ts";

/**
 * A convolution as the panel product of software adapters: a pixel of the result is a row, and a step
 * takes four channels of one pixel of its window. The rows are read where they lie in the image, and
 * texels outside it count as zeros; written out as a matrix they would be as many times as large as a
 * window has pixels.
 */
function rowsOfWindows(groups: number, lanes: number): PanelReading {
  const each = (line: (g: number) => string) => lines(groups, line);
  return {
    fields: `  height: u32,
  width: u32,
  channels4: u32, // of x
  out_height: u32,
  out_width: u32,
  window_height: u32,
  window_width: u32,
  stride: u32,
  top: u32, // padding above
  left: u32,
`,
    // A row or column before the image's first is a huge number without its sign.
    begin: each((g) =>
      `  let pixel${g} = min(row0 + ${g * lanes}u + lane, params.m - 1u);
  let line${g} = pixel${g} / params.out_width;
  let image${g} = line${g} / params.out_height;
  let top${g} = (line${g} - image${g} * params.out_height) * params.stride - params.top;
  let left${g} = (pixel${g} - line${g} * params.out_width) * params.stride - params.left;`
    ) +
      "\n  var step = 0u;",
    open: `  for (var p = 0u; p < params.window_height; p++) {
${
      each((g) =>
        `  let row${g} = top${g} + p;
  let from${g} = (image${g} * params.height + row${g}) * params.width;`
      )
    }
  for (var q = 0u; q < params.window_width; q++) {
${
      each((g) =>
        `  let column${g} = left${g} + q;
  let inside${g} = row${g} < params.height && column${g} < params.width;
  let at${g} = select(0u, (from${g} + column${g}) * params.channels4, inside${g});`
      )
    }
  for (var c = 0u; c < params.channels4; c++) {`,
    texel: (g) => `
    let near${g} = textureLoad(staged, vec2u((at${g} + c) & 1023u, (at${g} + c) >> 10u));
    let x${g} = select(vec4f(), near${g}, inside${g});`,
    close: "    step++;\n  }\n  }\n  }",
  };
}

/** The convolution of software adapters. */
export const panelConvolutionShader: Shader = {
  name: "panel_conv2d.ts",
  source: (flags) => activationFunctions + storeSource + panelSource(flags, rowsOfWindows),
  flags: {
    LANES: [4, 8, 16],
    ROWS: [8, 16, 20],
    COLUMNS4: [1, 2],
    FORMAT: ["rgba32float"],
    BIAS: [true],
    RESIDUAL: [false],
    RESIDUAL_TEXELS: [false],
    ACTIVATION: ["none", "relu"],
    Y_VEC4: [true, false],
  },
};

/** Records a convolution of whole texels by panels. */
export function lowerPanelConvolution(
  job: Pick<
    Lowering<Tensors<"x" | "weight" | "bias">, unknown, "f32">,
    "inputs" | "outputs" | "adapter" | "dispatch" | "texels" | "scratchTexture"
  >,
  activation: "none" | "relu",
  { pixels, channels, out_channels: n, ...window }: ReturnType<typeof windowParams>,
): void {
  const { inputs: { x, weight, bias }, outputs: [y], adapter, dispatch } = job;
  const { lanes } = adapter, k = elements(weight.shape) / sizeAt(weight.shape, -1);
  const layout = panelLayout(k, n, lanes), rows = panelRows(pixels, false);
  const packed = job.scratchTexture("w", layout.width, layout.height, "rgba32float");
  dispatch(packDispatch(weight, packed, [k, n], false, adapter));
  dispatch({
    shader: panelConvolutionShader,
    flags: {
      LANES: lanes,
      ROWS: rows,
      COLUMNS4: layout.columns4,
      FORMAT: packed.format,
      BIAS: true,
      RESIDUAL: false,
      RESIDUAL_TEXELS: false,
      ACTIVATION: activation,
      Y_VEC4: n % 4 === 0,
    },
    params: {
      m: pixels,
      k4: layout.steps,
      n,
      first: 0,
      fold: layout.fold,
      channels4: channels / 4,
      ...window,
    },
    bindings: { staged: job.texels(x), packed, y, bias },
    workgroups: [Math.ceil(pixels / rows), layout.panels],
  });
}
