import { environment } from "../../engine/mod.ts";
import { demoModel } from "../../demo/model.ts";
import { findModel } from "../../io/hub/find_model.ts";
import { hubSettings } from "../../io/hub/hub_settings.ts";

/** Finds a model by name. Throws if it is not on this machine, and says how to get it. */
export async function modelPath(name: string): Promise<string> {
  if (name === "demo") return demoModel;
  const path = await findModel(name, hubSettings(environment));
  if (path !== undefined) return path;
  throw new Error(
    `Cannot find the model "${name}" on this machine: get it with \`deno task weights ${name}\`, or ` +
      `name a folder or a file with --model; --model demo is the demo's, which knows drawn faces only`,
  );
}
