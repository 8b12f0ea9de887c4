export type { NodeState } from './cluster-channels.ts';
export type { Cluster, ClusterOptions, ClusterPorts } from './cluster.ts';
export { startCluster } from './cluster.ts';
export type { Program, RunningServer } from './program.ts';
export type { ProxyOptions } from './proxies.ts';
export { startHaproxy, startNginx } from './proxies.ts';
