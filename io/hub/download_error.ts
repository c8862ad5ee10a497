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
    { retry = false, waitMs, cause }: { retry?: boolean; waitMs?: number; cause?: unknown } = {},
  ) {
    super(`Cannot download ${url}: ${got}: ${todo}`, { cause });
    this.retry = retry;
    this.waitMs = waitMs;
  }
}

/** The error for a response that is not the file. */
export function statusError(url: string, response: Response): DownloadError {
  const { status, statusText, headers } = response;
  const code = headers.get("x-error-code");
  const got = `the server says ${status}${statusText && ` ${statusText}`}${
    code ? ` (${code})` : ""
  }`;
  switch (status) {
    case 401:
      return new DownloadError(url, got, "set HF_TOKEN to your token, if the name is right");
    case 403:
      return new DownloadError(
        url,
        got,
        "accept the model's terms on its page, and set HF_TOKEN to a token that may read it",
      );
    case 404:
      return new DownloadError(url, got, "check the name and the revision");
  }
  if (status !== 429 && status !== 408 && status < 500) {
    return new DownloadError(url, got, "check the address (HF_ENDPOINT) and any proxy");
  }
  const seconds = Number(headers.get("retry-after") ?? NaN);
  return new DownloadError(
    url,
    got,
    "run the same command again later",
    Number.isFinite(seconds) ? { retry: true, waitMs: 1000 * seconds } : { retry: true },
  );
}
