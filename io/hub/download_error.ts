/** A failed download, and whether a retry may help. */
export class DownloadError extends Error {
  override name = "DownloadError";
  readonly retry: boolean;
  /** How long the server asks to wait. */
  readonly waitMs: number | undefined;

  /** Says what was asked, what was got and what to do. */
  constructor(
    url: string,
    got: string,
    todo: string,
    { retry = false, waitMs, cause }: {
      retry?: boolean;
      waitMs?: number | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(`Cannot download ${url}: ${got}: ${todo}`, { cause });
    this.retry = retry;
    this.waitMs = waitMs;
  }
}

/** What to do where the server is not the one that it should be. */
export const checkAddress = "check the address (HF_ENDPOINT) and any proxy";

/** What to do by status. */
const remedies: Readonly<Record<number, string>> = {
  401: "set HF_TOKEN to your token, if the name is right",
  403: "accept the model's terms on its page, and set HF_TOKEN to a token that may read it",
  404: "check the name and the revision",
};

/** The error for a response that is not the file. */
export function statusError(url: string, { status, statusText, headers }: Response): DownloadError {
  const code = headers.get("x-error-code");
  const got = `the server says ${status}${statusText && ` ${statusText}`}${
    code ? ` (${code})` : ""
  }`;
  if (status !== 429 && status !== 408 && status < 500) {
    return new DownloadError(url, got, remedies[status] ?? checkAddress);
  }
  const seconds = Number(headers.get("retry-after") ?? NaN);
  const waitMs = Number.isFinite(seconds) ? 1000 * seconds : undefined;
  return new DownloadError(url, got, "run the same command again later", { retry: true, waitMs });
}
