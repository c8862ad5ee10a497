/** An environment variable; nothing where it is empty, or may not be read (a browser, a sandbox). */
export function environment(variable: string): string | undefined {
  const query = { name: "env", variable } as const;
  if (globalThis.Deno?.permissions.querySync(query).state !== "granted") return undefined;
  return Deno.env.get(variable) || undefined;
}
