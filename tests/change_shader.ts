import type { Flags, Shader } from "../engine/mod.ts";

/** Changes a text in a shader; gives whether it was there, and takes it out when disposed. */
export function changeShader(shader: Shader, from: string, to: string) {
  const { source } = shader;
  let found = false;
  Object.assign(shader, {
    source: (flags: Flags) => {
      const text = typeof source === "function" ? source(flags) : source;
      found ||= text.includes(from);
      return text.replaceAll(from, to);
    },
  });
  return {
    get found() {
      return found;
    },
    [Symbol.dispose]: () => void Object.assign(shader, { source }),
  };
}
