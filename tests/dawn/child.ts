import { fileURLToPath } from "node:url";
import { type Finding, findingsOf } from "../findings.ts";

/** Where Vulkan's loader is told of SwiftShader: as `./autt test` unpacks it, or as Debian's chromium does. */
const descriptions = [
  fileURLToPath(new URL("../../.tools/swiftshader/vk_swiftshader_icd.json", import.meta.url)),
  "/usr/lib/chromium/vk_swiftshader_icd.json",
];

/** The description of SwiftShader that is there, if any. */
export const swiftshader = descriptions.find((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

/** Runs a job of `main.ts` on Dawn and SwiftShader and gives what it found, in order. */
export async function runOnDawn(...job: string[]): Promise<(Finding & Record<string, unknown>)[]> {
  if (swiftshader === undefined) {
    throw new Error(
      `Cannot test on Dawn: no SwiftShader at ${descriptions.join(" or ")}: run ./autt test once`,
    );
  }
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  return await findingsOf(main, job, { VK_ICD_FILENAMES: swiftshader });
}

/** A test on Dawn. Without SwiftShader it is skipped; in CI it fails then. */
export function dawnTest(name: string, body: () => Promise<void>): void {
  const ignore = swiftshader === undefined && !Deno.env.get("CI");
  if (ignore) console.log(`skipped: ${name}: no SwiftShader here`);
  Deno.test({ name, ignore, fn: body });
}
