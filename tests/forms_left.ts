import { type AdapterFacts, type Flags, type Shader, shaderVariants } from "../engine/mod.ts";
import { settle } from "./variants.ts";

/**
 * Forms that no case can reach on an adapter of so many lanes, with the reason. Everything else that a shader
 * can be built with is executed by a case, in any two settings together: all combinations would be thousands.
 */
const unreachable = (lanes: number): Readonly<Record<string, RegExp>> => {
  // An adapter has one number of lanes. lanes_test.ts runs those of the others.
  const others = `LANES=(?!${lanes}\\b)`;
  return {
    // 20 rows with a residual, and 32 rows, run where they were measured to be faster: tune_test.ts
    // runs both.
    "panel.ts": new RegExp(`${others}|ROWS=32|ROWS=20 RESIDUAL(_TEXELS)?=true`),
    "panel_conv2d.ts": new RegExp(others),
    "subgroup.wgsl": new RegExp(others),
    // The larger tiles are for large products; matmul_tiles_test.ts runs each on smaller ones.
    "tile.ts": /TILE=(128x128|64x128|64x64)/,
    // Weights are packed before anything is recorded, by the same shaders for float32 and halves.
    "pack_panel.wgsl": /rgba16float/,
    "pack_rows.wgsl": /HALF=true/,
  };
};

/** `BIAS=true HALF=false`: every two settings of a variant, and each alone. */
function pairsOf(flags: Flags): string[] {
  const settings = Object.entries(flags).map(([name, value]) => `${name}=${value}`);
  return settings.flatMap((a, i) => [a, ...settings.slice(i + 1).map((b) => `${a} ${b}`)]);
}

type Adapter = Pick<AdapterFacts, "lanes" | "subgroupDirective">;

/** A shader's settings, any two together, by the programs that have them; a shader without any is one form. */
function formsOf(shader: Shader, { subgroupDirective }: Adapter): Map<string, string[]> {
  return new Map(
    shaderVariants(shader).map((flags) => [
      settle(shader, flags, subgroupDirective).code,
      ["", ...pairsOf(flags)],
    ]),
  );
}

/** Keeps account of which forms of some shaders are executed. */
export class FormsLeft {
  readonly #adapter: Adapter;
  readonly #forms: ReadonlyMap<Shader, ReadonlyMap<string, string[]>>;
  readonly #executed = new Set<string>();
  readonly #got = new Map<Shader, Set<string>>();

  /** All are left. */
  constructor(shaders: readonly Shader[], adapter: Adapter) {
    this.#adapter = adapter;
    this.#forms = new Map(shaders.map((shader) => [shader, formsOf(shader, adapter)]));
    for (const shader of shaders) this.#got.set(shader, new Set());
  }

  /** Counts a program as executed; true where it has a form that none had before. */
  add(code: string): boolean {
    let isNew = false;
    for (const [shader, forms] of this.#forms) {
      const got = this.#got.get(shader);
      for (const form of forms.get(code) ?? []) {
        isNew ||= got?.has(form) === false;
        got?.add(form);
      }
    }
    this.#executed.add(code);
    return isNew;
  }

  /** What is left of a shader, but for what no case can reach, and how many of its programs ran. */
  of(shader: Shader): { missing: string[]; reached: number; variants: number } {
    const forms = this.#forms.get(shader) ?? new Map<string, string[]>();
    const all = new Set([...forms.values()].flat()), got = this.#got.get(shader);
    return {
      missing: [...all]
        .filter((form) => !got?.has(form))
        .filter((form) => !unreachable(this.#adapter.lanes)[shader.name]?.test(form))
        .map((form) => `${shader.name} ${form}`.trim()),
      reached: [...forms.keys()].filter((code) => this.#executed.has(code)).length,
      variants: shaderVariants(shader).length,
    };
  }
}
