// The image ID inside a `docker save` archive, read while it passes: `manifest.json` names the config file after its digest
// (https://github.com/moby/moby/blob/master/image/spec/v1.2.md, "Combined Image JSON + Filesystem Changeset Format").
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';

export interface ArchiveIdentity {
  /** The same bytes. */
  readonly archive: Readable;
  /** sha256:... of the archive's one image; undefined where it names none. Call it when the archive has been read to its end. */
  imageId(): Promise<string | undefined>;
}

/** Errors and destruction of `archive` pass in both directions. */
export function archiveIdentity(archive: Readable): ArchiveIdentity {
  const reader = extract();
  let id: string | undefined;
  reader.on('entry', (header, content, next) => {
    const done = () => next();
    if (header.name !== 'manifest.json') {
      content.on('end', done);
      content.resume();
      return;
    }
    buffer(content as AsyncIterable<Buffer>).then(text => { id = configDigest(text.toString()); done(); }, done);
  });
  // What is not a tar has no ID; the receiver will say so itself.
  const read = new Promise<void>(resolve => { reader.on('close', resolve).on('error', () => resolve()); });

  async function* passing(): AsyncGenerator<Buffer, void> {
    try {
      for await (const chunk of archive as AsyncIterable<Buffer>) {
        if (!reader.destroyed && !reader.write(chunk)) await Promise.race([new Promise<void>(resolve => { reader.once('drain', resolve); }), read]);
        yield chunk;
      }
      reader.end(null);
    } finally {
      archive.destroy();
    }
  }
  return {
    archive: Readable.from(passing(), { objectMode: false, highWaterMark: 1024 * 1024 }),
    async imageId() {
      await read;
      return id;
    },
  };
}

function configDigest(manifest: string): string | undefined {
  try {
    const [image] = JSON.parse(manifest) as readonly { Config?: string }[];
    const [hex] = /[0-9a-f]{64}/.exec(image?.Config ?? '') ?? [];
    return hex && `sha256:${hex}`;
  } catch {
    return undefined;
  }
}
