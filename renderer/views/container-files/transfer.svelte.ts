// One file on its way between a container and the person's own files.
import type { Inputs } from '../../../shared/contract/contract.ts';
import type { FailureData } from '../../../shared/contract/failures.ts';
import { PIECE } from '../../../shared/container-files/limits.ts';
import { engine, toFailure } from '../../state/engine.ts';
import { run, type Running } from '../../state/running.svelte.ts';
import { saveAsFile } from '../apply/save-as-file.ts';
import { fromBase64, toBase64 } from '../terminal/base64.ts';

type Place = Inputs['containerFiles']['download'];

/** A download: its pieces are gathered here, and the whole is offered as a file. */
export class Download {
  readonly name: string;
  received = $state(0);
  total = $state.raw<number>();
  state = $state<'running' | 'done' | 'failed' | 'cancelled'>('running');
  failure = $state.raw<FailureData>();
  readonly #stop = new AbortController();

  constructor(place: Place, name: string) {
    this.name = name;
    void this.#read(place);
  }

  cancel(): void {
    this.#stop.abort();
  }

  async #read(place: Place): Promise<void> {
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    try {
      for await (const { base64, received, total } of await engine.containerFiles.download(place, { signal: this.#stop.signal })) {
        pieces.push(fromBase64(base64));
        this.received = received;
        this.total = total;
      }
      // A stream that is given up may end as one that is done.
      this.#stop.signal.throwIfAborted();
      saveAsFile(this.name, new Uint8Array(await new Blob(pieces).arrayBuffer()), 'application/octet-stream');
      this.state = 'done';
    } catch (error) {
      this.state = this.#stop.signal.aborted ? 'cancelled' : 'failed';
      if (this.state === 'failed') this.failure = toFailure(error);
    }
  }
}

/** Sends a file of the person's; `place.path` is where it goes. */
export function upload(place: Place, file: File, overwrite: boolean): Running<{ path: string }> {
  const id = crypto.randomUUID();
  return run({ key: 'container-files.uploading', params: { name: file.name } }, async (signal) => events(signal), { cancellable: true });

  async function* events(signal: AbortSignal) {
    const broken = new AbortController();
    let giving: Promise<void> | undefined;
    for await (const event of await engine.containerFiles.upload({ ...place, id, bytes: file.size, overwrite }, { signal: AbortSignal.any([signal, broken.signal]) })) {
      // Only now somebody takes the pieces. Why the engine takes no more is told by the upload itself.
      giving ??= give(signal).catch((error: unknown) => { if (error instanceof DOMException) broken.abort(error); });
      yield event;
    }
    broken.signal.throwIfAborted();
  }
  async function give(signal: AbortSignal): Promise<void> {
    for (let from = 0; from < file.size && !signal.aborted; from += PIECE) {
      const piece = new Uint8Array(await file.slice(from, from + PIECE).arrayBuffer());
      await engine.containerFiles.uploadPart({ id, base64: toBase64(piece) }, { signal });
    }
  }
}
