import { expect, test } from 'vitest';
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import { lastReadyOf } from './delete-owner.ts';

const pod = (uid: string, labels: Record<string, string>, ready = true, deletionTimestamp?: string): Pod => ({
  metadata: { uid, labels, ...(deletionTimestamp ? { deletionTimestamp } : {}) }, status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});
const service = (name: string, selector?: Record<string, string>): KubeObject => ({ metadata: { name }, spec: selector ? { selector } : {} });
const web = pod('1', { app: 'web', tier: 'front' });
const services = [service('web', { app: 'web' }), service('front', { tier: 'front' }), service('other', { app: 'db' }), service('none'), service('empty', {})];

test.each<[string, Pod[], string[]]>([
  ['alone', [web], ['front', 'web']],
  ['another one is ready', [web, pod('2', { app: 'web' })], ['front']],
  ['another one is not ready', [web, pod('2', { app: 'web', tier: 'front' }, false)], ['front', 'web']],
  ['another one is going', [web, pod('2', { app: 'web' }, true, '2026-11-25T10:00:00Z')], ['front', 'web']],
])('%s', (_, pods, expected) => expect(lastReadyOf(web, pods, services)).toEqual(expected));
