/** What a kernel binds, read from its WGSL. */
export interface Binding {
  readonly index: number;
  readonly name: string;
  readonly kind: "uniform" | "read" | "write" | "texture_read" | "texture_write";
  /** Texel format of a texture binding. */
  readonly format?: GPUTextureFormat;
}

/** What the engine needs to know of a kernel, read from its WGSL so that it is written only once. */
export interface Reflection {
  readonly bindings: readonly Binding[];
  /** The fields of `struct Params`, in order. */
  readonly params: readonly { readonly name: string; readonly type: "u32" | "i32" | "f32" }[];
  /** Names of the `override` constants. */
  readonly overrides: readonly string[];
  /** `@workgroup_size` as written, one expression an axis. */
  readonly workgroupSize: readonly string[];
  /** Workgroup variables: bytes of one element and the length as written. */
  readonly workgroupArrays: readonly { readonly bytes: number; readonly length: string }[];
  /** `const` values at module scope, for the expressions above. */
  readonly constants: Readonly<Record<string, number>>;
}

const scalarBytes: Readonly<Record<string, number>> = {
  f32: 4,
  u32: 4,
  i32: 4,
  vec2f: 8,
  vec4f: 16,
};

/** Scalars of `struct Params` that one step of the uniform buffer's dynamic offset holds. */
const mostParams = 64;

/**
 * Reads the declarations of a kernel written in our one style: a single `@group(0)`, a
 * `struct Params` of scalars, one entry point `main`. Comments are ignored.
 */
export function reflect(code: string, name: string): Reflection {
  const text = code.replace(/\/\/[^\n]*/g, "");
  const bindings = [
    ...text.matchAll(
      /@group\(0\)\s*@binding\((\d+)\)\s*var\s*(?:<([^>]+)>)?\s*(\w+)\s*:\s*([^;]+);/g,
    ),
  ].map((match): Binding => {
    const [, index = "", space = "", variable = "", type = ""] = match;
    const base = { index: Number(index), name: variable };
    const texture = type.match(/texture_storage_2d\s*<\s*(\w+)\s*,\s*(read|write)\s*>/);
    if (texture) {
      return {
        ...base,
        kind: texture[2] === "read" ? "texture_read" : "texture_write",
        format: texture[1] as GPUTextureFormat,
      };
    }
    if (space === "uniform") return { ...base, kind: "uniform" };
    return { ...base, kind: /read_write/.test(space) ? "write" : "read" };
  });
  const struct = text.match(/struct\s+Params\s*\{([^}]*)\}/)?.[1] ?? "";
  const params = [...struct.matchAll(/(\w+)\s*:\s*(\w+)/g)].map(([, field = "", type = ""]) => {
    if (type !== "u32" && type !== "i32" && type !== "f32") {
      throw new TypeError(
        `Cannot read ${name}: params.${field} must be u32, i32 or f32: got ${type}`,
      );
    }
    return { name: field, type } as const;
  });
  if (params.length > mostParams) {
    throw new TypeError(
      `Cannot read ${name}: struct Params has ${params.length} fields: at most ${mostParams} fit`,
    );
  }
  const size = text.match(/@workgroup_size\(([^)]*)\)/)?.[1];
  if (size === undefined) throw new SyntaxError(`Cannot read ${name}: it has no @workgroup_size`);
  const arrays = [
    ...text.matchAll(/var\s*<\s*workgroup\s*>\s*\w+\s*:\s*([^;]+);/g),
  ].map(([, type = ""]) => {
    // Whatever is not understood is refused: its memory would not be counted against the limit.
    let element = type.trim();
    const lengths: string[] = [];
    for (let array; (array = element.match(/^array\s*<\s*(.+)\s*,\s*([^<>,]+?),?\s*>$/s));) {
      element = (array[1] as string).trim();
      lengths.push(array[2] as string);
    }
    const length = lengths.length > 0 ? lengths.join(" * ") : "1";
    const bytes = scalarBytes[element];
    if (bytes === undefined || lengths.length > 1 && length.includes("+")) {
      throw new TypeError(`Cannot read ${name}: workgroup memory of ${type.trim()} is not known`);
    }
    return { bytes, length };
  });
  const constants = Object.fromEntries(
    [...text.matchAll(/^\s*const\s+(\w+)\s*(?::\s*\w+)?\s*=\s*(\d+)u?\s*;/gm)]
      .map(([, key = "", value = ""]) => [key, Number(value)]),
  );
  return {
    bindings,
    params,
    overrides: [...text.matchAll(/\boverride\s+(\w+)/g)].map(([, key = ""]) => key),
    workgroupSize: size.split(",").map((part) => part.trim()).filter((part) => part !== ""),
    workgroupArrays: arrays,
    constants,
  };
}

/** The value of a size expression made of numbers, names, `+` and `*`. */
export function evaluateSize(
  expression: string,
  names: Readonly<Record<string, number>>,
): number {
  return expression.split("+").reduce(
    (sum, term) =>
      sum + term.split("*").reduce((product, factor) => {
        const word = factor.trim();
        const value = /^\d+u?$/.test(word) ? parseInt(word) : names[word];
        if (value === undefined) {
          throw new TypeError(`Cannot evaluate size "${expression}": ${word} is not known`);
        }
        return product * value;
      }, 1),
    0,
  );
}
