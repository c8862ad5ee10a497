import { wgsl } from "wgsl-preprocessor";

/** A value that fills a `${NAME}` place of a kernel file, or decides an `#if ${NAME}`. */
export type Flag = boolean | number | string;

/** Settings of a shader: its flags, and the forms of its operands under their names. */
export type Flags = Readonly<Record<string, Flag>>;

/**
 * How an operand is stored: a buffer of its element type, a texture with the same numbers four to a
 * texel, a buffer of 16-bit floats, or not at all (an optional operand that was left out reads as 0).
 */
export type OperandForm = "buffer" | "texels" | "halves" | "absent";

/** An operand that the engine declares and writes accessors for. */
export interface OperandDeclaration {
  /** Whether the kernel gets `x_at(i)` or `set_x(i, value)`. */
  readonly access: "read" | "write";
  /** The WGSL type of an element; it may depend on the shader's flags. */
  readonly element: string | ((flags: Flags) => string);
  /** The forms that it may have; only a buffer if left out. */
  readonly forms?: readonly OperandForm[] | undefined;
}

/** A kernel's source with the flags it can be built with. */
export interface Shader {
  /** The file it comes from, for messages: `layer_norm.wgsl`. */
  readonly name: string;
  /** The text of a `.wgsl` file, or a generator of such text for kernels that must be unrolled. */
  readonly source: string | ((flags: Flags) => string);
  /** Every flag with every value it can take: tests compile all combinations. */
  readonly flags?: Readonly<Record<string, readonly Flag[]>>;
  /** Combinations that make no sense and are never built. */
  readonly excludes?: (flags: Flags) => boolean;
  /**
   * Operands that the source reads and writes through accessors only, in the order of their
   * bindings. The engine declares them (and `params`, at binding 0, if there is a `struct Params`).
   */
  readonly operands?: Readonly<Record<string, OperandDeclaration>>;
}

/**
 * The WGSL text of a shader for some flags. `wgsl-preprocessor` is a template tag; splitting the
 * file at its `${NAME}` places gives the tag what it wants and leaves kernels as real files.
 */
export function expandShader(shader: Shader, flags: Flags = {}): string {
  const known = shader.flags ?? {}, operands = shader.operands ?? {};
  for (const [name, values] of Object.entries(known)) {
    const value = flags[name];
    if (value === undefined || !values.includes(value)) {
      throw new TypeError(
        `Cannot build ${shader.name}: flag ${name} is one of ${values.join(", ")}: got ${value}`,
      );
    }
  }
  for (const [name, operand] of Object.entries(operands)) {
    const form = formOf(name, operand, flags), forms = formsOf(operand);
    if (!forms.includes(form)) {
      throw new TypeError(
        `Cannot build ${shader.name}: operand ${name} is one of ${forms.join(", ")}: got ${form}`,
      );
    }
  }
  for (const name of Object.keys(flags)) {
    if (!(name in known) && !(name in operands)) {
      throw new TypeError(`Cannot build ${shader.name}: no flag ${name}`);
    }
  }
  const source = typeof shader.source === "function" ? shader.source(flags) : shader.source;
  const text = shader.operands ? declareOperands(operands, source, flags) + source : source;
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

/** Every combination of a shader's flags and of its operands' forms that makes sense. */
export function shaderVariants(shader: Shader): Record<string, Flag>[] {
  const operands = Object.entries(shader.operands ?? {});
  const choices = operands.map(([name, operand]) => [name, formsOf(operand)] as const)
    .filter(([, forms]) => forms.length > 1);
  const combinations = [...Object.entries(shader.flags ?? {}), ...choices].reduce<
    Record<string, Flag>[]
  >(
    (all, [name, values]) =>
      all.flatMap((flags) => values.map((value) => ({ ...flags, [name]: value }))),
    [{}],
  );
  // A texel is four numbers.
  const fits = (flags: Flags) =>
    operands.every(([name, operand]) =>
      formOf(name, operand, flags) !== "texels" || elementOf(operand, flags) === "vec4f"
    );
  return combinations.filter((flags) => fits(flags) && !shader.excludes?.(flags));
}

function formsOf({ forms }: OperandDeclaration): readonly OperandForm[] {
  return forms ?? ["buffer"];
}

function formOf(name: string, operand: OperandDeclaration, flags: Flags): OperandForm {
  return (flags[name] ?? formsOf(operand)[0]) as OperandForm;
}

/** The WGSL type of an operand's element, for some flags. */
export function elementOf({ element }: OperandDeclaration, flags: Flags): string {
  return typeof element === "function" ? element(flags) : element;
}

/** The declarations of a shader's operands and their accessors, for one choice of forms. */
function declareOperands(
  operands: NonNullable<Shader["operands"]>,
  source: string,
  flags: Flags,
): string {
  const params = /\bstruct Params\b/.test(source)
    ? "@group(0) @binding(0) var<uniform> params: Params;\n"
    : "";
  return Object.entries(operands).reduce((text, [name, operand], i) => {
    const element = elementOf(operand, flags), form = formOf(name, operand, flags);
    const binding = `@group(0) @binding(${i + 1}) var`;
    if (operand.access === "write") {
      return `${text}${binding}<storage, read_write> ${name}: array<${element}>;
fn set_${name}(i: u32, value: ${element}) {
  ${name}[i] = value;
}
`;
    }
    const [type, value] = storedAs(form, name, element);
    return `${text}${type === "" ? "" : `${binding}${type};\n`}fn ${name}_at(i: u32) -> ${element} {
  return ${value};
}
`;
  }, params);
}

/** How an operand is declared after `var`, and the expression for its element `i`. */
function storedAs(form: OperandForm, name: string, element: string): [string, string] {
  const buffer = (stored: string) => `<storage, read> ${name}: array<${stored}>`;
  switch (form) {
    case "absent":
      return ["", `${element}()`];
    case "texels":
      // See texelsPerLine.
      return [
        ` ${name}: texture_storage_2d<rgba32float, read>`,
        `textureLoad(${name}, vec2u(i & 1023u, i >> 10u))`,
      ];
    case "halves":
      return element === "f32" ? [buffer("u32"), `unpack2x16float(${name}[i >> 1u])[i & 1u]`] : [
        buffer("vec2u"),
        `vec4f(unpack2x16float(${name}[i].x), unpack2x16float(${name}[i].y))`,
      ];
    default:
      return [buffer(element), `${name}[i]`];
  }
}
