import type { handleUnaryCall } from '@grpc/grpc-js';
import type { Empty } from '@eventstore/db-client/generated/shared_pb.js';
import serverFeatures from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';

/** The release whose behaviour the node shows: the oldest that tells a subscriber that it has caught up. */
const VERSION = '23.10.8';

const STREAMS = 'event_store.client.streams.streams';
const FEATURES_BY_METHOD: Readonly<Record<string, readonly string[]>> = {
  read: ['position', 'events'],
  append: [],
  batchappend: [],
  delete: [],
  tombstone: [],
};

/** ServerFeatures.GetSupportedMethods: tells the client what it may call. What is not named is UNIMPLEMENTED. */
export const supportedMethods: handleUnaryCall<Empty, SupportedMethods> = (_call, callback) => {
  const methods = Object.entries(FEATURES_BY_METHOD).map(([name, features]) =>
    new serverFeatures.SupportedMethod()
      .setServiceName(STREAMS)
      .setMethodName(name)
      .setFeaturesList([...features]),
  );
  callback(
    null,
    new serverFeatures.SupportedMethods().setEventStoreServerVersion(VERSION).setMethodsList(methods),
  );
};
