/**
 * Writes out the loops over `c` of a kernel and makes variables of its arrays of HEAD4: a software
 * adapter keeps an array with a running index in memory, and a variable in a register.
 */
export function unroll(source: string, head4: number): string {
  const each = (line: (c: number) => string) =>
    Array.from({ length: head4 }, (_, c) => line(c)).join("\n");
  return source
    .replace(
      /^( *)var (\w+): array<vec4f, HEAD4>;$/gm,
      (_, indent, name) => each((c) => `${indent}var ${name}_${c} = vec4f();`),
    )
    .replace(
      /^( *)for \(var c = 0u; c < HEAD4; c\+\+\) \{\n([\s\S]*?)\n\1\}$/gm,
      (_, __, body) =>
        each((c) => body.replace(/(\w+)\[c\]/g, `$1_${c}`).replace(/\bc\b/g, `${c}u`)),
    );
}
