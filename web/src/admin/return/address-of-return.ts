/** Where a return's page is; `asOf` shows it as it was known then. */
export const addressOfReturn = (returnId: string, asOf?: string): string => `/admin/returns/${encodeURIComponent(returnId)}${asOf === undefined ? '' : `?asOf=${encodeURIComponent(asOf)}`}`;
