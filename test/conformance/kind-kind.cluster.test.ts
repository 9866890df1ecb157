// The conformance suite on kind-kind, which says what is right.
import { conformance } from './conformance.ts';
import { openRealTarget } from './real-target.ts';

conformance('kind-kind', () => openRealTarget('kind-kind'));
