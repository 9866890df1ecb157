import { expect, test } from 'vitest';
import { argumentsOf, argumentsToSend, chipsOf, droppedFolder, duration, furtherArguments, nameForFolder, shareOf, withArgument } from './build-form.ts';

const given = (name: string, value: string, own = false) => ({ name, value, own });

test('an argument of the Dockerfile that was left empty keeps its default; an own one may be empty', () => {
  expect(argumentsToSend([given('A', ''), given('B', '1'), given('C', '', true), given(' ', 'x', true), given(' D ', '2', true)])).toEqual({ B: '1', C: '', D: '2' });
  expect(argumentsToSend([given('A', '')])).toBeUndefined();
});

test('what would be sent is always seen, though another Dockerfile does not name it', () => {
  const values = [given('A', '1'), given('B', '2'), given('C', ''), given('', '', true)];
  expect(furtherArguments(values, [{ name: 'A' }]).map(({ index }) => index)).toEqual([1, 3]);
});

test('a value is set in its place', () => {
  const values = withArgument(withArgument([given('A', 'own', true)], 'A', '1'), 'B', '2');
  expect(withArgument(values, 'A', '3')).toEqual([given('A', 'own', true), given('A', '3'), given('B', '2')]);
});

test('an earlier build comes back as it was sent', () => {
  const values = { A: '1', B: '' };
  expect(argumentsToSend(argumentsOf({ folder: '/a', image: 'a', at: '', arguments: values }))).toEqual(values);
});

test.each([
  ['/home/ann/spring-server', 'spring-server'], ['/home/ann/Spring Server/', 'spring-server'], ['C:\\work\\Web.API', 'web.api'], ['/tmp/--x--', 'x'],
  ['/a/b..c', 'b-c'], ['/a/b___c', 'b-c'], ['/a/한글', ''], ['/', ''], ['', ''],
])('the image of %s is called %j', (folder, name) => expect(nameForFolder(folder)).toBe(name));

test.each<[string, boolean, string, string]>([
  ['/a/web', false, '/a/web', ''], ['/a/web/Dockerfile', true, '/a/web', ''], ['/a/web/Dockerfile.dev', true, '/a/web', 'Dockerfile.dev'],
  ['C:\\a\\web\\Dockerfile', true, 'C:\\a\\web', ''], ['/Dockerfile', true, '/', ''],
])('%s dropped (a file: %s) builds %s', (path, isFile, folder, dockerfile) => expect(droppedFolder(path, isFile)).toEqual({ folder, dockerfile }));

test('a chip says the name and the folder, without what every name has, and more where that is not enough', () => {
  const build = { at: '' };
  const chips = chipsOf([
    { ...build, folder: '/home/ann/web/', image: 'web' },
    { ...build, folder: '/', image: 'shop/web:1' },
    { ...build, folder: '/work/web', image: 'web', target: 'server', arguments: { A: '1' } },
    { ...build, folder: '/work/api', image: 'api', target: 'server' },
  ]);
  expect(chips.map(({ image, place }) => [image, place])).toEqual([['web', 'web'], ['shop/web:1', '/'], ['web', 'server A=1'], ['api', 'api']]);
});

test.each([[0, '0.0 s'], [450, '0.5 s'], [9_940, '9.9 s'], [12_300, '12 s'], [125_000, '2m05s']])('%d ms are %s', (milliseconds, words) => expect(duration(milliseconds)).toBe(words));

test('the biggest entry fills its bar, and an empty context divides by nothing', () => {
  expect(shareOf(5, [{ path: 'a', bytes: 10 }, { path: 'b', bytes: 5 }])).toBe(0.5);
  expect(shareOf(0, [])).toBe(0);
});
