// Stand-ins for kind and minikube, for tests: small programs that note what they were given and print what the real ones print
// (kind v0.30.0, minikube v1.37.0). They make no cluster: neither tool can make one where its node image cannot be had.
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ToolCalled {
  readonly tool: string;
  readonly args: readonly string[];
  readonly input: string;
  readonly kubeconfig?: string;
  readonly dockerHost?: string;
  readonly path?: string;
}

export interface StandInTools extends AsyncDisposable {
  /** Holds both; to be put in PATH. */
  readonly folder: string;
  /** Everything they were asked, in order. */
  calls(): Promise<ToolCalled[]>;
  /** The file that a cluster named `slow` leaves once it waits: its own process and its child's, a line each. */
  readonly waiting: string;
}

/**
 * A created cluster's context gets `server`. Cluster names that behave: `slow` is never ready and says so; `stuck` neither, and cannot be deleted; `broken` fails.
 * @param profiles what minikube lists from the start, beside what is created
 */
export async function standInTools(server: string, profiles: readonly object[] = [], tools: readonly string[] = ['kind', 'minikube']): Promise<StandInTools> {
  const folder = await mkdtemp(join(tmpdir(), 'podlab-tools-'));
  await writeFile(join(folder, 'state.json'), JSON.stringify({ kind: [], minikube: profiles }));
  await writeFile(join(folder, 'calls'), '');
  for (const tool of tools) {
    await writeFile(join(folder, tool), `#!${process.execPath}\nconst tool = '${tool}', server = '${server}', folder = '${folder}';\n(${standIn.toString()})(tool, server, folder);\n`);
    await chmod(join(folder, tool), 0o755);
  }
  return {
    folder,
    waiting: join(folder, 'waiting'),
    async calls() {
      return (await readFile(join(folder, 'calls'), 'utf8')).split('\n').filter(Boolean).map((line) => JSON.parse(line) as ToolCalled);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Whether the process runs, and does not only wait to be collected. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** The program; it is written to a file as it stands here, and may use nothing from outside itself. */
function standIn(tool: string, server: string, folder: string): void {
  const load = (name: string) => process.getBuiltinModule(name);
  const fs = load('node:fs') as typeof import('node:fs');
  const { spawn } = load('node:child_process') as typeof import('node:child_process');
  const args = process.argv.slice(2);
  const { KUBECONFIG: kubeconfig, DOCKER_HOST: dockerHost, PATH: path } = process.env;
  const input = fs.readFileSync(0, 'utf8');
  fs.appendFileSync(`${folder}/calls`, `${JSON.stringify({ tool, args, input, kubeconfig, dockerHost, path })}\n`);

  type Profile = { Name: string; Status?: string; Config: object };
  const state = JSON.parse(fs.readFileSync(`${folder}/state.json`, 'utf8')) as { kind: string[]; minikube: Profile[] };
  const save = () => fs.writeFileSync(`${folder}/state.json`, JSON.stringify(state));
  const say = (...lines: string[]) => fs.writeSync(2, `${lines.join('\n')}\n`);
  const print = (text: string) => fs.writeSync(1, text);
  const named = (flag: string) => args[args.indexOf(flag) + 1]!;
  const writeContext = (name: string) => {
    const cluster = { name, cluster: { server } };
    fs.writeFileSync(kubeconfig!, JSON.stringify({
      apiVersion: 'v1', kind: 'Config', clusters: [cluster], users: [{ name, user: {} }], contexts: [{ name, context: { cluster: name, user: name } }], 'current-context': name,
    }));
  };
  const waitForever = () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
    fs.writeFileSync(`${folder}/waiting.tmp`, `${process.pid}\n${child.pid}\n`);
    fs.renameSync(`${folder}/waiting.tmp`, `${folder}/waiting`);
  };

  const command = args.slice(0, 2).join(' ');
  if (tool === 'kind') {
    if (args[0] === 'version') print('kind v0.30.0 go1.24.6 linux/amd64\n');
    else if (command === 'get clusters') {
      if (state.kind.length === 0) say('No kind clusters found.');
      else print(`${state.kind.join('\n')}\n`);
    } else if (command === 'create cluster') {
      const name = named('--name');
      state.kind.push(name);
      save();
      say(`Creating cluster "${name}" ...`, ' • Ensuring node image (kindest/node:v1.34.0) 🖼  ...');
      if (name === 'slow' || name === 'stuck') return waitForever();
      if (name === 'broken') {
        say(' ✗ Ensuring node image (kindest/node:v1.34.0) 🖼', 'ERROR: failed to create cluster: failed to pull image "kindest/node:v1.34.0": command "docker pull" failed with error: exit status 1');
        process.exit(1);
      }
      writeContext(`kind-${name}`);
      say(' ✓ Ensuring node image (kindest/node:v1.34.0) 🖼', ' ✓ Preparing nodes 📦', `Set kubectl context to "kind-${name}"`);
    } else if (command === 'delete cluster') {
      if (named('--name') === 'stuck') {
        say('Deleting cluster "stuck" ...', 'ERROR: failed to delete cluster "stuck": failed to delete nodes: command "docker rm -f -v stuck-control-plane" failed with error: exit status 1');
        process.exit(1);
      }
      state.kind = state.kind.filter((name) => name !== named('--name'));
      save();
      say(`Deleting cluster "${named('--name')}" ...`);
    } else process.exit(1);
    return;
  }
  const profile = state.minikube.find(({ Name }) => Name === named('-p'));
  if (args[0] === 'version') print('v1.37.0\n');
  else if (command === 'profile list') {
    const light = args.includes('--light');
    print(JSON.stringify({ invalid: [], valid: state.minikube.map((one) => (light ? { ...one, Status: 'Skipped' } : one)) }));
  } else if (args[0] === 'start') {
    const name = named('-p');
    print(`* [${name}] minikube v1.37.0 on Debian 12\n`);
    if (name === 'broken') {
      say('', 'X Exiting due to PROVIDER_DOCKER_NOT_RUNNING: "docker version --format <no value>-<no value>:<no value>" exit status 1: Cannot connect to the Docker daemon');
      process.exit(69);
    }
    if (profile) profile.Status = 'OK';
    else state.minikube.push({ Name: name, Status: 'OK', Config: { Name: name, Driver: 'qemu2', Nodes: [{ Name: '' }] } });
    save();
    writeContext(name);
    print(`* Done! kubectl is now configured to use "${name}" cluster and "default" namespace by default\n`);
  } else if (args[0] === 'stop') {
    profile!.Status = 'Stopped';
    save();
    print(`* Stopping node "${named('-p')}"  ...\n* 1 node stopped.\n`);
  } else if (args[0] === 'delete') {
    state.minikube = state.minikube.filter((one) => one !== profile);
    save();
    print(`* Removed all traces of the "${named('-p')}" cluster.\n`);
  } else process.exit(1);
}
