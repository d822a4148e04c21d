import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ListContractsHandler } from './contract-list.queries.js';
import { GetContractHandler } from './contract.queries.js';
import { ContractsController } from './contracts.controller.js';
import { GetHistoryHandler } from './history.queries.js';
import { PoliciesController } from './policies.controller.js';
import { GetPoliciesHandler } from './policies.queries.js';
import { GetRenewalCalendarHandler } from './renewals.queries.js';
import { Snapshots } from './snapshot.js';
import { TimersController } from './timers.controller.js';
import { ListTimersHandler } from './timers.queries.js';
import { ViewHealth } from './view-health.js';

/** Tables out: reports, audits. Decides nothing. */
@Module({
  imports: [CqrsModule.forRoot()],
  controllers: [ContractsController, PoliciesController, TimersController],
  providers: [
    Snapshots,
    ViewHealth,
    GetContractHandler,
    ListContractsHandler,
    GetHistoryHandler,
    GetRenewalCalendarHandler,
    GetPoliciesHandler,
    ListTimersHandler,
  ],
})
export class QueriesModule {}
