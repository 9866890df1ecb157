// The conformance suite on the real test clusters, which say what is right.
import { contexts } from '../fixtures/command-line.ts';
import { conformance } from './conformance.ts';
import { openRealTarget } from './real-target.ts';

for (const context of contexts) conformance(context, () => openRealTarget(context));
