/** The SHA-256 of texts and bytes one after the other, in hexadecimal. */
export async function sha256(
  parts: readonly (string | ArrayBufferView<ArrayBuffer>)[],
): Promise<string> {
  const bytes = await new Blob([...parts]).bytes();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
