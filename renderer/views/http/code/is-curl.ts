// Apart from what reads the line, which is fetched when there is one.

/** Whether a text begins as a line of curl. */
export const isCurl = (text: string): boolean => /^\s*(?:\$ )?curl(?:\.exe)?\s/.test(text);
