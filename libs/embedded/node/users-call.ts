import type { handleUnaryCall, Metadata } from '@grpc/grpc-js';
import type { IUsersServer } from '@eventstore/db-client/generated/users_grpc_pb.js';
import messages from '@eventstore/db-client/generated/users_pb.js';
import { isAdmin } from './access.js';
import { answer } from './append-call.js';
import { accessDenied, badRequest, userConflict, userNotFound } from './errors.js';
import type { SecureGuard } from './guard.js';
import type { OpenCalls } from './open-calls.js';
import { isPassword } from './password.js';
import { UserConflict, type User, type Users } from './users.js';

/** The options of a request about one user. */
interface UserOptions {
  getLoginName(): string;
}

/** The service Users: administrators keep users, and everybody may see himself and change his password. */
export function usersCalls(users: Users, guard: SecureGuard, calls: OpenCalls): IUsersServer {
  const desk = new Desk(users, guard);
  return {
    create: desk.serve(new messages.CreateResp(), 'admin', (options) => {
      const groups = options.getGroupsList();
      return users.create(options.getLoginName(), options.getFullName(), groups, options.getPassword());
    }),
    update: desk.serve(new messages.UpdateResp(), 'admin', (options) =>
      users.update(desk.known(options), {
        fullName: options.getFullName(),
        groups: options.getGroupsList(),
      }),
    ),
    delete: desk.serve(new messages.DeleteResp(), 'admin', (options) => users.remove(desk.known(options))),
    enable: desk.serve(new messages.EnableResp(), 'admin', (options) =>
      users.update(desk.known(options), { disabled: false }),
    ),
    disable: desk.serve(new messages.DisableResp(), 'admin', (options) =>
      users.update(desk.known(options), { disabled: true }),
    ),
    resetPassword: desk.serve(new messages.ResetPasswordResp(), 'admin', (options) =>
      users.setPassword(desk.known(options), options.getNewPassword()),
    ),
    changePassword: desk.serve(new messages.ChangePasswordResp(), 'self', async (options) => {
      const user = desk.known(options);
      if (!(await isPassword(options.getCurrentPassword(), user))) throw accessDenied();
      await users.setPassword(user, options.getNewPassword());
    }),
    details: (call) =>
      calls.serve(call, async () => {
        const login = call.request.getOptions()?.getLoginName() ?? '';
        const caller = await desk.caller(call.metadata);
        if (!isAdmin(caller) && caller.loginName !== login) throw accessDenied();
        const shown = login.trim() === '' ? users.list() : [desk.find(login)];
        for (const user of shown) call.write(details(user));
      }),
  };
}

/** Where users are asked for: finds out who asks, and turns what goes wrong into the statuses of the protocol. */
class Desk {
  constructor(
    private readonly users: Users,
    private readonly guard: SecureGuard,
  ) {}

  /** A unary call about one user, for administrators or for the user himself. */
  serve<Options extends UserOptions, Response>(
    response: Response,
    who: 'admin' | 'self',
    act: (options: Options) => Promise<void>,
  ): handleUnaryCall<{ getOptions(): Options | undefined }, Response> {
    return (call, callback) =>
      answer(callback, async () => {
        const caller = await this.caller(call.metadata);
        const options = call.request.getOptions();
        const login = options?.getLoginName() ?? '';
        if (who === 'admin' ? !isAdmin(caller) : caller.loginName !== login) throw accessDenied();
        if (!options || login === '') throw badRequest('A user needs a login name.');
        try {
          await act(options);
        } catch (error) {
          throw error instanceof UserConflict ? userConflict(login) : error;
        }
        return response;
      });
  }

  async caller(metadata: Metadata): Promise<User> {
    const user = await this.guard.authenticate(metadata);
    if (!user) throw accessDenied();
    return user;
  }

  known(options: UserOptions): User {
    return this.find(options.getLoginName());
  }

  find(login: string): User {
    const user = this.users.find(login);
    if (!user) throw userNotFound(login);
    return user;
  }
}

function details(user: User): messages.DetailsResp {
  const updated = new messages.DetailsResp.UserDetails.DateTime().setTicksSinceEpoch(`${user.updatedMs}0000`);
  const shown = new messages.DetailsResp.UserDetails()
    .setLoginName(user.loginName)
    .setFullName(user.fullName)
    .setGroupsList([...user.groups])
    .setDisabled(user.disabled)
    .setLastUpdated(updated);
  return new messages.DetailsResp().setUserDetails(shown);
}
