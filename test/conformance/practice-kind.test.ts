// The conformance suite on the practice cluster whose node has images of its own. A file of its own, so that it can run beside the other one.
import { conformance } from './conformance.ts';
import { openPracticeTarget } from './practice-target.ts';

conformance('practice-kind as 1.20', () => openPracticeTarget('practice-kind', 20));
conformance('practice-kind as the newest', () => openPracticeTarget('practice-kind'));
