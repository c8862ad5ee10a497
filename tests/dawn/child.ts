import { fileURLToPath } from "node:url";

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

/** What a child found: see `main.ts`. */
export interface Finding {
  readonly name: string;
  readonly error?: string;
}

/** Runs a job of `main.ts` on Dawn and SwiftShader and gives what it found, in order. */
export async function runOnDawn(...job: string[]): Promise<(Finding & Record<string, unknown>)[]> {
  if (swiftshader === undefined) {
    throw new Error(
      `Cannot test on Dawn: no SwiftShader at ${descriptions.join(" or ")}: run ./autt test once`,
    );
  }
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const { stdout, stderr } = await new Deno.Command("deno", {
    args: ["run", "--quiet", "--no-prompt", "--allow-all", main, ...job],
    env: { NO_COLOR: "1", VK_ICD_FILENAMES: swiftshader },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  const lines = decoder.decode(stdout).split("\n").filter((line) => line.startsWith("{"));
  const findings = lines.map((line) => JSON.parse(line));
  // The exit code says nothing: Dawn may abort when all is done.
  if (findings.pop()?.done !== true) {
    throw new Error(
      `Dawn stopped after ${findings.length}: ${decoder.decode(stderr).slice(-2000)}`,
    );
  }
  return findings;
}

/** A test on Dawn. Without SwiftShader it is skipped; in CI it fails then. */
export function dawnTest(name: string, body: () => Promise<void>): void {
  const ignore = swiftshader === undefined && !Deno.env.get("CI");
  if (ignore) console.log(`skipped: ${name}: no SwiftShader here`);
  Deno.test({ name, ignore, fn: body });
}
