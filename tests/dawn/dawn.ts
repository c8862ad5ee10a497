import { create, globals } from "webgpu";

/**
 * Dawn, Chromium's WebGPU, which compiles WGSL with Tint: the second implementation that tests run on.
 * Takes the place of Deno's own in the whole process.
 */
export function installDawn(): void {
  Object.assign(globalThis, globals);
  Object.defineProperty(navigator, "gpu", { value: create([]), configurable: true });
}
