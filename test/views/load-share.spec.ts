import { describe, expect, it } from '@jest/globals';
import { LoadShare } from '../../src/eventing/load-share.js';

/** An event loop on paper: time passes, and of it the loop is active. */
function loop() {
  let times = { now: 0, active: 0 };
  const pass = (milliseconds: number, used: number) => {
    times = { now: times.now + milliseconds, active: times.active + milliseconds * used };
  };
  const share = new LoadShare(() => times);
  return {
    share,
    idle: (milliseconds: number) => pass(milliseconds, 0),
    requests: (milliseconds: number) => pass(milliseconds, 1),
    /** A view works; returns how long it is to pause. */
    view: (milliseconds: number, lagSeconds = 0) => {
      pass(milliseconds, 1);
      return share.pauseAfter(milliseconds, lagSeconds);
    },
  };
}

describe('Views share the event loop with requests', () => {
  it('an idle service never holds a view back', () => {
    const { idle, view } = loop();
    idle(100);
    expect(view(10)).toBe(0);
    expect(view(500)).toBe(0);
  });

  it('a view that works alone is not taken for a busy service', () => {
    const { idle, view } = loop();
    for (let batch = 0; batch < 50; batch += 1) {
      expect(view(40)).toBe(0);
      idle(1);
    }
  });

  it('while requests keep the loop busy, all views together take their share and no more', () => {
    const { requests, view } = loop();
    requests(100);
    let worked = 0;
    let passed = 0;
    for (let batch = 0; batch < 200; batch += 1) {
      const pause = view(10);
      requests(pause);
      worked += 10;
      passed += 10 + pause;
    }
    expect(worked / passed).toBeCloseTo(0.15, 2);
  });

  it('two views that take turns share one share', () => {
    const { requests, view } = loop();
    requests(100);
    const first = view(10);
    const second = view(10);
    expect(second).toBeGreaterThan(first + 50);
  });

  it('the further a view is behind the shorter it waits, after five seconds not at all', () => {
    const waits = [0, 2.5, 5, 60].map((lag) => {
      const { requests, view } = loop();
      requests(100);
      return view(10, lag);
    });
    expect(waits[0]).toBeGreaterThan(0);
    expect(waits[1]).toBeCloseTo((waits[0] ?? 0) / 2);
    expect(waits.slice(2)).toEqual([0, 0]);
  });

  it('a long piece of work does not make busy requests look idle', () => {
    const { requests, view } = loop();
    requests(100);
    view(1000);
    requests(10);
    expect(view(1000)).toBeGreaterThan(0);
  });

  it('nobody is kept waiting for longer than a second, whatever it took', () => {
    const { requests, view } = loop();
    requests(100);
    expect(view(60_000)).toBeLessThanOrEqual(1000);
    expect(view(60_000)).toBeLessThanOrEqual(1000);
  });

  it('when the requests stop, the views are held back no longer', () => {
    const { share, requests, idle, view } = loop();
    requests(100);
    view(10);
    expect(share.busy).toBe(true);
    idle(50);
    expect(share.busy).toBe(false);
    expect(view(10)).toBe(0);
  });
});
