// Objects in requests: unknown and doubled fields, values of wrong types, kinds that do not fit.
import { describe, expect, it } from 'vitest';
import { openSchema } from './open-schema.ts';
import { readObject, type FieldValidation } from './read-object.ts';

const pod = { group: '', version: 'v1', kind: 'Pod', type: 'Pod' };
const known = (_: string, kind: string) => kind === 'Service';
const read = (text: string, validation?: FieldValidation, minor = 34) =>
  readObject(Buffer.from(text), 'application/json', { schema: openSchema(minor), kind: pod, known }, validation);
const withContainer = (fields: string) =>
  `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"c","image":"i",${fields}}]}}`;

describe('what cannot be read', () => {
  it.each([
    ['x', "couldn't get version/kind; json parse error: invalid character 'x' looking for beginning of value (78)"],
    ['', "couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)"],
    [
      '{"kind":"Pod","apiVersion":"v1"}}',
      'couldn\'t get version/kind; json parse error: invalid character \'}\' after top-level value ({"kind":"Pod","apiVersion":"v1 ...)',
    ],
    [
      '{"kind":5,"apiVersion":"v1"}',
      'couldn\'t get version/kind; json parse error: json: cannot unmarshal number into Go struct field .kind of type string ({"kind":5,"apiVersion":"v1"})',
    ],
    [
      '[]',
      'couldn\'t get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (5b5d)',
    ],
  ])('%s', (text, message) => {
    expect(() => read(text)).toThrow(`the object provided is unrecognized (must be of type Pod): ${message}`);
  });
  it('is a kind that is not there, or that is another', () => {
    expect(() => read('{"kind":"Podd","apiVersion":"v1"}')).toThrow('Podd in version "v1" cannot be handled as a Pod: no kind "Podd" is registered for version "v1" in scheme');
    expect(() => read('{"kind":"Service","apiVersion":"v1"}')).toThrow('Service in version "v1" cannot be handled as a Pod: converting (v1.Service) to (core.Pod): unknown conversion');
  });
  it.each([
    ['"ports":[{"containerPort":"8080"}]', 'json: cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32'],
    ['"ports":{}', 'json: cannot unmarshal object into Go struct field Container.spec.containers.ports of type []v1.ContainerPort'],
    ['"ports":[{"containerPort":80.5}]', 'json: cannot unmarshal number 80.5 into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32'],
    ['"imagePullPolicy":5', 'json: cannot unmarshal number into Go struct field Container.spec.containers.imagePullPolicy of type v1.PullPolicy'],
    ['"env":[{"name":"a","value":true}]', 'json: cannot unmarshal bool into Go struct field EnvVar.spec.containers.env.value of type string'],
    ['"resources":{"limits":{"cpu":"abc"}}', "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
    ['"resources":{"limits":{"cpu":"10MM"}}', "unable to parse quantity's suffix"],
    ['"livenessProbe":{"httpGet":{"port":true}}', 'json: cannot unmarshal bool into Go value of type int32'],
  ])('is %s', (fields, message) => {
    expect(() => read(withContainer(fields), 'Ignore')).toThrow(`Pod in version "v1" cannot be handled as a Pod: ${message}`);
  });
  it('is a time that is none', () => {
    expect(() => read('{"metadata":{"creationTimestamp":"x"}}')).toThrow('parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"');
    expect(() => read('{"metadata":{"creationTimestamp":"2020-13-01T00:00:00Z"}}')).toThrow('parsing time "2020-13-01T00:00:00Z": month out of range');
  });
});

describe('unknown and doubled fields', () => {
  const misspelt = withContainer('"imagePullPolcy":"Never","image":"j"');
  it('are refused under Strict', () => {
    expect(() => read(misspelt, 'Strict')).toThrow(
      'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.containers[0].imagePullPolcy", duplicate field "spec.containers[0].image"',
    );
  });
  it('are warned of when nothing else is asked, and dropped', () => {
    const { object, warnings } = read(misspelt);
    expect(warnings).toEqual(['unknown field "spec.containers[0].imagePullPolcy"', 'duplicate field "spec.containers[0].image"']);
    expect(object['spec']).toEqual({ containers: [{ name: 'c', image: 'j' }] });
  });
  it('are dropped without a word under Ignore, and before 1.25', () => {
    expect(read(misspelt, 'Ignore').warnings).toEqual([]);
    expect(read(misspelt, 'Strict', 20).warnings).toEqual([]);
  });
  it('are those in another case, too', () => {
    expect(read(withContainer('"ImagePullPolicy":"Never"')).warnings).toEqual(['unknown field "spec.containers[0].ImagePullPolicy"']);
  });
  it('are those that a later version brought', () => {
    expect(read(withContainer('"restartPolicy":"Always"'), 'Warn', 27).warnings).toEqual(['unknown field "spec.containers[0].restartPolicy"']);
    expect(read(withContainer('"restartPolicy":"Always"'), 'Warn', 28).warnings).toEqual([]);
  });
});

describe('what is read', () => {
  it('has its version and kind', () => {
    expect(read('null').object).toEqual({ apiVersion: 'v1', kind: 'Pod' });
  });
  it('has no nulls, and no empty values that Go types do not keep', () => {
    const { object } = read(withContainer('"ports":null,"args":[],"stdin":false,"env":[{"name":"E","value":""}],"securityContext":{"privileged":false,"runAsUser":0}'));
    expect(object['spec']).toEqual({
      containers: [{ name: 'c', image: 'i', env: [{ name: 'E' }], securityContext: { privileged: false, runAsUser: 0 } }],
    });
  });
  it('keeps a label without a value', () => {
    expect(read('{"metadata":{"name":"a","labels":{"x":null,"y":""},"annotations":{}}}').object.metadata).toEqual({ name: 'a', labels: { x: '', y: '' } });
  });
});
