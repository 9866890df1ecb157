// The conformance suite on docker-desktop, which says what is right. One file for each cluster: they wait side by side.
import { conformance } from './conformance.ts';
import { openRealTarget } from './real-target.ts';

conformance('docker-desktop', () => openRealTarget('docker-desktop'));
