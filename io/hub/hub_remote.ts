import { ifThere } from "../files/if_there.ts";
import { DownloadError, statusError } from "./download_error.ts";
import type { DownloadOptions } from "./download.ts";
import { ask, type Credential } from "./http_request.ts";
import type { HubSettings } from "./hub_settings.ts";
import { retry } from "./retry.ts";

/** What the hub reports about a file before it is fetched. */
export interface RemoteFile {
  readonly url: string;
  readonly commit: string;
  /** Identifies the contents: the sha256 of a large file, git's sha1 of a small one. */
  readonly etag: string;
  readonly size: number | undefined;
}

const noHub = "that is no Hugging Face hub: check HF_ENDPOINT and any proxy";

/** The token from the variable or the file, and the hub's origin, the only one that may receive it. */
export async function hubCredential(settings: HubSettings): Promise<Credential | undefined> {
  const token = settings.token ?? (await ifThere(Deno.readTextFile(settings.tokenFile)))?.trim();
  if (token && !/^[\x21-\x7e]+$/.test(token)) {
    const place = settings.token ? "HF_TOKEN" : settings.tokenFile;
    throw new TypeError(
      `Cannot log in at ${settings.endpoint}: the token in ${place} ` +
        `has characters that no token has: get a new one, in one line`,
    );
  }
  const origin = URL.parse(settings.endpoint)?.origin;
  return token && origin ? { origin, token } : undefined;
}

/** Asks the hub what it has under a name. */
export function remoteFile(
  endpoint: string,
  repo: string,
  revision: string,
  name: string,
  options: DownloadOptions,
): Promise<RemoteFile> {
  const url = `${endpoint}/${repo}/resolve/${encodeURIComponent(revision)}/${name}`;
  return retry(async () => {
    // Large files are stored elsewhere; the hub describes them in the redirect.
    using answer = await ask(
      { url, method: "HEAD", credential: options.credential, stayOnOrigin: true },
      options,
    );
    const { response: { status, headers }, response } = answer;
    if (status >= 400) throw statusError(url, response);
    const etag = (headers.get("x-linked-etag") ?? headers.get("etag") ?? "")
      .replace(/^(?:W\/)?"(.*)"$/, "$1");
    const commit = headers.get("x-repo-commit") ?? "";
    if (!/^[\w.-]+$/.test(etag) || !/^[0-9a-f]{40}$/.test(commit)) {
      throw new DownloadError(url, "the answer has no ETag or no X-Repo-Commit", noHub);
    }
    const size = headers.get("x-linked-size") ??
      (status === 200 ? headers.get("content-length") : null);
    return { url, commit, etag, size: size === null ? undefined : Number(size) };
  }, options);
}

/** The commit that a revision stands at now, and the names of its files. */
export function remoteRevision(
  endpoint: string,
  repo: string,
  revision: string,
  options: DownloadOptions,
): Promise<{ commit: string; files: readonly string[] }> {
  const url = `${endpoint}/api/models/${repo}/revision/${encodeURIComponent(revision)}`;
  return retry(async () => {
    using answer = await ask({ url, credential: options.credential }, options);
    if (answer.response.status !== 200) throw statusError(url, answer.response);
    const bytes: Uint8Array<ArrayBuffer>[] = [];
    for await (const chunk of answer.body()) bytes.push(chunk);
    const { sha, siblings } = parseRevision(await new Blob(bytes).text());
    if (typeof sha !== "string" || !Array.isArray(siblings)) {
      throw new DownloadError(url, "the answer does not list files", noHub);
    }
    const files = siblings.map((file: { rfilename?: unknown }) => String(file?.rfilename));
    return { commit: sha, files };
  }, options);
}

function parseRevision(text: string): { sha?: unknown; siblings?: unknown } {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
