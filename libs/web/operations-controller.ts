import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Registry } from 'prom-client';
import { Open } from './endpoint.js';
import { Readiness } from './readiness.js';

/** What whoever runs the app asks it. */
@Controller()
export class OperationsController {
  constructor(
    private readonly readiness: Readiness,
    private readonly registry: Registry,
  ) {}

  @Open('/health/live')
  live(): object {
    return { live: true };
  }

  @Open('/health/ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const report = await this.readiness.report();
    if (!report.ready) void reply.code(503);
    return report;
  }

  @Open('/metrics', Registry.PROMETHEUS_CONTENT_TYPE)
  metrics(): Promise<string> {
    return this.registry.metrics();
  }
}
