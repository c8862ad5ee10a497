/** How many answers are asked for before the first is waited for. */
const usualAhead = 4;

/**
 * Waits for what the device was asked for, in the order of asking, with some more asked for already:
 * the device works on while an answer is on its way to the host.
 *
 * @param asked Asks for one answer after the other; what it does itself is never done ahead of its turn.
 */
export async function* readAhead<T>(
  asked: AsyncIterable<{ readonly answer: Promise<T> }>,
  ahead: number = usualAhead,
): AsyncGenerator<T> {
  const waiting: Promise<T>[] = [];
  for await (const { answer } of asked) {
    answer.catch(() => {}); // told where it is awaited
    waiting.push(answer);
    if (waiting.length > ahead) yield await (waiting.shift() as Promise<T>);
  }
  for (const answer of waiting) yield await answer;
}
