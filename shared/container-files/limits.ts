// How much of a container's files is read and written: the pieces go through the API server, and the whole lies in memory on the screen's side.
// Limits that a person reads are in the units that the screen writes: 1 MB is a million bytes.

/** Entries of one folder. */
export const MOST_ENTRIES = 2_000;
/** Of a file that is shown as text. */
export const MOST_SHOWN = 250_000;
/** Of a file that is downloaded or uploaded. `kubectl cp` has no such limit. */
export const MOST_MOVED = 64_000_000;
/** Bytes of one piece on the way between the screen and the engine. */
export const PIECE = 256 * 1024;
