// The images of the practice: each shows one thing that happens to learners. They are in the practice Docker from the start, as if just built.
import { programFile } from './files.ts';
import { type LayerPlan, makeImage } from './image-config.ts';
import { fullName } from './image-name.ts';
import type { Image, ImageConfig } from './runtime.ts';
import { baseFiles } from './base-files.ts';

export interface CatalogueImage {
  readonly name: string;
  readonly image: Image;
}

interface Plan {
  readonly name: string;
  readonly program: string;
  /** Minutes before the practice began. */
  readonly age: number;
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly env?: readonly string[];
  readonly ports?: readonly number[];
  /** Of the program's own layer. */
  readonly size: number;
}

const mebibyte = 1024 * 1024;
const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Alpine's root file system, with its size. */
const base: LayerPlan = { createdBy: 'ADD alpine-minirootfs-3.20.3-x86_64.tar.gz / # buildkit', size: 7_797_760, files: baseFiles };
const shell: LayerPlan = { createdBy: 'CMD ["/bin/sh"]', size: 0 };
const curl: LayerPlan = {
  createdBy: 'RUN /bin/sh -c apk add --no-cache curl # buildkit',
  size: 5_320_704,
  files: new Map([['/usr/bin/curl', programFile('curl')]]),
};
const java: LayerPlan = {
  createdBy: 'RUN /bin/sh -c apk add --no-cache openjdk21-jre-headless # buildkit',
  size: 178_257_920,
  files: new Map([['/usr/bin/java', programFile('java')]]),
};

const plans: readonly Plan[] = [
  { name: 'http-server:1', program: 'http-server', age: 9, ports: [8080], size: 6.2 * mebibyte },
  { name: 'crash:1', program: 'crash', age: 8, size: 2.1 * mebibyte },
  { name: 'out-of-memory:1', program: 'out-of-memory', age: 8, size: 2.3 * mebibyte },
  { name: 'localhost-only:1', program: 'localhost-only', age: 7, ports: [8080], size: 6.2 * mebibyte },
  { name: 'other-port:1', program: 'other-port', age: 7, ports: [8080], size: 6.2 * mebibyte },
  { name: 'slow-start:1', program: 'slow-start', age: 6, ports: [8080], env: ['START_SECONDS=20'], size: 6.3 * mebibyte },
  { name: 'failing-probe:1', program: 'failing-probe', age: 5, ports: [8080], size: 6.2 * mebibyte },
  { name: 'job:1', program: 'job', age: 5, size: 2 * mebibyte },
];

/** @param now when the practice begins: the images are some minutes older. */
export function catalogueImages(now: Date): readonly CatalogueImage[] {
  return [springServer(now), ...plans.map((plan) => ({ name: plan.name, image: imageOfPlan(plan, now) }))];
}

const minutesBefore = (now: Date, minutes: number) => new Date(now.getTime() - minutes * 60_000);

function imageOfPlan(plan: Plan, now: Date): Image {
  const file = `/usr/local/bin/${plan.program}`;
  const entrypoint = plan.entrypoint ?? [file];
  return makeImage(minutesBefore(now, plan.age), configOf({ ...plan, entrypoint }), [
    base,
    shell,
    curl,
    ...(plan.env ?? []).map((env) => ({ createdBy: `ENV ${env}`, size: 0 })),
    { createdBy: `COPY ${plan.program} ${file} # buildkit`, size: Math.round(plan.size), files: new Map([[file, programFile(plan.program)]]) },
    ...(plan.ports ?? []).map((port) => ({ createdBy: `EXPOSE map[${String(port)}/tcp:{}]`, size: 0 })),
    { createdBy: `ENTRYPOINT ${JSON.stringify(entrypoint)}`, size: 0 },
    ...(plan.cmd ? [{ createdBy: `CMD ${JSON.stringify(plan.cmd)}`, size: 0 }] : []),
  ]);
}

function configOf({ entrypoint, cmd, env = [], ports = [] }: Pick<Plan, 'entrypoint' | 'cmd' | 'env' | 'ports'>): ImageConfig {
  return {
    Env: [path, ...env],
    ...(entrypoint && { Entrypoint: entrypoint }),
    ...(cmd && { Cmd: cmd }),
    ...(ports.length > 0 && { ExposedPorts: Object.fromEntries(ports.map((port) => [`${String(port)}/tcp`, {}])) }),
    WorkingDir: '/',
  };
}

function springServer(now: Date): CatalogueImage {
  const entrypoint = ['java', '-jar', '/app/spring-server.jar'];
  const config = { ...configOf({ entrypoint, env: ['JAVA_HOME=/usr/lib/jvm/java-21-openjdk'], ports: [8080] }), WorkingDir: '/app' };
  const jar = new Map([['/app/spring-server.jar', 'PK\u0003\u0004 practice spring-server\n']]);
  const image = makeImage(minutesBefore(now, 3), config, [
    base,
    shell,
    curl,
    java,
    { createdBy: 'ENV JAVA_HOME=/usr/lib/jvm/java-21-openjdk', size: 0 },
    { createdBy: 'WORKDIR /app', size: 0, files: new Map() },
    { createdBy: 'COPY target/spring-server.jar /app/spring-server.jar # buildkit', size: 21_233_664, files: jar },
    { createdBy: 'EXPOSE map[8080/tcp:{}]', size: 0 },
    { createdBy: `ENTRYPOINT ${JSON.stringify(entrypoint)}`, size: 0 },
  ]);
  return { name: 'spring-server:latest', image };
}

/** What the practice's `docker.io` has, by full name. */
export function hubImages(now: Date): ReadonlyMap<string, Image> {
  const busybox = makeImage(minutesBefore(now, 60 * 24 * 40), configOf({ cmd: ['sh'] }), [
    { createdBy: 'ADD busybox.tar.xz / # buildkit', size: 4_261_888, files: baseFiles },
    { createdBy: 'CMD ["sh"]', size: 0 },
  ]);
  const alpine = makeImage(minutesBefore(now, 60 * 24 * 50), configOf({ cmd: ['/bin/sh'] }), [base, shell]);
  const nginx = makeImage(
    minutesBefore(now, 60 * 24 * 20),
    configOf({ entrypoint: ['/docker-entrypoint.sh'], cmd: ['nginx', '-g', 'daemon off;'], env: ['NGINX_VERSION=1.27.3'], ports: [80] }),
    [
      { createdBy: '# debian.sh --arch \'amd64\' out/ \'bookworm\' \'@1732924800\'', size: 74_776_064, files: baseFiles },
      { createdBy: 'ENV NGINX_VERSION=1.27.3', size: 0 },
      {
        createdBy: 'RUN /bin/sh -c set -x && groupadd --system --gid 101 nginx # buildkit',
        size: 117_440_512,
        files: new Map([
          ['/usr/sbin/nginx', programFile('nginx')],
          ['/usr/bin/curl', programFile('curl')],
          ['/docker-entrypoint.sh', '#!/bin/sh\n# The real one also reads /docker-entrypoint.d.\nexec "$@"\n'],
        ]),
      },
      { createdBy: 'EXPOSE map[80/tcp:{}]', size: 0 },
      { createdBy: 'ENTRYPOINT ["/docker-entrypoint.sh"]', size: 0 },
      { createdBy: 'CMD ["nginx" "-g" "daemon off;"]', size: 0 },
    ],
  );
  const named = (image: Image, names: readonly string[]) => names.map((name): [string, Image] => [fullName(name), image]);
  return new Map([
    ...named(busybox, ['busybox', 'busybox:1', 'busybox:1.36', 'busybox:1.37']),
    ...named(alpine, ['alpine', 'alpine:3', 'alpine:3.20']),
    ...named(nginx, ['nginx', 'nginx:1', 'nginx:1.27', 'nginx:stable', 'nginx:alpine']),
  ]);
}

/** What a node has beside: the image of its sandboxes. Nothing of it can be run by a pod. */
export function pauseImage(now: Date): CatalogueImage {
  const config = configOf({ entrypoint: ['/pause'] });
  const image = makeImage(minutesBefore(now, 60 * 24 * 300), config, [
    { createdBy: 'COPY bin/pause-linux-amd64 /pause # buildkit', size: 736_000, files: new Map([['/pause', programFile('pause')]]) },
    { createdBy: 'ENTRYPOINT ["/pause"]', size: 0 },
  ]);
  return { name: 'registry.k8s.io/pause:3.10', image };
}
