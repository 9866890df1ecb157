import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { catalogueImages } from './catalogue.ts';
import { createImageStore } from './image-store.ts';
import type { ImageEvent } from './runtime.ts';

const [spring, http] = catalogueImages(new Date()).map(({ image }) => image) as [ReturnType<typeof catalogueImages>[0]['image'], ReturnType<typeof catalogueImages>[0]['image']];

function store() {
  const images = createImageStore();
  const events: ImageEvent[] = [];
  images.add(spring, ['app', 'app:1'], 'load');
  images.onChange((event) => events.push(event));
  return { images, events };
}

it('finds by name in any form, by digest, by ID and by its beginning', () => {
  const { images } = store();
  const digest = `sha256:${'1'.repeat(64)}`;
  images.add(spring, [], 'pull', [`docker.io/library/app@${digest}`]);
  const hex = spring.id.slice('sha256:'.length);
  for (const form of ['app', 'app:latest', 'docker.io/library/app:1', `app@${digest}`, spring.id, hex, hex.slice(0, 12), `sha256:${hex.slice(0, 12)}`]) {
    expect(images.find(form)?.image.id, form).toBe(spring.id);
  }
  for (const form of ['app:2', 'team/app', `${hex.slice(0, 12)}:latest`, '', 'A B']) expect(images.find(form), form).toBeUndefined();
});

it('a name goes to the image that was given it last, and the other one stays without', () => {
  const { images, events } = store();
  images.add(http, ['app:1', 'app'], 'tag');
  expect(images.find('app')?.image.id).toBe(http.id);
  expect(images.find(spring.id)?.names).toEqual([]);
  expect(events).toEqual([
    { action: 'tag', id: http.id, name: 'docker.io/library/app:1' },
    { action: 'tag', id: http.id, name: 'docker.io/library/app:latest' },
  ]);
});

it('the last name takes the image along', () => {
  const { images, events } = store();
  images.untag('app');
  expect(images.list()).toHaveLength(1);
  images.untag('app:1');
  images.untag('app:1');
  expect(images.list()).toEqual([]);
  expect(events.map(({ action }) => action)).toEqual(['untag', 'untag', 'delete']);
});

it('an image survives the way through an archive, with the size that lists show', async () => {
  const from = createImageStore();
  from.add(spring, ['spring-server'], 'load');
  const archive = await buffer(from.save(['spring-server']));
  expect(archive.length).toBeLessThan(200_000);
  const to = createImageStore();
  expect(await to.load(Readable.from([archive]))).toEqual(['docker.io/library/spring-server:latest']);
  const { image } = to.find('spring-server')!;
  expect([image.id, image.size]).toEqual([spring.id, spring.size]);
});
