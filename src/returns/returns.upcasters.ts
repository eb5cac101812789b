import type { Upcasters } from '../eventing/upcasting.js';

/** From older stored shapes to today's. Empty as long as every event is at version 1. */
export const RETURNS_UPCASTERS: Upcasters = {};
