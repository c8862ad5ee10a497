import { join, resolve } from "node:path";

/** Where models are stored and fetched from. Nothing else in io/ reads the environment. */
export interface HubSettings {
  /** The hub, without a slash at the end. */
  readonly endpoint: string;
  /** The cache that Python's huggingface_hub uses as well. */
  readonly cache: string;
  /** Our own folder, for imported models and those that are not on the hub. */
  readonly models: string;
  readonly token: string | undefined;
  /** The file with the token, as `hf auth login` writes it, if no variable has it. */
  readonly tokenFile: string;
  readonly offline: boolean;
  /** Where relative paths of the user start. */
  readonly folder: string;
}

/** Reads the same variables as Python's huggingface_hub, in its order, and AUTT_MODELS. */
export function hubSettings(variable: (name: string) => string | undefined): HubSettings {
  const folder = resolve(variable("INIT_CWD") ?? ".");
  const home = variable("HOME") ?? variable("USERPROFILE");
  const path = (text: string): string => {
    if (!/^~(?=$|[/\\])/.test(text)) return resolve(folder, text);
    if (home === undefined) {
      throw new Error(
        "Cannot tell where models are kept: HOME is not set: set HF_HUB_CACHE and AUTT_MODELS",
      );
    }
    return resolve(folder, join(home, text.slice(1)));
  };
  const hub = variable("HF_HOME") ?? join(variable("XDG_CACHE_HOME") ?? "~/.cache", "huggingface");
  const data = variable("XDG_DATA_HOME") ?? "~/.local/share";
  return {
    endpoint: (variable("HF_ENDPOINT") ?? "https://huggingface.co").replace(/\/+$/, ""),
    cache: path(
      variable("HF_HUB_CACHE") ?? variable("HUGGINGFACE_HUB_CACHE") ?? join(hub, "hub"),
    ),
    models: path(variable("AUTT_MODELS") ?? join(data, "autt", "models")),
    token: variable("HF_TOKEN")?.trim(),
    tokenFile: path(variable("HF_TOKEN_PATH") ?? join(hub, "token")),
    offline: /^(1|on|yes|true)$/i.test(variable("HF_HUB_OFFLINE") ?? ""),
    folder,
  };
}
