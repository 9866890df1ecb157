// Variables in requests: how they are written, for the screen that fills them in and for the engine that keeps them.

/** `{{name}}`: the variable's value is sent in its place. Braces around anything else are text. */
export const VARIABLE = /\{\{\s*([\p{L}_][\p{L}\p{N}_.-]*)\s*\}\}/gu;

/** Whether a variable can have this name. */
export function isVariableName(name: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(name);
}
