// The conformance suite on docker-desktop, which says what is right.
import { conformance } from './conformance.ts';
import { openRealTarget } from './real-target.ts';

conformance('docker-desktop', () => openRealTarget('docker-desktop'));
