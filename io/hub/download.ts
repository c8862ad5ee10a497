import { checkAddress, DownloadError, statusError } from "./download_error.ts";
import { ask, type Credential, type HttpAnswer } from "./http_request.ts";
import { type Checksum, PartialFile } from "./partial_file.ts";
import { retry, type RetryOptions } from "./retry.ts";

/** How downloads behave. */
export interface DownloadOptions extends RetryOptions {
  readonly credential?: Credential | undefined;
  /** Give up if the server sends nothing for this long. */
  readonly stallMs?: number;
  /** Called with the bytes received so far and, if known, the total. */
  readonly onProgress?: (done: number, total: number | undefined) => void;
}

/** A file to be downloaded. */
export interface DownloadRequest {
  readonly url: string;
  readonly to: string;
  readonly size?: number | undefined;
  readonly checksums?: readonly Checksum[];
}

/**
 * Downloads a file. It appears under its name at once, after its size and checksums have been verified;
 * until then it is `<to>.incomplete`, which a later call resumes. Callers must prevent two downloads of
 * the same file at once (`lockFile`).
 */
export async function download(
  request: DownloadRequest,
  options: DownloadOptions = {},
): Promise<void> {
  const { url, to, size, checksums = [] } = request;
  const { signal, onProgress } = options;
  signal?.throwIfAborted();
  using part = await PartialFile.open(to, checksums, size, signal);
  if (size !== undefined && part.size > size) await part.clear();
  onProgress?.(part.size, size);
  if (size === undefined || part.size < size) {
    await retry(() => fetchRest(part, request, options), options, () => part.size);
  }
  const [wrong] = await part.finish();
  if (!wrong) return;
  await part.remove();
  const { wanted, got } = wrong;
  throw new DownloadError(
    url,
    `its ${wanted.kind === "git" ? "git sha1" : "sha256"} is ${got}, not ${wanted.hex}`,
    "it was removed; run the same command again, or use another server (HF_ENDPOINT)",
  );
}

async function fetchRest(
  part: PartialFile,
  { url, size }: DownloadRequest,
  { credential, onProgress, ...options }: DownloadOptions,
): Promise<void> {
  const had = part.size;
  const failed = (got: string, todo: string, retry = false) =>
    new DownloadError(url, got, todo, { retry });
  const headers = had > 0 ? { range: `bytes=${had}-` } : {};
  using answer = await ask({ url, headers, credential }, options);
  const { status } = answer.response;
  const range = contentRange(answer);
  if (status === 416 && had > 0) {
    if (range.total === had && size === undefined) return; // already complete
    await part.clear();
    throw failed(`the server has no byte ${had}`, "run the same command again", true);
  }
  if (status !== 200 && status !== 206) throw statusError(url, answer.response);
  const length = Number(answer.response.headers.get("content-length") ?? NaN);
  const total = range.total ?? (status === 200 && Number.isFinite(length) ? length : undefined);
  if (size !== undefined && total !== undefined && total !== size) {
    throw failed(`the server says it has ${total} bytes, not ${size}`, checkAddress);
  }
  if (status === 206 && range.start !== had) {
    await part.clear();
    throw failed(`asked for the bytes from ${had}, got others`, "run the same command again", true);
  }
  // A server that ignores Range sends the whole file again.
  if (status === 200 && had > 0) await part.clear();
  const end = size ?? total;
  for await (const bytes of answer.body()) {
    if (end !== undefined && part.size + bytes.length > end) {
      await part.remove();
      throw failed(`more than ${end} bytes came`, checkAddress);
    }
    await part.append(bytes);
    onProgress?.(part.size, end);
  }
  if (end !== undefined && part.size < end) {
    const todo = "run the same command again: it goes on from there";
    throw failed(`it ended after ${part.size} of ${end} bytes`, todo, true);
  }
}

function contentRange({ response }: HttpAnswer) {
  const text = response.headers.get("content-range") ?? "";
  const [, start, total] = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(text) ?? [];
  const number = (digits = "*") => digits === "*" ? undefined : Number(digits);
  return { start: number(start), total: number(total) };
}
