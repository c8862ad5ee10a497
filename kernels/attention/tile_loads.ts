/**
 * The three functions with which the tile kernel reads a head's texel of q, k and v: whole vec4s
 * where all sizes allow, else number by number with zeros past the head.
 */
export function tileLoads(vec4: boolean): string {
  return ["q", "k", "v"].map((x) =>
    vec4
      ? `
fn load_${x}(row: u32, head: u32, c: u32) -> vec4f {
  if (4u * c >= params.head) {
    return vec4f();
  }
  return ${x}[(row * params.${x}_columns + params.${x}_offset + head * params.head) / 4u + c];
}`
      : `
fn load_${x}(row: u32, head: u32, c: u32) -> vec4f {
  let first = row * params.${x}_columns + params.${x}_offset + head * params.head;
  var four = vec4f();
  for (var i = 0u; i < 4u; i++) {
    if (4u * c + i < params.head) {
      four[i] = ${x}[first + 4u * c + i];
    }
  }
  return four;
}`
  ).join("\n");
}
