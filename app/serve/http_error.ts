/** A request that is refused: the status and the sentence that its sender gets. */
export class HttpError extends Error {
  override name = "HttpError";
  readonly status: number;

  /** @param status Of the answer. */
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** An answer in JSON. */
export function answerJson(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body) + "\n", {
    status,
    headers: {
      "content-type": "application/json",
      "x-content-type-options": "nosniff",
      ...headers,
    },
  });
}
