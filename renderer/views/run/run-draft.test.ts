import { beforeEach, expect, test } from 'vitest';
import { runDraft } from './run-draft.svelte.ts';

beforeEach(() => runDraft.forget());

test('the image brings its name and its ports; both follow another image', () => {
  runDraft.fillIn('spring-server:latest');
  expect(runDraft.isOpen).toBe(true);
  expect(runDraft.form).toMatchObject({ image: 'spring-server:latest', name: 'spring-server', policy: 'IfNotPresent' });
  runDraft.takePorts('spring-server:latest', ['8080/tcp']);
  expect(runDraft.form.ports).toBe('8080');
  expect(runDraft.isOwn).toBe(false);
  runDraft.set({ image: 'nginx:1' });
  expect(runDraft.form.name).toBe('spring-server');
  runDraft.takeImage();
  expect(runDraft.form.name).toBe('nginx');
  runDraft.takePorts('nginx:1', ['80/tcp', '443/tcp']);
  expect(runDraft.form.ports).toBe('80, 443');
});

test('ports of an image that is no longer asked for are not taken', () => {
  runDraft.fillIn('a:1');
  runDraft.set({ image: 'b:1' });
  runDraft.takeImage();
  runDraft.takePorts('a:1', ['1/tcp']);
  expect(runDraft.form.ports).toBe('');
});

test('what a person typed stays when the image changes; emptied, it is the image’s again', () => {
  runDraft.fillIn('a:1');
  runDraft.set({ name: 'mine', ports: '9000' });
  expect(runDraft.isOwn).toBe(true);
  runDraft.set({ image: 'b:1' });
  runDraft.takeImage();
  runDraft.takePorts('b:1', ['1/tcp']);
  expect(runDraft.form).toMatchObject({ name: 'mine', ports: '9000' });
  runDraft.set({ name: '' });
  runDraft.takeImage();
  expect(runDraft.form.name).toBe('b');
});

test('YAML edited by hand wins over the form until the form is taken again', () => {
  runDraft.fillIn('a:1');
  runDraft.write('kind: Pod\n');
  expect(runDraft.isByHand).toBe(false);
  // The editor tells the text that it was given, too.
  runDraft.editByHand('kind: Pod\n');
  expect(runDraft.isByHand).toBe(false);
  runDraft.editByHand('kind: Pod # mine\n');
  runDraft.set({ name: 'other' });
  runDraft.write('kind: Pod\nname: other\n');
  expect(runDraft.yaml).toBe('kind: Pod # mine\n');
  expect(runDraft.isOwn).toBe(true);
  runDraft.takeForm();
  runDraft.write('kind: Pod\nname: other\n');
  expect(runDraft.yaml).toBe('kind: Pod\nname: other\n');
});

test('closing keeps it; other clusters do not', () => {
  runDraft.fillIn('a:1');
  runDraft.set({ command: 'sleep 1' });
  runDraft.isOpen = false;
  expect(runDraft.form.command).toBe('sleep 1');
  runDraft.forget();
  expect(runDraft.form).toMatchObject({ image: '', command: '' });
});
