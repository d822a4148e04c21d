import { randomUUID } from 'node:crypto';
import type { handleUnaryCall } from '@grpc/grpc-js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { Empty } from '@eventstore/db-client/generated/shared_pb.js';

const LEADER = 8;

/** Gossip.Read: a cluster of one, which leads. Clients are told to dial what they have dialled. */
export function gossipRead(): handleUnaryCall<Empty, ClusterInfo> {
  const instanceId = new shared.UUID().setString(randomUUID());
  return (call, callback) => {
    const { hostname, port } = new URL(`http://${call.getHost()}`);
    const address = hostname.replace(/^\[|\]$/g, '');
    const member = new gossip.MemberInfo()
      .setInstanceId(instanceId)
      .setTimeStamp(`${Date.now()}0000`)
      .setState(LEADER)
      .setIsAlive(true)
      .setHttpEndPoint(new gossip.EndPoint().setAddress(address).setPort(Number(port)));
    callback(null, new gossip.ClusterInfo().setMembersList([member]));
  };
}
