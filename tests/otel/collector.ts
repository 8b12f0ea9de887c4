import type { Meter } from '@opentelemetry/api';
import type { MetricData } from '@opentelemetry/sdk-metrics';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';

/** A reader that collects when it is told to. */
class ManualReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** All series by their names, with what they say; a histogram says how often something was recorded. */
export type Series = Readonly<Record<string, number>>;

/** The SDK, and what it would export. */
export class Collector {
  readonly meter: Meter;
  readonly #reader = new ManualReader();
  readonly #provider = new MeterProvider({ readers: [this.#reader] });

  constructor() {
    this.meter = this.#provider.getMeter('tests');
  }

  async metrics(): Promise<readonly MetricData[]> {
    const { resourceMetrics, errors } = await this.#reader.collect();
    if (errors.length > 0) throw errors[0];
    return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
  }

  async histogram(name: string): Promise<{ readonly count: number; readonly sum: number }> {
    const found = (await this.metrics()).find(({ descriptor }) => descriptor.name === name);
    const value = found?.dataPoints[0]?.value;
    if (typeof value !== 'object') throw new TypeError(`${name} is no histogram`);
    return { count: value.count, sum: value.sum ?? Number.NaN };
  }

  async series(): Promise<Series> {
    const metrics = await this.metrics();
    return Object.fromEntries(
      metrics.flatMap(({ descriptor: { name }, dataPoints }) =>
        dataPoints.map(({ attributes, value }) => {
          const of = Object.values(attributes).join(' ');
          return [of === '' ? name : `${name} ${of}`, typeof value === 'number' ? value : value.count] as const;
        }),
      ),
    );
  }

  /** What has moved while something was done, and by how much. */
  async moved(act: () => unknown): Promise<Series> {
    const before = await this.series();
    await act();
    const after = await this.series();
    return Object.fromEntries(
      Object.entries(after)
        .map(([name, value]) => [name, value - (before[name] ?? 0)] as const)
        .filter(([, by]) => by !== 0),
    );
  }

  async close(): Promise<void> {
    await this.#provider.shutdown();
  }
}
