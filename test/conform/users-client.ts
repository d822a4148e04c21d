import type { Metadata, ServiceError } from '@grpc/grpc-js';
import type { Credentials } from '@eventstore/db-client';
import { UsersClient } from '@eventstore/db-client/generated/users_grpc_pb.js';
import messages from '@eventstore/db-client/generated/users_pb.js';
import type { DetailsResp } from '@eventstore/db-client/generated/users_pb.js';
import { basic, server } from './server.js';
import { collect } from './support.js';

/** The server's service Users, which the official client does not offer, as somebody who calls it. */
export class UsersAs {
  constructor(private readonly caller: Credentials) {}

  create({ username, password }: Credentials, groups: string[] = []): Promise<void> {
    const options = new messages.CreateReq.Options().setLoginName(username).setPassword(password);
    options.setFullName(`Full ${username}`).setGroupsList(groups);
    const request = new messages.CreateReq().setOptions(options);
    return this.ask((users, metadata, done) => users.create(request, metadata, done));
  }

  update(login: string, fullName: string, groups: string[]): Promise<void> {
    const options = new messages.UpdateReq.Options().setLoginName(login).setFullName(fullName);
    const request = new messages.UpdateReq().setOptions(options.setGroupsList(groups));
    return this.ask((users, metadata, done) => users.update(request, metadata, done));
  }

  delete(login: string): Promise<void> {
    const request = new messages.DeleteReq().setOptions(new messages.DeleteReq.Options().setLoginName(login));
    return this.ask((users, metadata, done) => users.delete(request, metadata, done));
  }

  disable(login: string): Promise<void> {
    const request = new messages.DisableReq().setOptions(
      new messages.DisableReq.Options().setLoginName(login),
    );
    return this.ask((users, metadata, done) => users.disable(request, metadata, done));
  }

  enable(login: string): Promise<void> {
    const request = new messages.EnableReq().setOptions(new messages.EnableReq.Options().setLoginName(login));
    return this.ask((users, metadata, done) => users.enable(request, metadata, done));
  }

  resetPassword(login: string, newPassword: string): Promise<void> {
    const options = new messages.ResetPasswordReq.Options().setLoginName(login).setNewPassword(newPassword);
    const request = new messages.ResetPasswordReq().setOptions(options);
    return this.ask((users, metadata, done) => users.resetPassword(request, metadata, done));
  }

  changePassword(login: string, currentPassword: string, newPassword: string): Promise<void> {
    const options = new messages.ChangePasswordReq.Options().setLoginName(login);
    options.setCurrentPassword(currentPassword).setNewPassword(newPassword);
    const request = new messages.ChangePasswordReq().setOptions(options);
    return this.ask((users, metadata, done) => users.changePassword(request, metadata, done));
  }

  /** One user, or without a login all of them. */
  async details(login = ''): Promise<DetailsResp.UserDetails.AsObject[]> {
    const request = new messages.DetailsReq().setOptions(
      new messages.DetailsReq.Options().setLoginName(login),
    );
    const client = new UsersClient(...server.channel);
    try {
      const found = await collect<DetailsResp>(client.details(request, basic(this.caller)));
      return found.flatMap((response) => response.getUserDetails()?.toObject() ?? []);
    } finally {
      client.close();
    }
  }

  private async ask(
    call: (client: UsersClient, metadata: Metadata, done: (error: ServiceError | null) => void) => unknown,
  ): Promise<void> {
    const client = new UsersClient(...server.channel);
    try {
      await new Promise<void>((resolve, reject) => {
        call(client, basic(this.caller), (error) => (error ? reject(error) : resolve()));
      });
    } finally {
      client.close();
    }
  }
}
