import { expect, test } from 'vitest';
import { Failure } from '../../../shared/contract/failures.ts';
import { whyNotKept } from './not-kept.ts';

const errno = (code: string, words: string) => Object.assign(new Error(`${code}: ${words}, write`), { code });

test.each<[string, unknown, string | undefined]>([
  ['the disk of this computer is full', errno('ENOSPC', 'no space left on device'), 'disk'],
  ['the person may not have more of it', errno('EDQUOT', 'disk quota exceeded'), 'disk'],
  ['Docker has no room for what it puts together', new Failure('DOCKER_ERROR', { status: 500 }, 'write /var/lib/docker/tmp/x: no space left on device'), 'place'],
  ['a node has none', new Error('write /var/lib/docker/tmp/x: no space left on device'), 'place'],
  ['the node has discarded the layers', new Failure('IMAGE_NOT_KEPT', { image: 'app:1', place: 'n', why: 'discarded' }, 'not found'), 'discarded'],
  ['a disk that is read-only', errno('EROFS', 'read-only file system'), undefined],
  ['Docker has stopped', new Failure('DOCKER_STOPPED', { endpoint: 'unix:///d' }, 'ECONNRESET'), undefined],
  ['words that say nothing of it', new Error('exit code 1'), undefined],
])('%s', (_, error, why) => expect(whyNotKept(error)).toBe(why));
