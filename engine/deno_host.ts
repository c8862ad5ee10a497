/**
 * Gives the engine what Deno offers. Imported for its effect by whatever starts a program in Deno (the
 * library, commands, workers, tests); never by what a page loads.
 */
import { setHost } from "./host.ts";

const permitted = (variable: string) =>
  globalThis.Deno?.permissions.querySync({ name: "env", variable }).state === "granted";

/**
 * Runs `action` with XDG_RUNTIME_DIR set: without it the Vulkan loader prints harmless errors that
 * look like ours. Left alone where the environment may not be read and written.
 */
async function quietVulkan<T>(action: () => Promise<T>): Promise<T> {
  const variable = "XDG_RUNTIME_DIR", mayChange = permitted(variable);
  const before = mayChange ? Deno.env.get(variable) : undefined;
  if (!mayChange || before) return await action();
  Deno.env.set(variable, "/tmp");
  try {
    return await action();
  } finally {
    if (before === undefined) Deno.env.delete(variable);
    else Deno.env.set(variable, before);
  }
}

const hints: Readonly<Record<string, string>> = {
  linux: "install a Vulkan driver, for instance `apt-get install mesa-vulkan-drivers` (works " +
    "without a GPU)",
  darwin: "macOS 10.15 or newer with Metal is needed",
  windows: "install your graphics card's driver (Direct3D 12 or Vulkan)",
};

setHost({
  environment: (variable) => permitted(variable) ? Deno.env.get(variable) || undefined : undefined,
  quietly: quietVulkan,
  installHint: hints[globalThis.Deno?.build.os ?? ""] ??
    "install a graphics driver; without a GPU, the package webgpu needs SwiftShader's, which comes " +
      "with Chromium: name its vk_swiftshader_icd.json in VK_DRIVER_FILES (docs/library.md)",
});
