// The file name in the line that does the same as the button Create.

/** The opened file's name, else one after the pod, as Activity has it: `spring-pod.yaml`. A glance, not a parser: the engine reads the manifest. */
export function manifestFile(manifest: string, opened: string | undefined): string {
  const name = /^metadata:[^\n]*\n(?:[ \t]+[^\n]*\n)*?[ \t]+name:[ \t]*["']?([\w.-]+)/m.exec(manifest)?.[1];
  return opened ?? `${name ?? 'pod'}.yaml`;
}
