import { testFlood } from './flood.ts';

testFlood('kind-kind');
