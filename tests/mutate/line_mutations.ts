/** A line of a program and what is made of it. */
export interface LineMutation {
  readonly from: string;
  readonly to: string;
}

/** Signs and what they are mistaken for; spaces keep `->`, generics and signs of numbers out of it. */
const signs: readonly (readonly [RegExp, string])[] = [
  [/ \+ /g, " - "],
  [/ - /g, " + "],
  [/ \* /g, " + "],
  [/ \/ /g, " * "],
  [/ % /g, " / "],
  [/ < /g, " <= "],
  [/ <= /g, " < "],
  [/ > /g, " >= "],
  [/ >= /g, " > "],
  [/ == /g, " != "],
  [/ === /g, " !== "],
  [/ && /g, " || "],
  [/ \|\| /g, " && "],
  [/ \+= /g, " = "],
  [/\bmax\(/g, "min("],
  [/\bmin\(/g, "max("],
  [/\.x\b/g, ".y"],
  [/\.w\b/g, ".z"],
];

/** Every small change of a line of WGSL or TypeScript, one after the other. */
export function* mutateLine(line: string): Generator<LineMutation> {
  const code = line.replace(/\/\/.*$/, "");
  const change = (at: number, length: number, text: string): LineMutation => ({
    from: line,
    to: line.slice(0, at) + text + line.slice(at + length),
  });
  if (/^\s*(workgroupBarrier|storageBarrier)\(\);/.test(code)) yield { from: line, to: "" };
  for (const [sign, text] of signs) {
    for (const { index, 0: found } of code.matchAll(sign)) yield change(index, found.length, text);
  }
  // Whole numbers one more; the parts of names and of fractions are none, and what TypeScript wants
  // where nothing can be missing (`?? 0`, `[width = 0]`) is never used.
  for (const { index, 0: found } of code.matchAll(/(?<![\w.$])\d+(?=u?\b)(?![.\w]*[.a-tv-z])/g)) {
    if (/\?\? $/.test(code.slice(0, index))) continue;
    if (/\w = $/.test(code.slice(0, index)) && /^\d+[,\]}]/.test(code.slice(index))) continue;
    yield change(index, found.length, String(Number(found) + 1));
  }
  // Fractions a thousandth more; zero becomes a small number.
  for (const { index, 0: found } of code.matchAll(/(?<![\w.$])\d+\.\d+(e-?\d+)?/g)) {
    const value = Number(found), text = String(value === 0 ? 0.001 : value * 1.001);
    yield change(index, found.length, /[.e]/.test(text) ? text : `${text}.0`);
  }
  // Of what has elements: `[x]` alone is a list.
  for (const { index, 0: found } of code.matchAll(/(?<=[\w\])])\[\w+\]/g)) {
    yield change(index, found.length, `${found.slice(0, -1)} + 1]`);
  }
  for (
    const { index, 0: found, 1: a, 2: b } of code.matchAll(/\bselect\((\w[\w.]*), (\w[\w.]*), /g)
  ) {
    yield change(index, found.length, `select(${b}, ${a}, `);
  }
}
