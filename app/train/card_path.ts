import { fileSize } from "../../io/files/file_size.ts";

/** The path of the model card beside a head: `head.safetensors` has `head.card.md`. */
export function cardPath(head: string): string {
  return `${head.replace(/\.(safetensors|pth|pt|bin)$/, "")}.card.md`;
}

/** Where the card of a head is, in the user's words; nothing where none is beside it. */
export async function findCard(
  head: { readonly path: string; readonly name: string } | undefined,
): Promise<string | undefined> {
  return head && await fileSize(cardPath(head.path)) !== undefined
    ? cardPath(head.name)
    : undefined;
}
