export { HostNetwork } from './host-network';
export type { Attachment, Chip, Network, Release, Station } from './network';
export type { AccessPoint, AccessPointOptions } from './virtual-access-point';
export {
  type DnsAnswer,
  type Listener,
  type UdpListener,
  type VirtualNetworkOptions,
  VirtualNetwork,
} from './virtual-network';
export type { Cut, StreamEnd, VirtualStream } from './virtual-stream';
