/** How the operands are read: as texels, as vec4s of a buffer, or number by number. */
export const reads = ["texels", "vec4", "f32"] as const;

/** One of `reads`. */
export type Reads = typeof reads[number];

/**
 * Declares a result and a function `store_<name>(row, head, c, value)`, which takes four numbers of a
 * head and leaves out those past the head's end.
 */
export function declareResult(
  name: string,
  binding: number,
  columns: string,
  how: Reads,
): string {
  const at = `row * ${columns} + head * params.head`;
  const body = how === "f32"
    ? `for (var i = 0u; i < 4u && 4u * c + i < params.head; i++) {
    ${name}[${at} + 4u * c + i] = value[i];
  }`
    : `if (4u * c < params.head) {
    ${name}[(${at}) / 4u + c] = value;
  }`;
  return `@group(0) @binding(${binding}) var<storage, read_write> ${name}: array<${
    how === "f32" ? "f32" : "vec4f"
  }>;
fn store_${name}(row: u32, head: u32, c: u32, value: vec4f) {
  ${body}
}`;
}

/**
 * Declares operands and a function `load_<name>(row, head, c)` for each, which gives four numbers of
 * a head: those past the head's end are 0.
 *
 * @param operands By name: the columns of a row, and the column where the heads begin, as WGSL.
 */
export function declareOperands(
  operands: Readonly<Record<string, { columns: string; offset: string }>>,
  how: Reads,
): string {
  return Object.entries(operands).map(([name, { columns, offset }], i) => {
    const at = `row * ${columns} + ${offset} + head * params.head`;
    const declared = how === "texels"
      ? `var ${name}: texture_storage_2d<rgba32float, read>;`
      : `var<storage, read> ${name}: array<${how === "vec4" ? "vec4f" : "f32"}>;`;
    const body = how === "texels"
      ? `let i = (${at}) / 4u + c;
  return textureLoad(${name}, vec2u(i & 1023u, i >> 10u));`
      : how === "vec4"
      ? `return ${name}[(${at}) / 4u + c];`
      : `var four = vec4f();
  for (var i = 0u; i < 4u && 4u * c + i < params.head; i++) {
    four[i] = ${name}[${at} + 4u * c + i];
  }
  return four;`;
    const guard = how === "f32" ? "" : "if (4u * c >= params.head) { return vec4f(); }\n  ";
    return `@group(0) @binding(${i + 1}) ${declared}
fn load_${name}(row: u32, head: u32, c: u32) -> vec4f {
  ${guard}${body}
}`;
  }).join("\n\n");
}
