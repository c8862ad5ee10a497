import { wgsl } from "wgsl-preprocessor";

/** A value that fills a `${NAME}` place of a kernel file, or decides an `#if ${NAME}`. */
export type Flag = boolean | number | string;

/** A kernel's source with the flags it can be built with. */
export interface Shader {
  /** The file it comes from, for messages: `layer_norm.wgsl`. */
  readonly name: string;
  /** The text of a `.wgsl` file, or a generator of such text for kernels that must be unrolled. */
  readonly source: string | ((flags: Readonly<Record<string, Flag>>) => string);
  /** Every flag with every value it can take: tests compile all combinations. */
  readonly flags?: Readonly<Record<string, readonly Flag[]>>;
  /** Combinations that make no sense and are never built. */
  readonly excludes?: (flags: Readonly<Record<string, Flag>>) => boolean;
}

/**
 * The WGSL text of a shader for some flags. `wgsl-preprocessor` is a template tag; splitting the
 * file at its `${NAME}` places gives the tag what it wants and leaves kernels as real files.
 */
export function expandShader(shader: Shader, flags: Readonly<Record<string, Flag>> = {}): string {
  const known = shader.flags ?? {};
  for (const [name, values] of Object.entries(known)) {
    const value = flags[name];
    if (value === undefined || !values.includes(value)) {
      throw new TypeError(
        `Cannot build ${shader.name}: flag ${name} is one of ${values.join(", ")}: got ${value}`,
      );
    }
  }
  for (const name of Object.keys(flags)) {
    if (!(name in known)) throw new TypeError(`Cannot build ${shader.name}: no flag ${name}`);
  }
  const text = typeof shader.source === "function" ? shader.source(flags) : shader.source;
  const parts = text.split(/\$\{(\w+)\}/);
  const values = parts.filter((_, i) => i % 2 === 1).map((name) => {
    const value = flags[name];
    if (value === undefined) {
      throw new TypeError(
        `Cannot build ${shader.name}: it asks for flag ${name}, which is not set`,
      );
    }
    return value;
  });
  return wgsl(parts.filter((_, i) => i % 2 === 0) as unknown as TemplateStringsArray, ...values);
}

/** Every combination of a shader's flags that makes sense. */
export function shaderVariants(shader: Shader): Record<string, Flag>[] {
  const combinations = Object.entries(shader.flags ?? {}).reduce<Record<string, Flag>[]>(
    (all, [name, values]) =>
      all.flatMap((flags) => values.map((value) => ({ ...flags, [name]: value }))),
    [{}],
  );
  return combinations.filter((flags) => !shader.excludes?.(flags));
}
