// Values that the server accepts, field by field (pkg/apis/core/validation/validation.go), as `Definition.field`, or `*.field` wherever it is.
import * as fc from 'fast-check';

/** What a pod of the test may name, since the test puts it into the cluster. */
export const named = {
  priorityClass: `every-field-${process.pid}`, priority: 1234,
  runtimeClass: `every-field-${process.pid}`, runtimeClassPlain: `every-field-plain-${process.pid}`, overhead: { cpu: '10m', memory: '8Mi' },
  serviceAccount: 'builder',
} as const;

/** Definitions of which exactly one of these fields is there. */
export const alternatives: Readonly<Record<string, readonly string[]>> = {
  Volume: [
    'awsElasticBlockStore', 'azureDisk', 'azureFile', 'cephfs', 'cinder', 'configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'fc', 'flexVolume',
    'flocker', 'gcePersistentDisk', 'gitRepo', 'glusterfs', 'hostPath', 'image', 'iscsi', 'nfs', 'persistentVolumeClaim', 'photonPersistentDisk', 'portworxVolume',
    'projected', 'quobyte', 'rbd', 'scaleIO', 'secret', 'storageos', 'vsphereVolume',
  ],
  VolumeProjection: ['clusterTrustBundle', 'configMap', 'downwardAPI', 'podCertificate', 'secret', 'serviceAccountToken'],
  EnvVar: ['value', 'valueFrom'],
  EnvVarSource: ['configMapKeyRef', 'fieldRef', 'fileKeyRef', 'resourceFieldRef', 'secretKeyRef'],
  EnvFromSource: ['configMapRef', 'secretRef'],
  Handler: ['exec', 'httpGet', 'tcpSocket'],
  LifecycleHandler: ['exec', 'httpGet', 'sleep', 'tcpSocket'],
  Probe: ['exec', 'grpc', 'httpGet', 'tcpSocket'],
  DownwardAPIVolumeFile: ['fieldRef', 'resourceFieldRef'],
  FlockerVolumeSource: ['datasetName', 'datasetUUID'],
};

/** What the server wants there though its description does not say so. */
export const needed: readonly string[] = [
  'ExecAction.command', 'ConfigMapEnvSource.name', 'SecretEnvSource.name', 'ConfigMapKeySelector.name', 'SecretKeySelector.name', 'LocalObjectReference.name',
  'ConfigMapVolumeSource.name', 'SecretVolumeSource.secretName', 'ConfigMapProjection.name', 'SecretProjection.name', 'StorageOSVolumeSource.volumeName',
  'PodDNSConfigOption.name', 'Container.image',
];

/** More of these in one pod, so that each kind comes up often enough. */
export const limits: Readonly<Record<string, { readonly maxLength: number }>> = {
  'PodSpec.volumes': { maxLength: 10 },
  'PodSpec.containers': { maxLength: 3 },
  'ProjectedVolumeSource.sources': { maxLength: 4 },
};

const letters = fc.stringMatching(/^[a-z][a-z0-9]{0,7}$/);
const words = (length = 3) => fc.uniqueArray(letters, { minLength: 1, maxLength: length });
/** Any text that a manifest can hold: quotes, line breaks, control characters, every script. */
const text = fc.oneof(fc.string({ maxLength: 12 }), fc.string({ maxLength: 8, unit: 'binary' }), fc.constantFrom('yes', 'null', '0x1f', '1e3', '- a: b', '~', '%d #', '$(HOME)', ' \t\r\n'));
const path = letters.map((name) => `/${name}`);
const below = fc.tuple(letters, letters).map((parts) => parts.join('/'));
const mapOf = (value: fc.Arbitrary<string>) => fc.dictionary(fc.oneof(letters, letters.map((name) => `podlab.test/${name}`)), value, { minKeys: 1, maxKeys: 3 });
const ip = fc.tuple(fc.integer({ min: 1, max: 223 }), fc.nat(255)).map(([one, other]) => `${one}.0.0.${other}`);
const port = fc.integer({ min: 1, max: 65_535 });
const seconds = fc.integer({ min: 1, max: 9000 });
const mode = fc.integer({ min: 0, max: 0o777 });
const id = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const partition = fc.integer({ min: 0, max: 255 });
const amount = fc.constantFrom('100m', '0.5', '1', '2000m', '1.50');
const bytes = fc.constantFrom('128Mi', '0.5Gi', '1e6', '1500M', '1048576', '12345678k');
const labelValue = fc.oneof(letters, fc.constantFrom('', 'true', '1', 'A-b_c.D'));
const operator = fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist');
const iqn = letters.map((name) => `iqn.2001-04.com.example:${name}`);
const files = fc.uniqueArray(fc.record({ key: letters, path: below, mode }, { requiredKeys: ['key', 'path'] }), { minLength: 1, maxLength: 2, selector: (item) => item.path });
const label = fc.constantFrom('kubernetes.io/hostname', 'topology.kubernetes.io/zone');

const values: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  'ObjectMeta.labels': mapOf(labelValue), 'ObjectMeta.annotations': mapOf(text), 'ObjectMeta.finalizers': words(2).map((names) => names.map((name) => `podlab.test/${name}`)),
  '*.fsType': fc.constantFrom('ext4', 'xfs'), '*.readOnly': fc.boolean(), '*.image': fc.constantFrom('nginx', 'nginx:1', 'nginx@sha256:' + 'a'.repeat(64), 'reg.example:5000/a/b:latest'),
  '*.name': letters, '*.path': path, '*.port': fc.oneof(port, letters),
  '*.defaultMode': mode, '*.optional': fc.boolean(), '*.user': letters, '*.monitors': words(2), '*.volumeID': letters, '*.matchLabels': mapOf(labelValue),

  'PodSpec.activeDeadlineSeconds': seconds, 'PodSpec.terminationGracePeriodSeconds': seconds, 'PodSpec.dnsPolicy': fc.constantFrom('ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'),
  'PodSpec.hostname': letters, 'PodSpec.subdomain': letters, 'PodSpec.nodeName': fc.constantFrom('docker-desktop', 'another-node'), 'PodSpec.nodeSelector': mapOf(labelValue),
  'PodSpec.preemptionPolicy': fc.constantFrom('PreemptLowerPriority', 'Never'), 'PodSpec.priority': fc.constant(0), 'PodSpec.priorityClassName': fc.constant(named.priorityClass),
  'PodSpec.restartPolicy': fc.constantFrom('Always', 'OnFailure', 'Never'), 'PodSpec.runtimeClassName': fc.constantFrom(named.runtimeClass, named.runtimeClassPlain),
  'PodSpec.overhead': fc.constant(named.overhead), 'PodSpec.schedulerName': letters, 'PodSpec.serviceAccount': fc.constantFrom('default', named.serviceAccount),
  'PodSpec.serviceAccountName': fc.constantFrom('default', named.serviceAccount),
  'PodSpec.imagePullSecrets': words().map((names) => names.map((name) => ({ name }))),
  'PodSpec.hostAliases': fc.uniqueArray(fc.record({ ip, hostnames: words() }, { requiredKeys: ['ip'] }), { minLength: 1, maxLength: 3, selector: (alias) => alias.ip }),
  'PodSpec.readinessGates': words().map((names) => names.map((name) => ({ conditionType: `podlab.test/${name}` }))),
  'PodSecurityContext.fsGroup': id, 'PodSecurityContext.fsGroupChangePolicy': fc.constantFrom('OnRootMismatch', 'Always'), '*.runAsGroup': id, '*.runAsUser': id,
  'PodSecurityContext.supplementalGroups': fc.array(id, { minLength: 1, maxLength: 3 }),
  'PodSecurityContext.sysctls': fc.uniqueArray(fc.record({ name: letters.map((name) => `kernel.${name}`), value: text }), { minLength: 1, maxLength: 2, selector: (sysctl) => sysctl.name }),
  'SELinuxOptions.level': letters, 'SELinuxOptions.role': letters, 'SELinuxOptions.type': letters,
  'SeccompProfile.type': fc.constantFrom('RuntimeDefault', 'Unconfined', 'Localhost'), 'SeccompProfile.localhostProfile': below,
  'WindowsSecurityContextOptions.gmsaCredentialSpec': text.map((some) => `{${some}}`), 'WindowsSecurityContextOptions.gmsaCredentialSpecName': letters,
  'WindowsSecurityContextOptions.runAsUserName': letters.map((name) => `DOMAIN\\${name}`),
  'PodDNSConfig.nameservers': fc.array(ip, { minLength: 1, maxLength: 3 }), 'PodDNSConfig.searches': words(), 'PodDNSConfigOption.value': text,
  'Toleration.effect': fc.constantFrom('NoSchedule', 'PreferNoSchedule', 'NoExecute'), 'Toleration.key': letters, 'Toleration.operator': fc.constantFrom('Exists', 'Equal'),
  'Toleration.tolerationSeconds': fc.integer({ min: -1, max: 900 }), 'Toleration.value': labelValue,
  'TopologySpreadConstraint.maxSkew': fc.integer({ min: 1, max: 9 }), 'TopologySpreadConstraint.topologyKey': label,
  'TopologySpreadConstraint.whenUnsatisfiable': fc.constantFrom('DoNotSchedule', 'ScheduleAnyway'),
  'PreferredSchedulingTerm.weight': fc.integer({ min: 1, max: 100 }), 'WeightedPodAffinityTerm.weight': fc.integer({ min: 1, max: 100 }),
  'NodeSelectorTerm.matchFields': fc.record({ key: fc.constant('metadata.name'), operator: fc.constantFrom('In', 'NotIn'), values: words(1) }).map((one) => [one]),
  'NodeSelectorRequirement.key': letters, 'NodeSelectorRequirement.operator': fc.oneof(operator, fc.constantFrom('Gt', 'Lt')), 'NodeSelectorRequirement.values': words(),
  'LabelSelectorRequirement.key': letters, 'LabelSelectorRequirement.operator': operator, 'LabelSelectorRequirement.values': words(),
  'PodAffinityTerm.namespaces': words(2), 'PodAffinityTerm.topologyKey': label,

  '*.args': fc.array(text, { minLength: 1, maxLength: 3 }), '*.command': fc.array(text, { minLength: 1, maxLength: 3 }), '*.workingDir': path,
  '*.imagePullPolicy': fc.constantFrom('Always', 'IfNotPresent', 'Never'), '*.terminationMessagePath': path, '*.terminationMessagePolicy': fc.constantFrom('File', 'FallbackToLogsOnError'),
  'EnvVar.name': fc.oneof(letters, letters.map((name) => `A.${name}-B_C`)), 'EnvVar.value': text, 'EnvFromSource.prefix': letters.map((name) => `${name}_`),
  '*.key': letters, 'ObjectFieldSelector.apiVersion': fc.constant('v1'),
  'ObjectFieldSelector.fieldPath': fc.constantFrom('metadata.name', 'metadata.namespace', 'metadata.uid', "metadata.labels['mine']", "metadata.annotations['podlab.test/a']"),
  'ResourceFieldSelector.containerName': letters, 'ResourceFieldSelector.resource': fc.constantFrom('limits.cpu', 'requests.cpu'), 'ResourceFieldSelector.divisor': fc.constantFrom('1', '1m'),
  'HTTPGetAction.host': letters, 'HTTPGetAction.scheme': fc.constantFrom('HTTP', 'HTTPS'), 'HTTPHeader.name': letters.map((name) => `X-${name}`), 'HTTPHeader.value': text,
  'TCPSocketAction.host': letters,
  'Probe.failureThreshold': seconds, 'Probe.initialDelaySeconds': seconds, 'Probe.periodSeconds': seconds, 'Probe.successThreshold': seconds, 'Probe.timeoutSeconds': seconds,
  'ContainerPort.containerPort': port, 'ContainerPort.hostPort': port, 'ContainerPort.hostIP': ip, 'ContainerPort.protocol': fc.constantFrom('TCP', 'UDP', 'SCTP'),
  // Equal ones, as extended resources and huge pages have to be.
  'Container.resources': fc.record({ cpu: amount, memory: bytes, 'ephemeral-storage': bytes, 'podlab.test/gpu': fc.constantFrom('1', '2'), 'hugepages-2Mi': fc.constantFrom('2Mi', '64Mi') }, { requiredKeys: ['cpu'] })
    .chain((limited) => fc.record({ limits: fc.constant(limited), requests: fc.constant(limited) }, { requiredKeys: ['limits'] })),
  'SecurityContext.procMount': fc.constant('Default'), 'Capabilities.add': fc.constantFrom(['NET_ADMIN'], ['SYS_TIME', 'KILL']), 'Capabilities.drop': fc.constantFrom(['ALL'], ['CHOWN']),
  'VolumeDevice.devicePath': path, 'VolumeMount.mountPath': fc.oneof({ weight: 9, arbitrary: path }, { weight: 1, arbitrary: fc.constant('/var/run/secrets/kubernetes.io/serviceaccount') }),
  'VolumeMount.mountPropagation': fc.constantFrom('None', 'HostToContainer', 'Bidirectional'), 'VolumeMount.subPath': below, 'VolumeMount.subPathExpr': letters.map((name) => `$(${name})/a`),

  'AWSElasticBlockStoreVolumeSource.partition': partition, 'GCEPersistentDiskVolumeSource.partition': partition, 'GCEPersistentDiskVolumeSource.pdName': letters,
  'AzureDiskVolumeSource.cachingMode': fc.constantFrom('None', 'ReadOnly', 'ReadWrite'), 'AzureDiskVolumeSource.diskName': letters, 'AzureDiskVolumeSource.kind': fc.constantFrom('Shared', 'Dedicated', 'Managed'),
  'AzureDiskVolumeSource.diskURI': fc.constant('https://account.blob.core.windows.net/vhds/a.vhd'), 'AzureFileVolumeSource.secretName': letters, 'AzureFileVolumeSource.shareName': letters,
  'CephFSVolumeSource.secretFile': path, 'CSIVolumeSource.driver': letters, 'CSIVolumeSource.volumeAttributes': mapOf(text),
  'ConfigMapVolumeSource.items': files, 'SecretVolumeSource.items': files, 'ConfigMapProjection.items': files, 'SecretProjection.items': files,
  'DownwardAPIVolumeFile.path': below, 'DownwardAPIVolumeFile.mode': mode, 'EmptyDirVolumeSource.medium': fc.constantFrom('', 'Memory'), 'EmptyDirVolumeSource.sizeLimit': bytes,
  'FCVolumeSource.lun': partition, 'FCVolumeSource.targetWWNs': words(2), 'FCVolumeSource.wwids': words(2), 'FlexVolumeSource.driver': letters.map((name) => `podlab.test/${name}`), 'FlexVolumeSource.options': mapOf(text),
  'FlockerVolumeSource.datasetName': letters, 'FlockerVolumeSource.datasetUUID': letters,
  'GitRepoVolumeSource.directory': letters, 'GitRepoVolumeSource.repository': letters, 'GitRepoVolumeSource.revision': letters, 'GlusterfsVolumeSource.endpoints': letters,
  'HostPathVolumeSource.type': fc.constantFrom('', 'DirectoryOrCreate', 'Directory', 'FileOrCreate', 'File', 'Socket', 'CharDevice', 'BlockDevice'),
  'ISCSIVolumeSource.initiatorName': iqn, 'ISCSIVolumeSource.iqn': iqn, 'ISCSIVolumeSource.iscsiInterface': letters, 'ISCSIVolumeSource.lun': partition, 'ISCSIVolumeSource.portals': words(2), 'ISCSIVolumeSource.targetPortal': letters,
  'NFSVolumeSource.server': letters, 'PersistentVolumeClaimVolumeSource.claimName': letters, 'PhotonPersistentDiskVolumeSource.pdID': letters,
  'ServiceAccountTokenProjection.audience': letters, 'ServiceAccountTokenProjection.expirationSeconds': fc.integer({ min: 600, max: 90_000 }), 'ServiceAccountTokenProjection.path': below,
  'QuobyteVolumeSource.group': letters, 'QuobyteVolumeSource.registry': letters.map((name) => `${name}:7861`), 'QuobyteVolumeSource.tenant': letters, 'QuobyteVolumeSource.volume': letters,
  'RBDVolumeSource.image': letters, 'RBDVolumeSource.keyring': path, 'RBDVolumeSource.pool': letters, 'RBDVolumeSource.secretRef': fc.record({ name: letters }),
  'ScaleIOVolumeSource.gateway': letters, 'ScaleIOVolumeSource.protectionDomain': letters, 'ScaleIOVolumeSource.storageMode': fc.constantFrom('ThickProvisioned', 'ThinProvisioned'), 'ScaleIOVolumeSource.storagePool': letters,
  'ScaleIOVolumeSource.system': letters, '*.volumeName': letters, 'SecretVolumeSource.secretName': letters, 'StorageOSVolumeSource.volumeNamespace': letters,
  'VsphereVirtualDiskVolumeSource.storagePolicyID': letters, 'VsphereVirtualDiskVolumeSource.storagePolicyName': letters, 'VsphereVirtualDiskVolumeSource.volumePath': letters,
};

/** What no pod has, below `spec`, on the server of that minor version, and why. All below it is meant, too. */
export const never: readonly { readonly field: string; readonly why: string }[] = [
  { field: 'ephemeralContainers', why: 'cannot be created: servers take them only through a subresource of a pod that is there' },
  { field: 'volumes.ephemeral', why: 'behind the gate GenericEphemeralVolume, which is off in 1.20: the server drops it' },
  ...['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'].map((name) => ({ field: `initContainers.${name}`, why: 'the server refuses it for containers that have to end' })),
];

const ungiven = ['PodSpec.ephemeralContainers', 'Volume.ephemeral'];
export const leftOut = (definition: string, field: string): boolean => ungiven.includes(`${definition}.${field}`);
export const valueOf = (definition: string, field: string): fc.Arbitrary<unknown> | undefined => values[`${definition}.${field}`] ?? values[`*.${field}`];
