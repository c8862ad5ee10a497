import { demoModel } from "../../demo/model.ts";
import { environment } from "../../engine/mod.ts";
import { findModel, parseHubName, pinnedModel } from "../../io/hub/find_model.ts";
import { type HubSettings, hubSettings } from "../../io/hub/hub_settings.ts";
import { formatBytes } from "./progress_line.ts";
import { ModelWanted } from "./terminal.ts";

/**
 * Finds a model by name. If it is not on this machine, the launcher can fetch it, since commands that
 * see faces have no right to connect: asks the user whether to, unless `yes` was said. Throws if it is
 * not to be fetched, and says how to get it.
 */
export async function modelPath(name: string, yes: boolean): Promise<string> {
  if (name === "demo") return demoModel;
  const settings = hubSettings(environment);
  const path = await findModel(name, settings);
  if (path !== undefined) return path;
  // The file in which the launcher wants the name of a model to fetch.
  const request = environment("AUTT_FETCH");
  const known = pinnedModel(name) !== undefined || parseHubName(name) !== undefined;
  if (request && known && !settings.offline && (yes || ask(name, settings))) {
    await Deno.writeTextFile(request, name);
    throw new ModelWanted();
  }
  throw new Error(
    `Cannot find the model "${name}" on this machine: get it with \`./autt weights ${name}\`, or ` +
      `name a folder or a file with --model; --model demo is the demo's, which knows drawn faces only`,
  );
}

/** Asks on the terminal whether to fetch a model; no if there is no terminal to ask on. */
function ask(name: string, { endpoint }: HubSettings): boolean {
  if (!Deno.stdin.isTerminal() || !Deno.stderr.isTerminal()) return false;
  const model = pinnedModel(name);
  const bytes = model?.files.reduce((sum, { size = 0 }) => sum + size, 0);
  const size = bytes === undefined ? "" : `${formatBytes(bytes)} `;
  const from = model && !model.hub ? "from OpenAI" : `from ${endpoint}`;
  const question =
    `The weights of "${name}" are not on this machine. Fetch them, ${size}${from}, ` +
    "once? [Y/n] ";
  Deno.stderr.writeSync(new TextEncoder().encode(question));
  return /^(y|yes)?$/i.test(readLine().trim());
}

/** The line that the user types. An end of input is no answer. */
function readLine(): string {
  const buffer = new Uint8Array(1000);
  const length = Deno.stdin.readSync(buffer);
  return length === null ? "no" : new TextDecoder().decode(buffer.subarray(0, length));
}
