// The notation of the type tables. A line `package NAME` says in which OpenAPI package the types that follow are
// (`package NEW@22 OLD`: another one before 1.22). A type is a line with its name, then indented lines with its fields:
//
//   Container
//     args:[string] env:[EnvVar]=name name!:string ports:[ContainerPort]/containerPort,protocol~containerPort
//
//   name!:TYPE     required
//   TYPE           string bool int32 int64 number quantity int-or-string time micro-time bytes any, a type's name, [TYPE] a list, {TYPE} a map;
//                  string(PullPolicy) is a string with a Go type of its own; *TYPE is a pointer in Go, so that 0, false and "" are kept
//   =key           a list that server-side apply and patches merge by that key; a bare = is a list of values that are merged as a set
//   /a,b           only for server-side apply: the keys of a list; /set and /atomic likewise
//   ~key           only for patches: merged by that key
//   &              patches know $retainKeys in its items
//   #3, #1.2       its number in the protobuf message of the type; 2 in the embedded message that is 1
//   ?TCP           what an absent value counts as
//   @28 @<24 @22<26   since 1.28; before 1.24; since 1.22 and before 1.26
//
// `atomic` or `atomic@21` after a type's name: server-side apply owns it as a whole (since 1.21). Lists without a word are atomic.
import type { Field, ObjectType, TypeRef } from './schema.ts';

const scalars: Readonly<Record<string, TypeRef>> = {
  string: { kind: 'string' },
  bool: { kind: 'boolean' },
  int32: { kind: 'integer', bits: 32 },
  int64: { kind: 'integer', bits: 64 },
  number: { kind: 'number' },
  quantity: { kind: 'quantity' },
  'int-or-string': { kind: 'int-or-string' },
  time: { kind: 'time' },
  'micro-time': { kind: 'micro-time' },
  bytes: { kind: 'bytes' },
  any: { kind: 'any' },
};

const fieldPattern =
  /^(?<name>[\w$]+)(?<required>!?):(?<pointer>\*?)(?<type>[[\]{}().\w-]+)(?:(?<both>=)(?<key>\w*))?(?:\/(?<structure>[\w,]+))?(?:~(?<patch>\w+))?(?<retain>&?)(?:#(?<proto>[\d.]+))?(?:\?(?<fallback>\w+))?(?:@(?<range>[\d<]+))?$/;

/** @param range `28`, `<24`, `22<26` or nothing. */
function within(range: string | undefined, minor: number): boolean {
  if (range === undefined) return true;
  const [since = '', before] = range.split('<');
  return minor >= Number(since) && (before === undefined || minor < Number(before));
}

function parseType(text: string): TypeRef {
  if (text.startsWith('[')) return { kind: 'list', of: parseType(text.slice(1, -1)) };
  if (text.startsWith('{')) return { kind: 'map', of: parseType(text.slice(1, -1)) };
  if (text.startsWith('string(')) return { kind: 'string', go: text.slice(7, -1) };
  return scalars[text] ?? { kind: 'object', type: text };
}

function structureOf(type: TypeRef, both: boolean, key: string, structure: string | undefined): Field['structure'] {
  if (both) return key === '' ? { kind: 'set' } : { kind: 'map', keys: [key] };
  if (structure === 'set' || structure === 'atomic') return { kind: structure };
  if (structure !== undefined) return { kind: 'map', keys: structure.split(',') };
  return { kind: type.kind === 'list' ? 'atomic' : 'granular' };
}

function parseField(text: string, minor: number): Field | undefined {
  const groups = fieldPattern.exec(text)?.groups;
  if (!groups) throw new Error(`not a field of a type table: ${text}`);
  const { name = '', required, both, key = '', structure, patch = key, retain, fallback, range, pointer, proto = '' } = groups;
  if (!within(range, minor)) return undefined;
  const type = parseType(groups['type'] ?? '');
  const strategy = retain === '&' ? (['merge', 'retainKeys'] as const) : (['merge'] as const);
  return {
    name,
    type,
    required: required === '!',
    pointer: pointer === '*',
    structure: structureOf(type, both === '=', key, structure),
    ...(both === '=' || patch !== '' ? { patch: { strategy, ...(patch === '' ? {} : { mergeKey: patch }) } } : {}),
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(proto === '' ? {} : { proto: proto.split('.').map(Number) }),
  };
}

/** @throws Error for a line that is not of the notation. */
export function parseTypes(table: string, minor: number): ObjectType[] {
  const types: { name: string; openApiName: string; atomic: boolean; fields: Map<string, Field> }[] = [];
  let openApiPackage = '';
  for (const line of table.split('\n')) {
    const words = line.trim().split(' ');
    const [first = '', second = ''] = words;
    if (first === '') continue;
    if (first === 'package') {
      const [newer = '', since] = second.split('@');
      openApiPackage = within(since, minor) ? newer : (words[2] ?? newer);
    } else if (line.startsWith(' ')) {
      for (const field of words.map((word) => parseField(word, minor))) if (field) types.at(-1)?.fields.set(field.name, field);
    } else {
      const [atomic, since] = second.split('@');
      const openApiName = `${openApiPackage}.${first.slice(first.lastIndexOf('.') + 1)}`;
      types.push({ name: first, openApiName, atomic: atomic === 'atomic' && within(since, minor), fields: new Map() });
    }
  }
  return types;
}
