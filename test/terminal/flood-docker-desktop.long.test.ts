import { testFlood } from './flood.ts';

testFlood('docker-desktop');
