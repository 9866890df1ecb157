// BuildKit's progress as the Engine API carries it: `moby.buildkit.trace`, a protobuf StatusResponse (moby/buildkit
// api/services/control/control.proto); only the fields that a person is shown are read.
import protobuf from 'protobufjs/minimal.js';
import type { SolveStatus, SolveVertex } from './buildkit-steps.ts';

type Fields = Readonly<Record<number, (reader: protobuf.Reader) => void>>;

/** Reads one message; what has no reader is skipped. */
function readMessage(bytes: Uint8Array, fields: Fields): void {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const field = fields[tag >>> 3];
    if (field) field(reader);
    else reader.skipType(tag & 7);
  }
}

/** @param aux base64. Throws a RangeError for what is no such message. */
export function decodeTrace(aux: string): SolveStatus {
  const vertexes: SolveVertex[] = [];
  const logs: SolveStatus['logs'][number][] = [];
  const warnings: string[] = [];
  readMessage(Buffer.from(aux, 'base64'), {
    1: reader => vertexes.push(vertexOf(reader.bytes())),
    3: reader => logs.push(logOf(reader.bytes())),
    4: reader => readMessage(reader.bytes(), { 3: inner => warnings.push(Buffer.from(inner.bytes()).toString()) }),
  });
  return { vertexes, logs, warnings };
}

function vertexOf(bytes: Uint8Array): SolveVertex {
  const vertex: { -readonly [Key in keyof SolveVertex]: SolveVertex[Key] } = { digest: '', name: '', cached: false, error: '' };
  readMessage(bytes, {
    1: reader => { vertex.digest = reader.string(); },
    3: reader => { vertex.name = reader.string(); },
    4: reader => { vertex.cached = reader.bool(); },
    5: reader => { vertex.started = timeOf(reader.bytes()); },
    6: reader => { vertex.completed = timeOf(reader.bytes()); },
    7: reader => { vertex.error = reader.string(); },
  });
  return vertex;
}

function logOf(bytes: Uint8Array): SolveStatus['logs'][number] {
  let vertex = '';
  let data: Uint8Array = new Uint8Array();
  readMessage(bytes, { 1: reader => { vertex = reader.string(); }, 4: reader => { data = reader.bytes(); } });
  return { vertex, data };
}

/** google.protobuf.Timestamp, in milliseconds. */
function timeOf(bytes: Uint8Array): number {
  let milliseconds = 0;
  readMessage(bytes, {
    1: reader => { milliseconds += Number(reader.int64()) * 1000; },
    2: reader => { milliseconds += reader.int32() / 1e6; },
  });
  return milliseconds;
}
