/** How many requests are pending before the first one is awaited. */
const usualAhead = 4;

/**
 * Yields the answers to requests in order while later requests are already pending, so that the device
 * keeps working while an answer is on its way to the host.
 *
 * @param asked Issues one request after the other; requests are issued in order.
 * @param ahead At most this many are pending while the next one is issued.
 */
export async function* readAhead<T>(
  asked: AsyncIterable<{ readonly answer: Promise<T> }>,
  ahead: number = usualAhead,
): AsyncGenerator<T> {
  const waiting: Promise<T>[] = [];
  for await (const { answer } of asked) {
    answer.catch(() => {}); // reported where it is awaited
    waiting.push(answer);
    if (waiting.length > ahead) yield await (waiting.shift() as Promise<T>);
  }
  for (const answer of waiting) yield await answer;
}
